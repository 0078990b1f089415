"""What somebody wants to be mailed about their own work."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from gateway.api.fields import JsonObject, Schema, Text, Time, TimeZone, absent

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Clock = Annotated[Text, Field(pattern=_CLOCK, description="A time of day in `time_zone`, like 07:30. Needed where the mail is enabled.")]
Days = Annotated[
    list[Annotated[StrictInt, Field(ge=0, le=6)]], Field(max_length=7, description="Days of the week: 0 is Sunday, 6 is Saturday.")
]
Minutes = Annotated[
    Literal[15, 30, 60, 120, 1440],
    Field(description="How long before the start of an own appointment. Needed where the reminder is enabled."),
]
Email = Annotated[bool, Field(description="Without it none of these mails is sent.")]
Alerts = Annotated[
    bool,
    Field(
        description="Mails about alerts, as the escalation policy has them. Where nobody whom a level finds wants them, all of them get them."
    ),
]
Zone = Annotated[str | None, Field(description="In which times and days are meant. The workspace's unless set.")]
Extended = Annotated[JsonObject, Field(description="Kept as it is for front ends, without effect; up to 10,000 characters as JSON.")]


class NotificationSettings(Schema):
    id: UUID
    user_id: UUID
    workspace_id: UUID
    email_enabled: Email
    notify_appointment_booked: bool
    notify_appointment_cancelled: bool
    notify_appointment_rescheduled: bool
    notify_appointment_confirmed: bool
    notify_alerts: Alerts
    digest_enabled: Annotated[bool, Field(description="A mail with the times of the day's own appointments.")]
    digest_time: str | None
    digest_days: list[int]
    tomorrow_digest_enabled: Annotated[bool, Field(description="A mail with the times of the next day's own appointments.")]
    tomorrow_digest_time: str | None
    tomorrow_digest_days: list[int]
    reminder_enabled: Annotated[bool, Field(description="A mail before each own appointment.")]
    reminder_minutes: int | None
    notes_reminder_enabled: Annotated[bool, Field(description="A mail every day on which own notes are drafts: how many.")]
    notes_reminder_time: str | None
    time_zone: Zone
    extended_settings: Extended
    created_at: Annotated[Time | None, Field(description="Null where nothing was ever set.")]
    updated_at: Time | None


class NotificationSettingsUpdate(Schema):
    email_enabled: StrictBool = Field(default_factory=absent)
    notify_appointment_booked: StrictBool = Field(default_factory=absent)
    notify_appointment_cancelled: StrictBool = Field(default_factory=absent)
    notify_appointment_rescheduled: StrictBool = Field(default_factory=absent)
    notify_appointment_confirmed: StrictBool = Field(default_factory=absent)
    notify_alerts: StrictBool = Field(default_factory=absent)
    digest_enabled: StrictBool = Field(default_factory=absent)
    digest_time: Clock | None = None
    digest_days: Days = Field(default_factory=absent)
    tomorrow_digest_enabled: StrictBool = Field(default_factory=absent)
    tomorrow_digest_time: Clock | None = None
    tomorrow_digest_days: Days = Field(default_factory=absent)
    reminder_enabled: StrictBool = Field(default_factory=absent)
    reminder_minutes: Minutes | None = None
    notes_reminder_enabled: StrictBool = Field(default_factory=absent)
    notes_reminder_time: Clock | None = None
    time_zone: TimeZone | None = None
    extended_settings: Extended = Field(default_factory=absent)

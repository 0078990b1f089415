"""When reminders may go out, and what clients may do by a link in one."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.fields import Schema, Text, Time

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Clock = Annotated[Text, Field(pattern=_CLOCK, description="A time of day in the workspace's time zone, like 21:00.")]
LateReminders = Annotated[
    Literal["late", "combined", "skipped"],
    Field(
        description="What becomes of reminders that could not go out in time. late: each goes out. combined: of several of one appointment, "
        "the one nearest to its start goes out for all. skipped: as combined, and one that is more than an hour late does not go out."
    ),
]
CancelLink = Annotated[
    Literal["cancel", "ask"],
    Field(description="What a client's cancellation by a link does. cancel: the appointment is cancelled. ask: the practice is asked to."),
]


TellDeclined = Annotated[bool, Field(description="Whether clients are mailed that a cancellation they asked for was declined.")]


class ReminderPolicy(Schema):
    quiet_start: str | None
    quiet_end: str | None
    late_reminders: LateReminders
    cancel_link: CancelLink
    tell_declined: TellDeclined
    updated_at: Time | None


class ReminderPolicyUpdate(Schema):
    quiet_start: Clock | None = None
    quiet_end: Clock | None = None
    late_reminders: LateReminders = "combined"
    cancel_link: CancelLink = "ask"
    tell_declined: TellDeclined = True

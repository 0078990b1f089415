"""Reminder configurations, and the log of reminders."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Page, PageQuery, Schema, Time, TimeOrDay, absent

Hours = Annotated[int, Field(strict=True, ge=1, le=720)]
Channel = Literal["email", "sms"]
ReminderStatus = Literal["pending", "sent", "failed", "bounced", "cancelled", "skipped", "unknown"]


class ReminderConfigurationCreate(Schema):
    hours_before: Hours
    channel: Channel = "email"
    template_id: UUID | None = None
    is_active: StrictBool = True


class ReminderConfigurationUpdate(Schema):
    hours_before: Hours = Field(default_factory=absent)
    channel: Channel = Field(default_factory=absent)
    template_id: UUID | None = None
    is_active: StrictBool = Field(default_factory=absent)


class ReminderConfiguration(Schema):
    id: UUID
    workspace_id: UUID
    hours_before: int
    channel: Channel
    template_id: Annotated[UUID | None, Field(description="Null: the text in the workspace's language.")]
    is_active: bool
    created_at: Time
    updated_at: Time


class ReminderConfigurationPage(Page):
    items: list[ReminderConfiguration]


class ReminderLog(Schema):
    id: UUID
    workspace_id: UUID
    appointment_id: UUID
    client_id: UUID
    hours_before: int
    channel: Channel
    status: ReminderStatus
    due_at: Annotated[Time, Field(description="By the rule. In quiet hours it goes out later, or earlier.")]
    sent_at: Time | None
    attempts: int
    last_error: Annotated[str | None, Field(description="Why it is not sent, as a code. The page for front ends lists them by status.")]
    created_at: Time


class ReminderLogPage(Page):
    items: list[ReminderLog]


class ReminderLogQuery(PageQuery):
    appointment_id: UUID | None = None
    client_id: UUID | None = None
    status: ReminderStatus | None = None
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None

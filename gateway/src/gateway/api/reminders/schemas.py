"""When clients are reminded, and of what they were."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Flag, Page, PageQuery, Shape, Time, TimeOrDay, absent

Hours = Annotated[int, Field(strict=True, ge=1, le=720)]
ReminderStatus = Literal["pending", "sent", "failed", "bounced", "cancelled", "skipped", "unknown"]


class ReminderConfigurationCreate(Shape):
    hours_before: Hours
    channel: Literal["email"] = "email"
    is_active: Flag = True


class ReminderConfigurationUpdate(Shape):
    hours_before: Hours = Field(default_factory=absent)
    channel: Literal["email"] = Field(default_factory=absent)
    is_active: Flag = Field(default_factory=absent)


class ReminderConfiguration(Shape):
    id: UUID
    workspace_id: UUID
    hours_before: int
    channel: Literal["email"]
    template_id: UUID | None
    is_active: bool
    created_at: Time
    updated_at: Time


class ReminderConfigurationPage(Page):
    items: list[ReminderConfiguration]


class ReminderLog(Shape):
    id: UUID
    workspace_id: UUID
    appointment_id: UUID
    client_id: UUID
    hours_before: int
    channel: Literal["email"]
    status: ReminderStatus
    due_at: Time
    sent_at: Time | None
    attempts: int
    last_error: str | None
    created_at: Time


class ReminderLogPage(Page):
    items: list[ReminderLog]


class ReminderLogQuery(PageQuery):
    appointment_id: UUID | None = None
    client_id: UUID | None = None
    status: ReminderStatus | None = None
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None

"""The audit trail as its readers see it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from caseload.audit.v1.events_words import Outcome
from caseload.options.v1.options_words import Action, Resource
from gateway.models.base import Day, Object, Page, PageQuery, Shape, Time, TimeOrDay

# What the trail kept of a number that it had no word for when it was recorded: "unknown:12".
Unknown = Annotated[str, Field(pattern="^unknown:-?[0-9]+$")]


class AuditEvent(Shape):
    id: UUID
    workspace_id: UUID
    user_id: UUID | None
    event_type: str
    resource_type: Resource | Unknown
    resource_id: UUID | None
    action: Action | Unknown
    outcome: Outcome | Unknown
    ip_address: str | None
    user_agent: str | None
    session_id: UUID | None
    metadata: Object | None
    retention_until: Day
    sequence: int | None
    hash: str | None
    created_at: Time


class AuditEventPage(Page):
    items: list[AuditEvent]


class AuditEventQuery(PageQuery):
    user_id: UUID | None = None
    resource_type: Resource | None = None
    resource_id: UUID | None = None
    action: Action | None = None
    outcome: Outcome | None = None
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None
    phi_only: bool = False


class Verification(Shape):
    intact: bool
    events: int
    head: str
    first_break: int | None

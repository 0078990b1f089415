"""Audit events and the result of a verification."""

from typing import Literal
from uuid import UUID

from gateway.api.fields import Day, JsonObject, Page, PageQuery, Schema, Time, TimeOrDay

ResourceType = Literal[
    "User", "Client", "Appointment", "Session", "SessionAttachment", "PlanOfCare", "Service", "Location", "Workspace", "Alert", "Audit"
]
Action = Literal["CREATE", "READ", "UPDATE", "DELETE", "LOGIN", "LOGOUT", "EXPORT", "PRINT", "SHARE"]
Outcome = Literal["success", "failure"]


class AuditEvent(Schema):
    id: UUID
    workspace_id: UUID
    user_id: UUID | None
    event_type: str
    resource_type: ResourceType
    resource_id: UUID | None
    action: Action
    outcome: Outcome
    ip_address: str | None
    user_agent: str | None
    session_id: UUID | None
    metadata: JsonObject | None
    retention_until: Day
    sequence: int | None
    hash: str | None
    created_at: Time


class AuditEventPage(Page):
    items: list[AuditEvent]


class AuditEventQuery(PageQuery):
    user_id: UUID | None = None
    resource_type: ResourceType | None = None
    resource_id: UUID | None = None
    action: Action | None = None
    outcome: Outcome | None = None
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None
    phi_only: bool = False


class Verification(Schema):
    intact: bool
    events: int
    head: str
    first_break: int | None

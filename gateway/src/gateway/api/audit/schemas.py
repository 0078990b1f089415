"""Audit events and the result of a verification."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from caseload.audit.v1.events_words import Outcome
from caseload.options.v1.options_words import Action, Resource
from gateway.api.fields import Day, JsonObject, Page, PageQuery, Schema, Time, TimeOrDay

# What the trail kept of a number that it had no word for when it was recorded: "unknown:12".
Unknown = Annotated[str, Field(pattern="^unknown:-?[0-9]+$")]


class AuditEvent(Schema):
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
    metadata: JsonObject | None
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


class DroppedMonth(Schema):
    """A month whose events were dropped when nothing kept them any longer. Its part of the chain is still verified, by its hashes."""

    month: str
    dropped_at: Time
    events: int
    first_sequence: int
    last_sequence: int


class Verification(Schema):
    intact: bool
    events: int
    head: str
    first_break: int | None
    dropped: list[DroppedMonth]


class Checkpoint(Schema):
    """A signed tree head (RFC 6962)."""

    tree_size: int
    root_hash: str
    signed_at: Time
    key_id: str
    signature: str
    origin: str


class CheckpointPage(Page):
    items: list[Checkpoint]


class CheckpointQuery(PageQuery):
    pass


class ProofQuery(Schema):
    sequence: Annotated[int, Field(ge=1, le=2**62)]
    tree_size: Annotated[int | None, Field(ge=1, le=2**62)] = None


class ProvenEvent(Schema):
    id: UUID | None
    sequence: int
    previous_hash: str
    hash: str
    inclusion: list[str]
    dropped_at: Time | None


class ProvenHead(Schema):
    leaf_index: int
    sequence: int
    hash: str
    root_hash: str
    inclusion: list[str]


class AuditKey(Schema):
    key_id: str
    public_key: str


class Proof(Schema):
    origin: str
    checkpoint: Checkpoint
    newest: Checkpoint
    consistency: list[str]
    workspace_id: UUID
    event: ProvenEvent
    head: ProvenHead
    keys: list[AuditKey]

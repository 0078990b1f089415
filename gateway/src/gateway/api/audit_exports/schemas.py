"""Exports of the audit trail."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from caseload.audit.v1.events_words import Outcome
from caseload.options.v1.options_words import Action, Resource
from gateway.api.audit.schemas import AuditKey
from gateway.api.fields import JsonObject, Schema, Time, TimeOrDay

Format = Literal["jsonl", "csv"]


class AuditExportFilters(Schema):
    """As of `GET /audit-events`."""

    user_id: UUID | None = None
    resource_type: Resource | None = None
    resource_id: UUID | None = None
    action: Action | None = None
    outcome: Outcome | None = None
    phi_only: bool = False


class AuditExportCreate(Schema):
    format: Format
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None
    filters: AuditExportFilters | None = None


class AuditExport(Schema):
    id: UUID
    status: Annotated[Literal["pending", "running", "ready", "failed"], Field(description="`failed` if it was cancelled, too.")]
    format: Format
    row_count: Annotated[int | None, Field(description="How many events are written so far.")]
    download_url: Annotated[str | None, Field(description="Of the file, until it expires; a GET with the same credentials.")]
    expires_at: Time | None
    created_at: Time


class AuditExportManifest(Schema):
    """What was exported, signed. docs/audit-verification.md says how to verify it."""

    format: str
    format_version: int
    manifest: JsonObject
    key_id: str
    signature: str
    keys: list[AuditKey]

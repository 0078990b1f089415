"""Long work."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, PageQuery, Schema, Text100, Time

Status = Literal["pending", "running", "done", "failed", "cancelled"]


class Job(Schema):
    id: UUID
    kind: Annotated[str, Field(description="What it does, as import_clients.")]
    status: Status
    done: Annotated[
        int,
        Field(
            description="How much of `total` is done: rows of the file for import_clients, clients for undo_import and export_clients, services for erase_client, records for merge_clients and undo_merge."
        ),
    ]
    total: int | None
    error: Annotated[str | None, Field(description="The code of the problem that ended it.")]
    result: Annotated[dict[str, Any] | None, Field(description="What came of it, or has come of it so far, as its kind says.")]
    result_url: str | None
    created_by: UUID
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class JobPage(Page):
    items: list[Job]


class JobQuery(PageQuery):
    kind: Text100 | None = None
    status: Status | None = None

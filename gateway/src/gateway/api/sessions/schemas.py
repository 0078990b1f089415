"""Session notes and their versions."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, PageQuery, Schema, Text5000, Time, absent

SessionStatus = Literal["draft", "finalized", "archived"]
Duration = Annotated[int, Field(strict=True, ge=0, le=480)]


class SessionCreate(Schema):
    client_id: UUID
    appointment_id: UUID | None = None
    session_date: Annotated[Time | None, Field(description="The appointment's start, unless given; one of the two is needed.")] = None
    duration_minutes: Duration | None = None
    subjective: Text5000 | None = None
    objective: Text5000 | None = None
    assessment: Text5000 | None = None
    plan: Text5000 | None = None


class DraftUpdate(Schema):
    """SessionUpdate, of a draft."""

    subjective: Text5000 | None = None
    objective: Text5000 | None = None
    assessment: Text5000 | None = None
    plan: Text5000 | None = None
    session_date: Time = Field(default_factory=absent)
    duration_minutes: Duration | None = None


class SessionUpdate(DraftUpdate):
    reason: Annotated[Text5000 | None, Field(description="Why a signed note is amended; needed where the workspace says so.")] = None


class Signing(Schema):
    reason: Annotated[Text5000 | None, Field(description="Why a signed note is amended by what its author has typed into it.")] = None


class PendingAmendment(Schema):
    """A signed note as its author would amend it."""

    subjective: str | None
    objective: str | None
    assessment: str | None
    plan: str | None
    session_date: Time
    duration_minutes: int | None
    base_version: Annotated[int, Field(description="The note's version that the author saw when the typing began.")]
    saved_at: Time


class Session(Schema):
    id: UUID
    workspace_id: UUID
    client_id: UUID
    appointment_id: UUID | None
    created_by_user_id: UUID
    subjective: str | None
    objective: str | None
    assessment: str | None
    plan: str | None
    session_date: Time
    duration_minutes: int | None
    status: SessionStatus
    is_draft: bool
    draft_last_saved_at: Time | None
    finalized_at: Time | None
    finalized_by_user_id: UUID | None
    amended_at: Time | None
    amendment_count: int
    attachment_count: int
    version: Annotated[int, Field(description="Also the ETag.")]
    deleted_at: Time | None
    deleted_reason: str | None
    deleted_by_user_id: UUID | None
    permanent_delete_after: Time | None
    created_at: Time
    updated_at: Time
    pending_amendment: Annotated[
        PendingAmendment | None, Field(description="What the caller typed into a signed note and has not yet made an amendment.")
    ]


class SessionPage(Page):
    items: list[Session]


class SessionQuery(PageQuery):
    client_id: UUID | None = None
    appointment_id: UUID | None = None
    status: SessionStatus | None = None
    is_draft: bool | None = None
    include_deleted: bool = False


class SessionVersion(Schema):
    id: UUID
    session_id: UUID
    version_number: int
    subjective: str | None
    objective: str | None
    assessment: str | None
    plan: str | None
    reason: str | None
    created_at: Time
    created_by_user_id: UUID


class SessionVersionList(Schema):
    versions: list[SessionVersion]

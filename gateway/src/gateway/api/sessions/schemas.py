"""Session notes and their versions."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, PageQuery, Schema, Search, Text5000, Time, absent

SessionStatus = Literal["draft", "finalized", "archived"]
CosignStatus = Literal["none", "pending", "cosigned", "returned"]
Duration = Annotated[int, Field(strict=True, ge=0, le=480)]


class SessionCreate(Schema):
    client_id: UUID
    appointment_id: Annotated[UUID | None, Field(description="One of the same client's, without a note.")] = None
    session_date: Annotated[
        Time | None,
        Field(
            description="The appointment's start, unless given; one of the two is needed. It stays where it is when the appointment is moved. A note can be prepared for a session to come; "
            "it is signed a year before it at the earliest (`session_in_future`)."
        ),
    ] = None
    duration_minutes: Duration | None = None
    subjective: Text5000 | None = None
    objective: Text5000 | None = None
    assessment: Text5000 | None = None
    plan: Text5000 | None = None
    template_id: Annotated[
        UUID | None,
        Field(description="A template that is active, of the workspace or the caller's own: its texts stand where none is given."),
    ] = None


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
    reason: Annotated[
        Text5000 | None,
        Field(description="Why a signed note is amended by what its author has typed into it, or why a note is signed again."),
    ] = None


class Unsigning(Schema):
    reason: Annotated[
        Text5000 | None, Field(description="Why the note is made a draft again: the reason of its next version, unless that has another.")
    ] = None


class SessionDeletion(Schema):
    reason: Text5000 | None = None


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
    status: Annotated[SessionStatus, Field(description="No note is `archived` yet: nothing makes it so.")]
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
        PendingAmendment | None,
        Field(
            description="What the caller typed into a signed note and has not yet made an amendment; still there where somebody else has made it a draft again."
        ),
    ]
    conflict_of: Annotated[
        UUID | None,
        Field(
            description="The note that this one began as a copy of: saves of an older version or, where nobody has deleted it and it is deleted all "
            "the same, what saves without If-Match have taken out. It may be erased by now."
        ),
    ]
    content_hash: Annotated[
        str | None, Field(description="Of the newest signed version; null for a note that was last signed before versions had hashes.")
    ]
    template_id: Annotated[UUID | None, Field(description="The template that it began with; it may be gone by now.")]
    unfinalized_reason: Annotated[str | None, Field(description="Why a signed note was made a draft again; gone when it is signed.")]
    cosign_status: Annotated[
        CosignStatus,
        Field(
            description="Of the newest signed version: pending while it waits for its signer's supervisor. A returned note that is made a draft stays returned."
        ),
    ]
    cosign_due_at: Annotated[Time | None, Field(description="Until when it is to be co-signed; null unless it is pending.")]
    cosigned_by_user_id: UUID | None
    cosigned_at: Time | None
    cosign_comment: Annotated[str | None, Field(description="Of whoever co-signed or returned it.")]


class SessionPage(Page):
    items: list[Session]


class SessionQuery(PageQuery):
    client_id: UUID | None = None
    appointment_id: UUID | None = None
    status: SessionStatus | None = None
    is_draft: bool | None = None
    include_deleted: bool = False
    cosign_status: Annotated[
        Literal["pending", "returned"] | None,
        Field(description="Notes that wait for a co-signature, or that were returned and wait for their author."),
    ] = None
    conflict_of: Annotated[
        UUID | None,
        Field(description="The copies of this note; with include_deleted also what saves without If-Match have taken out of it."),
    ] = None
    search: Annotated[
        Search,
        Field(
            description="Up to eight words, each the beginning of a word in the note, in any order. The four texts together must have them all. "
            "Pending amendments and earlier versions are not searched."
        ),
    ] = None


class Cosignature(Schema):
    """What somebody else than its author attested of a signed version."""

    id: UUID
    session_id: UUID
    version_number: int
    decision: Literal["cosigned", "returned"]
    role: Annotated[
        Literal["supervisor", "administrator", "head_of_department"],
        Field(description="An administrator, and the head of the department of whoever signed, decide in the supervisor's place."),
    ]
    comment: str | None
    signed_by_user_id: UUID
    created_at: Time
    content_hash: Annotated[str, Field(description="That of the version.")]
    signature: Annotated[str, Field(description="Ed25519, base64url, over the co-signature's canonical form.")]
    key_id: str


class SessionVersion(Schema):
    id: UUID
    session_id: UUID
    version_number: int
    subjective: str | None
    objective: str | None
    assessment: str | None
    plan: str | None
    reason: str | None
    created_at: Annotated[Time, Field(description="When it was signed.")]
    created_by_user_id: Annotated[UUID, Field(description="Who signed it.")]
    kind: Annotated[Literal["finalized", "amended", "refinalized"], Field(description="Signed first, amended, or signed again as a draft.")]
    session_date: Annotated[
        Time, Field(description="Of a version without signature: the note's, when it was upgraded to versions that hold it.")
    ]
    duration_minutes: int | None
    content_hash: Annotated[str, Field(description="SHA-256 of the version's canonical form, as lower-case hex.")]
    previous_hash: Annotated[str | None, Field(description="That of the version before; null for the first.")]
    signature: Annotated[
        str | None, Field(description="Ed25519, base64url; null for versions that were signed before there were signatures.")
    ]
    key_id: Annotated[str | None, Field(description="The thumbprint (RFC 7638) of the installation's key that it is signed with.")]
    cosignature: Annotated[Cosignature | None, Field(description="What was attested of this version; null for nothing.")]


class SessionVersionList(Schema):
    versions: list[SessionVersion]


class SessionVerification(Schema):
    intact: bool
    versions: Annotated[int, Field(description="How many signed versions the note has.")]
    first_break: Annotated[
        int | None,
        Field(
            description="The number of the first version that is changed, missing or out of order, that the note differs from, or whose "
            "co-signature is not what was signed."
        ),
    ]
    unsigned: Annotated[
        int, Field(description="Versions that were signed before there were signatures; their hashes alone hold them together.")
    ]
    cosignatures: Annotated[int, Field(description="How many co-signatures and returns they have.")]

"""Running the installation."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Email, JsonObject, PageQuery, Schema, Search, Text, Time, TimeZone
from gateway.api.users.schemas import FullName

WorkspaceKind = Literal["practice", "hospital"]
WorkspaceStatus = Literal["active", "suspended"]
ServiceName = Literal["audit", "clients", "clinical", "identity", "notifications", "scheduling"]


class OwnerInvitation(Schema):
    workspace_name: Annotated[Text, Field(min_length=1, max_length=255)]
    therapist_email: Email
    therapist_full_name: FullName
    kind: WorkspaceKind = "practice"
    time_zone: TimeZone = "UTC"
    locale: Annotated[Text, Field(min_length=2, max_length=35)] = "en"


class OpenedWorkspace(Schema):
    workspace_id: UUID
    user_id: UUID
    invitation_url: str


class PendingInvitation(Schema):
    user_id: UUID
    email: Email
    full_name: str
    workspace_name: str
    invited_at: Time
    expires_at: Time


class PendingInvitations(Schema):
    invitations: list[PendingInvitation]


class WorkspaceErasure(Schema):
    """Of a workspace that is being erased, or is: it cannot be brought back."""

    began_at: Time
    # When nothing was left in the last service.
    finished_at: Time | None
    finished: list[ServiceName]
    unfinished: list[ServiceName]


class OperatedWorkspace(Schema):
    id: UUID
    name: str
    kind: WorkspaceKind
    owner_email: Email | None
    status: WorkspaceStatus
    created_at: Time
    user_count: int
    session_count: int
    # Of a deleted one, which is suspended as well.
    deleted_at: Time | None
    erase_after: Time | None
    erasure: WorkspaceErasure | None


class OperatedWorkspaces(Schema):
    workspaces: list[OperatedWorkspace]
    total: int


class OperatedWorkspaceQuery(PageQuery):
    search: Search = None


class Reason(Schema):
    reason: Annotated[Text, Field(min_length=1, max_length=500)]


class WorkspaceState(Schema):
    id: UUID
    status: WorkspaceStatus
    # Of a deleted one, which is suspended as well.
    deleted_at: Time | None
    erase_after: Time | None
    erasure: WorkspaceErasure | None


class Metrics(Schema):
    total_workspaces: int
    active_users: int
    total_users: int
    # Of owners who have not accepted yet.
    pending_invitations: int
    blacklisted_users: int


class BlacklistedAddress(Schema):
    email: Email
    reason: Annotated[Text, Field(min_length=1, max_length=500)]


class BlacklistEntry(Schema):
    email: Email
    reason: str
    added_at: Time
    added_by: UUID


class Blacklist(Schema):
    blacklist: list[BlacklistEntry]
    total: int


class ActivityQuery(Schema):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class Activity(Schema):
    type: Literal[
        "workspace_opened",
        "invitation_resent",
        "workspace_suspended",
        "workspace_reactivated",
        "workspace_deleted",
        "address_blacklisted",
        "address_unblacklisted",
    ]
    timestamp: Time
    description: str
    metadata: JsonObject


class Activities(Schema):
    activities: list[Activity]
    total_count: int
    has_more: bool
    displayed_count: int

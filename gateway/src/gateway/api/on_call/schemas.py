"""Who is on call, and who stands in."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, QueryTime, Schema, Time


class OnCallQuery(Schema):
    at: Annotated[QueryTime | None, Field(description="By default now.")] = None
    department_id: UUID | None = None


class OnCall(Schema):
    department_id: Annotated[
        UUID | None,
        Field(
            description="null for those who belong to no department: an alert of the whole house finds them, one of a department does not."
        ),
    ]
    user_ids: list[UUID]
    at: Time


class OnCallOverrideCreate(Schema):
    user_id: Annotated[UUID, Field(description="Who is on call instead, or besides.")]
    department_id: Annotated[
        UUID | None, Field(description="For which department. null: for that of whoever is replaced, or for none in particular.")
    ] = None
    replaces_user_id: Annotated[UUID | None, Field(description="Whose shifts in this department do not count meanwhile.")] = None
    starts_at: Time
    ends_at: Time


class OnCallOverride(Schema):
    id: UUID
    workspace_id: UUID
    department_id: UUID | None
    user_id: UUID
    replaces_user_id: UUID | None
    starts_at: Time
    ends_at: Time
    created_by: UUID
    created_at: Time


class OnCallOverridePage(Page):
    items: list[OnCallOverride]

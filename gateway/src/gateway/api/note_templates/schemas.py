"""Templates for notes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, PageQuery, Schema, Text, Text5000, Time, absent

Name = Annotated[Text, Field(min_length=1, max_length=255)]


class NoteTemplateCreate(Schema):
    name: Name
    subjective: Text5000 | None = None
    objective: Text5000 | None = None
    assessment: Text5000 | None = None
    plan: Text5000 | None = None
    is_personal: Annotated[
        bool | None,
        Field(description="For the caller alone. Unless given, so for everybody who may not change what the workspace offers."),
    ] = None


class NoteTemplateUpdate(Schema):
    name: Name = Field(default_factory=absent)
    subjective: Text5000 | None = None
    objective: Text5000 | None = None
    assessment: Text5000 | None = None
    plan: Text5000 | None = None
    is_active: bool = Field(default_factory=absent)


class NoteTemplate(Schema):
    id: UUID
    workspace_id: UUID
    name: str
    owner_user_id: Annotated[UUID | None, Field(description="Null for a template of the workspace.")]
    subjective: str | None
    objective: str | None
    assessment: str | None
    plan: str | None
    is_active: Annotated[bool, Field(description="Whether a note can begin with it.")]
    created_at: Time
    updated_at: Time


class NoteTemplatePage(Page):
    items: list[NoteTemplate]


class NoteTemplateQuery(PageQuery):
    is_active: bool | None = None

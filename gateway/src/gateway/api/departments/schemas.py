"""The departments of a workspace."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Page, PageQuery, Schema, Text, Time, absent

Name = Annotated[Text, Field(min_length=1, max_length=100)]
Code = Annotated[Text, Field(min_length=1, max_length=20)]


class DepartmentCreate(Schema):
    name: Name
    code: Code
    is_active: StrictBool = True


class DepartmentUpdate(Schema):
    name: Name = Field(default_factory=absent)
    code: Code = Field(default_factory=absent)
    is_active: StrictBool = Field(default_factory=absent)


class Department(Schema):
    id: UUID
    workspace_id: UUID
    name: str
    code: str
    is_active: bool
    created_at: Time
    updated_at: Time


class DepartmentPage(Page):
    items: list[Department]


class DepartmentQuery(PageQuery):
    is_active: bool | None = None

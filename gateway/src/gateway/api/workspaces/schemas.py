"""The workspace."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Object, Shape, Text, Text100, Time, Zone, absent


class Workspace(Shape):
    id: UUID
    name: str
    kind: Literal["practice", "hospital"]
    time_zone: str
    locale: str
    address: str | None
    phone: str | None
    license_number: str | None
    settings: Object
    status: Literal["active", "suspended"]
    created_at: Time
    updated_at: Time


class WorkspaceUpdate(Shape):
    name: Annotated[Text, Field(min_length=1, max_length=255)] = Field(default_factory=absent)
    time_zone: Zone = Field(default_factory=absent)
    locale: Annotated[Text, Field(min_length=2, max_length=35)] = Field(default_factory=absent)
    address: Text | None = None
    phone: Annotated[Text, Field(max_length=50)] | None = None
    license_number: Text100 | None = None
    settings: Object = Field(default_factory=absent)

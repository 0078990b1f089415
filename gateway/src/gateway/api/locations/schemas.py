"""The locations of appointments."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import LocationType, Name255, Page, PageQuery, Schema, Text, Time, absent

IsRoom = Annotated[
    StrictBool,
    Field(
        description="One appointment takes place there at a time; for a location of type clinic only. "
        "Without it several practitioners may be booked there at once, as in a whole practice."
    ),
]


class LocationCreate(Schema):
    name: Name255
    location_type: LocationType
    address: Text | None = None
    details: Text | None = None
    is_active: StrictBool = True
    is_room: IsRoom = False


class LocationUpdate(Schema):
    name: Name255 = Field(default_factory=absent)
    location_type: LocationType = Field(default_factory=absent)
    address: Text | None = None
    details: Text | None = None
    is_active: StrictBool = Field(default_factory=absent)
    is_room: IsRoom = Field(default_factory=absent)


class Location(Schema):
    id: UUID
    workspace_id: UUID
    name: str
    location_type: LocationType
    address: str | None
    details: str | None
    is_active: bool
    is_room: IsRoom
    created_at: Time
    updated_at: Time


class LocationPage(Page):
    items: list[Location]


class LocationQuery(PageQuery):
    is_active: bool | None = None
    location_type: LocationType | None = None

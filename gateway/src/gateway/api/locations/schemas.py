"""The locations of appointments."""

from uuid import UUID

from pydantic import Field

from gateway.api.fields import Flag, LocationType, Name255, Page, PageQuery, Shape, Text, Time, absent


class LocationCreate(Shape):
    name: Name255
    location_type: LocationType
    address: Text | None = None
    details: Text | None = None
    is_active: Flag = True


class LocationUpdate(Shape):
    name: Name255 = Field(default_factory=absent)
    location_type: LocationType = Field(default_factory=absent)
    address: Text | None = None
    details: Text | None = None
    is_active: Flag = Field(default_factory=absent)


class Location(Shape):
    id: UUID
    workspace_id: UUID
    name: str
    location_type: LocationType
    address: str | None
    details: str | None
    is_active: bool
    created_at: Time
    updated_at: Time


class LocationPage(Page):
    items: list[Location]


class LocationQuery(PageQuery):
    is_active: bool | None = None
    location_type: LocationType | None = None

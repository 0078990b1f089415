"""Appointments, what they are for and where they are kept."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.models.base import Flag, LocationType, Name255, Page, PageQuery, QueryTime, Shape, Text, Time, TimeOrDay, absent
from gateway.models.clients import ClientSummary

AppointmentStatus = Literal["scheduled", "completed", "cancelled", "no_show"]
Buffer = Annotated[int, Field(strict=True, ge=0, le=240)]  # minutes
Duration = Annotated[int, Field(strict=True, ge=1, le=1440)]
# What a JSON number holds exactly.
Price = Annotated[int, Field(strict=True, ge=0, le=2**53)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]


class AppointmentCreate(Shape):
    client_id: UUID
    practitioner_id: Annotated[UUID | None, Field(description="The caller, unless given.")] = None
    scheduled_start: Time
    scheduled_end: Annotated[Time, Field(description="After the start, by at most 24 hours.")]
    location_type: LocationType
    location_id: UUID | None = None
    location_details: Text | None = None
    service_id: UUID | None = None
    notes: Text | None = None


class AppointmentUpdate(Shape):
    client_id: UUID = Field(default_factory=absent)
    practitioner_id: UUID = Field(default_factory=absent)
    scheduled_start: Time = Field(default_factory=absent)
    scheduled_end: Time = Field(default_factory=absent)
    location_type: LocationType = Field(default_factory=absent)
    location_id: UUID | None = None
    location_details: Text | None = None
    service_id: UUID | None = None
    notes: Text | None = None
    status: AppointmentStatus = Field(default_factory=absent)


class AppointmentDeletion(Shape):
    reason: Text | None = None
    session_note_action: Annotated[
        Literal["keep", "delete"], Field(description="What becomes of the note that documents the appointment.")
    ] = "keep"
    deletion_reason: Text | None = None


class Appointment(Shape):
    id: UUID
    workspace_id: UUID
    client_id: UUID
    practitioner_id: UUID
    series_id: UUID | None
    scheduled_start: Time
    scheduled_end: Time
    location_type: LocationType
    location_id: UUID | None
    location_details: str | None
    service_id: UUID | None
    status: AppointmentStatus
    notes: str | None
    overbooked: bool
    version: int
    edited_at: Time | None
    edit_count: int
    client: ClientSummary | None
    created_at: Time
    updated_at: Time


class AppointmentPage(Page):
    items: list[Appointment]


class AppointmentQuery(PageQuery):
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None
    client_id: UUID | None = None
    practitioner_id: UUID | None = None
    status: AppointmentStatus | None = None


class ConflictQuery(Shape):
    scheduled_start: QueryTime
    scheduled_end: QueryTime
    practitioner_id: UUID | None = None
    exclude_appointment_id: UUID | None = None


class Conflict(Shape):
    id: UUID
    scheduled_start: Time
    scheduled_end: Time
    client_initials: str
    location_type: str
    status: str


class ConflictCheck(Shape):
    has_conflict: bool
    conflicting_appointments: list[Conflict]


class ServiceCreate(Shape):
    name: Name255
    description: Text | None = None
    default_duration_minutes: Duration
    buffer_before_minutes: Buffer = 0
    buffer_after_minutes: Buffer = 0
    price_minor_units: Price | None = None
    currency: Currency | None = None
    is_active: Flag = True


class ServiceUpdate(Shape):
    name: Name255 = Field(default_factory=absent)
    description: Text | None = None
    default_duration_minutes: Duration = Field(default_factory=absent)
    buffer_before_minutes: Buffer = Field(default_factory=absent)
    buffer_after_minutes: Buffer = Field(default_factory=absent)
    price_minor_units: Price | None = None
    currency: Currency | None = None
    is_active: Flag = Field(default_factory=absent)


class Service(Shape):
    id: UUID
    workspace_id: UUID
    name: str
    description: str | None
    default_duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    price_minor_units: int | None
    currency: str | None
    is_active: bool
    created_at: Time
    updated_at: Time


class ServicePage(Page):
    items: list[Service]


class ServiceQuery(PageQuery):
    is_active: bool | None = None


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

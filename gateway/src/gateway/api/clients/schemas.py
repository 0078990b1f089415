"""Clients, the people who are treated."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import (
    Day,
    Email,
    Name255,
    Page,
    PageQuery,
    Schema,
    Search,
    Text,
    Text50,
    Text100,
    Text255,
    Time,
    TimeZone,
    absent,
)

_CLINICAL = "Needs the scope clients:phi: who lacks it is answered null, leaves the field as it is by sending null, and is refused (403 client_phi_not_permitted) with a text."
Clinical = Annotated[str | None, Field(description=_CLINICAL)]
WrittenClinical = Annotated[Text | None, Field(description=_CLINICAL)]
Tags = Annotated[list[Annotated[Text, Field(min_length=1, max_length=100)]], Field(max_length=100)]


class ClientCreate(Schema):
    first_name: Name255
    last_name: Name255
    email: Email | None = None
    phone: Text50 | None = None
    date_of_birth: Day | None = None
    address: Text | None = None
    medical_history: WrittenClinical = None
    emergency_contact_name: Text255 | None = None
    emergency_contact_phone: Text50 | None = None
    is_active: StrictBool = True
    consent_status: StrictBool = False
    notes: WrittenClinical = None
    tags: Tags | None = None
    gender: Text50 | None = None
    time_zone: TimeZone | None = None
    external_id: Text100 | None = None


class ClientUpdate(Schema):
    first_name: Name255 = Field(default_factory=absent)
    last_name: Name255 = Field(default_factory=absent)
    email: Email | None = None
    phone: Text50 | None = None
    date_of_birth: Day | None = None
    address: Text | None = None
    medical_history: WrittenClinical = None
    emergency_contact_name: Text255 | None = None
    emergency_contact_phone: Text50 | None = None
    is_active: StrictBool = Field(default_factory=absent)
    consent_status: StrictBool = Field(default_factory=absent)
    notes: WrittenClinical = None
    tags: Tags | None = None
    gender: Text50 | None = None
    time_zone: TimeZone | None = None
    external_id: Text100 | None = None


class Client(Schema):
    id: UUID
    workspace_id: UUID
    first_name: str
    last_name: str
    full_name: str
    email: str | None
    phone: str | None
    date_of_birth: Day | None
    address: str | None
    medical_history: Clinical
    emergency_contact_name: str | None
    emergency_contact_phone: str | None
    is_active: bool
    consent_status: bool
    notes: Clinical
    tags: list[str]
    gender: str | None
    time_zone: str | None
    external_id: str | None
    restricted: Annotated[
        bool,
        Field(description="Only the care team opens the record. To others the client is a name: what else a client has is null for them."),
    ]
    version: int
    created_at: Time
    updated_at: Time
    next_appointment: Time | None
    last_appointment: Time | None
    appointment_count: Annotated[int | None, Field(description="Null in a list without include_appointments.")]


class ClientPage(Page):
    items: list[Client]


class ClientQuery(PageQuery):
    search: Search = None
    tag: Search = None
    include_inactive: bool = False
    include_appointments: bool = False


class ClientSummary(Schema):
    id: UUID
    first_name: str
    last_name: str
    full_name: str

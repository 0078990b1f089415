"""The services that a practice offers."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Name255, Page, PageQuery, Schema, Text, Time, absent

Buffer = Annotated[int, Field(strict=True, ge=0, le=240)]  # minutes
Duration = Annotated[int, Field(strict=True, ge=1, le=1440)]
# What a JSON number holds exactly.
Price = Annotated[int, Field(strict=True, ge=0, le=2**53)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]


class ServiceCreate(Schema):
    name: Name255
    description: Text | None = None
    default_duration_minutes: Duration
    buffer_before_minutes: Buffer = 0
    buffer_after_minutes: Buffer = 0
    price_minor_units: Price | None = None
    currency: Currency | None = None
    is_active: StrictBool = True


class ServiceUpdate(Schema):
    name: Name255 = Field(default_factory=absent)
    description: Text | None = None
    default_duration_minutes: Duration = Field(default_factory=absent)
    buffer_before_minutes: Buffer = Field(default_factory=absent)
    buffer_after_minutes: Buffer = Field(default_factory=absent)
    price_minor_units: Price | None = None
    currency: Currency | None = None
    is_active: StrictBool = Field(default_factory=absent)


class Service(Schema):
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

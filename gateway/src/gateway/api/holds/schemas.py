"""Slots that are held while an appointment is agreed on."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Schema, Time


class HoldCreate(Schema):
    practitioner_id: Annotated[UUID | None, Field(description="The caller, unless given.")] = None
    service_id: Annotated[UUID, Field(description="Whose duration and buffers the slot has.")]
    start: Time


class Hold(Schema):
    hold_id: UUID
    expires_at: Time

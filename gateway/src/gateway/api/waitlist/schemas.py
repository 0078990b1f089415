"""Clients who wait for an appointment."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, PageQuery, Schema, Time

WaitlistStatus = Literal["waiting", "offered", "booked", "expired", "withdrawn"]


class WaitlistEntryCreate(Schema):
    client_id: Annotated[UUID, Field(description="An active client.")]
    practitioner_id: Annotated[UUID | None, Field(description="Any, unless given.")] = None
    service_id: Annotated[
        UUID | None,
        Field(
            description="The time has to be long enough for its duration and buffers. Without it an appointment as long as the one that was given back is offered."
        ),
    ] = None
    earliest: Annotated[Time, Field(description="When the appointment may begin.")]
    latest: Annotated[Time, Field(description="When it must be over: after earliest, in the future, at most 400 days later.")]


class WaitlistEntry(Schema):
    id: UUID
    client_id: UUID
    practitioner_id: UUID | None
    service_id: UUID | None
    earliest: Time
    latest: Time
    status: Annotated[WaitlistStatus, Field(description="`expired`: nobody could give the client an appointment before `latest`.")]
    offered_until: Annotated[Time | None, Field(description="Until then what is offered is kept for the client, and can be accepted.")]
    created_at: Time
    offered_start: Annotated[
        Time | None,
        Field(description="When the offered appointment would begin; like its end and its practitioner it is told by the list alone."),
    ]
    offered_end: Time | None
    offered_practitioner_id: UUID | None
    appointment_id: Annotated[UUID | None, Field(description="The appointment that was booked when the offer was accepted.")]


class WaitlistEntryPage(Page):
    items: list[WaitlistEntry]


class WaitlistQuery(PageQuery):
    client_id: UUID | None = None
    practitioner_id: Annotated[UUID | None, Field(description="Those who wait for this practitioner alone.")] = None
    status: WaitlistStatus | None = None

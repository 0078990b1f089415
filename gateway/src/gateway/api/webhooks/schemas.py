"""Webhooks and what was delivered to them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, Schema, Text, Time

EventType = Literal[
    "appointment.booked",
    "appointment.moved",
    "appointment.confirmed",
    "appointment.cancellation_asked",
    "appointment.cancellation_declined",
    "appointment.cancelled",
    "appointment.completed",
    "appointment.no_show",
    "session.finalized",
    "client.created",
    "client.changed",
    "client.erased",
    "alert.escalated",
]


class WebhookCreate(Schema):
    url: Annotated[Text, Field(min_length=1, max_length=512, description="An https address that is not inside the operator's network.")]
    event_types: Annotated[list[EventType], Field(min_length=1, max_length=50)]


class Webhook(Schema):
    id: UUID
    url: str
    event_types: list[EventType]
    is_active: bool
    disabled_reason: Annotated[
        Literal["gone", "unanswered"] | None,
        Field(description="`gone`: it answered 410. `unanswered`: for three days it accepted nothing."),
    ]
    created_at: Time


class CreatedWebhook(Webhook):
    secret: Annotated[str, Field(description="What its requests are signed with, which is shown this once: `whsec_…`.")]


class WebhookPage(Page):
    items: list[Webhook]


class WebhookDelivery(Schema):
    id: Annotated[UUID, Field(description="The `webhook-id` of its requests.")]
    event_type: EventType
    status: Literal["pending", "delivered", "failed"]
    attempts: int
    response_status: Annotated[int | None, Field(description="Of the last attempt; null where no answer came.")]
    next_attempt_at: Time | None
    created_at: Time


class WebhookDeliveryPage(Page):
    items: list[WebhookDelivery]

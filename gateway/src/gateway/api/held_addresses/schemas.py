"""Addresses that are not mailed any more."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, Schema, Time


class HeldAddress(Schema):
    id: UUID
    reason: Annotated[Literal["dead_address", "mailbox_full", "unclear"], Field(description="Of the last failure.")]
    failures: int
    first_failed_at: Time
    last_failed_at: Time
    held_at: Time
    client_id: Annotated[
        UUID | None, Field(description="To whom the last mail was that was not delivered; null where that is not known any more.")
    ]
    user_id: Annotated[UUID | None, Field(description="The same of a mail to somebody who works here.")]
    appointment_id: Annotated[UUID | None, Field(description="What that mail was about.")]


class HeldAddressPage(Page):
    items: list[HeldAddress]

"""Which clients want no more reminders."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, Schema, Time


class ReminderOptOut(Schema):
    client_id: UUID
    channel: Literal["email", "sms"]
    opted_out_at: Time


class OptOutTakenBackQuery(Schema):
    channel: Annotated[Literal["email", "sms"] | None, Field(description="What the client wants to get again. By default everything.")] = (
        None
    )


class ReminderOptOutPage(Page):
    items: list[ReminderOptOut]

"""Which clients want no more reminders."""

from typing import Literal
from uuid import UUID

from gateway.api.fields import Page, Schema, Time


class ReminderOptOut(Schema):
    client_id: UUID
    channel: Literal["email", "sms"]
    opted_out_at: Time


class ReminderOptOutPage(Page):
    items: list[ReminderOptOut]

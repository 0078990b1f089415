"""Where a workspace's text messages are handed over."""

from typing import Annotated

from pydantic import Field, StrictBool

from gateway.api.fields import Schema, Text, Time


class SmsChannelUpdate(Schema):
    url: Annotated[Text, Field(min_length=1, max_length=512, description="An https address that is not inside the operator's network.")]
    is_active: StrictBool = True


class SmsChannel(Schema):
    url: str
    is_active: Annotated[bool, Field(description="While it is not, reminders by text message are `skipped` with `sms_channel_off`.")]
    created_at: Time
    updated_at: Time


class SmsChannelWithSecret(SmsChannel):
    secret: Annotated[
        str | None,
        Field(description="What its requests are signed with, `whsec_…`, where this request has made it; null where it stays as it was."),
    ]

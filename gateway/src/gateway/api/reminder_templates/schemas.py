"""What reminders say."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Name255, Page, Schema, Text, Time, absent

_PLACEHOLDERS = (
    "May have {first_name}, {date}, {time}, {practice}, {practice_phone} and {practice_address}. The date and the time are those of the "
    "appointment, in the client's own time zone."
)
Locale = Annotated[Text, Field(min_length=2, max_length=35, description="A language, perhaps with its country: de, pt-BR.")]
Subject = Annotated[Name255, Field(description=_PLACEHOLDERS)]
Body = Annotated[Text, Field(min_length=1, max_length=20_000, description=f"{_PLACEHOLDERS} It has to have the date and the time.")]
Html = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=100_000,
        description=f"{_PLACEHOLDERS} It has to have the date and the time. What is no plain formatting (script, images, forms) is left out. "
        "Null: the text.",
    ),
]


class ReminderTemplateCreate(Schema):
    name: Name255
    locale: Locale
    subject: Subject
    text: Body
    html: Html | None = None
    is_active: StrictBool = True


class ReminderTemplateUpdate(Schema):
    name: Name255 = Field(default_factory=absent)
    locale: Locale = Field(default_factory=absent)
    subject: Subject = Field(default_factory=absent)
    text: Body = Field(default_factory=absent)
    html: Html | None = None
    is_active: StrictBool = Field(default_factory=absent)


class ReminderTemplate(Schema):
    id: UUID
    workspace_id: UUID
    name: str
    locale: str
    subject: str
    text: str
    html: str | None
    is_active: Annotated[bool, Field(description="Where it is not, its rules use the text in the workspace's language.")]
    created_at: Time
    updated_at: Time


class ReminderTemplatePage(Page):
    items: list[ReminderTemplate]


class TextMessagePreview(Schema):
    """The same as a text message, for a rule whose channel is `sms`, with the link that follows it."""

    text: str
    encoding: Annotated[Literal["gsm7", "ucs2"], Field(description="gsm7: 160 characters a part, or 153 of several. ucs2: 70, or 67.")]
    characters: Annotated[int, Field(description="Places: some characters take two.")]
    parts: Annotated[int, Field(description="In how many it is sent, and paid for.")]
    is_too_long: Annotated[
        bool, Field(description="A message of more than ten parts is not sent: the reminder is `failed` with `text_too_long`.")
    ]


class ReminderPreview(Schema):
    """The mail that somebody who does not exist would get tomorrow."""

    subject: str
    text: str
    html: str
    text_message: TextMessagePreview

"""Legal holds."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, PageQuery, Schema, Text, Time


class LegalHoldCreate(Schema):
    client_id: UUID | None = None
    user_id: UUID | None = None
    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


class LegalHold(Schema):
    id: UUID
    client_id: Annotated[UUID | None, Field(description="With user_id null, too, the whole workspace is held.")]
    user_id: UUID | None
    reason: str
    created_by: UUID
    created_at: Time
    released_at: Time | None


class LegalHoldPage(Page):
    items: list[LegalHold]


class LegalHoldQuery(PageQuery):
    pass

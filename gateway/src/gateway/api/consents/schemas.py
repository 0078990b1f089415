"""What clients agree to, and what they take back."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, Schema, Text100, Time

Purpose = Literal["treatment", "reminders", "data_processing", "export"]


class ConsentCreate(Schema):
    purpose: Purpose
    text_version: Annotated[
        Text100, Field(min_length=1, description="Which text the client agreed to, in the practice's own words: 2026-03, or v4.")
    ]
    given_at: Annotated[
        Time | None, Field(description="When it was given, on paper for instance; not in the future. Unless given, now.")
    ] = None


class Consent(Schema):
    id: UUID
    client_id: UUID
    purpose: Purpose
    text_version: str
    given_at: Time
    withdrawn_at: Time | None
    recorded_by: UUID
    withdrawn_by: UUID | None


class ConsentPage(Page):
    items: list[Consent]

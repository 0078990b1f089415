"""Care teams of clients, and who broke the glass to open a restricted client's record."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Schema, Text, Time

Review = Literal["pending", "justified", "unjustified"]
Reason = Annotated[Text, Field(min_length=10, max_length=500)]


class CareTeamChange(Schema):
    restricted: StrictBool
    user_ids: Annotated[list[UUID], Field(max_length=100, description="Active users who treat; at least one for a restricted client.")]


class CareTeam(Schema):
    client_id: UUID
    restricted: bool
    user_ids: list[UUID]


class GlassToBreak(Schema):
    reason: Reason


class BreakGlass(Schema):
    id: UUID
    client_id: UUID
    user_id: UUID
    reason: str
    granted_at: Time
    expires_at: Annotated[Time, Field(description="60 minutes after granted_at.")]
    review: Review
    reviewed_by: UUID | None
    reviewed_at: Time | None
    review_comment: str | None

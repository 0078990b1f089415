"""API keys."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Schema, Text, Time


class ApiKeyCreate(Schema):
    name: Annotated[Text, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Text], Field(min_length=1, max_length=50)]
    expires_at: Time | None = None


class ApiKey(Schema):
    id: UUID
    name: str
    prefix: Annotated[str, Field(description="How the key begins.")]
    scopes: list[str]
    expires_at: Time | None
    last_used_at: Annotated[Time | None, Field(description="To about five minutes.")]
    created_at: Time
    created_by: Annotated[UUID | None, Field(description="The user who made it; null of a key of the operator's.")]


class CreatedApiKey(ApiKey):
    secret: Annotated[str, Field(description="The key itself, which is shown this once. Send it as `Authorization: Bearer …`.")]

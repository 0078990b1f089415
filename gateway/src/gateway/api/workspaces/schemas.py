"""The workspace."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import JsonObject, Schema, Text, Text100, Time, TimeZone, absent


class Workspace(Schema):
    id: UUID
    name: str
    kind: Literal["practice", "hospital"]
    time_zone: str
    locale: str
    address: str | None
    phone: str | None
    license_number: str | None
    settings: JsonObject
    status: Literal["active", "suspended"]
    created_at: Time
    updated_at: Time


class StorageUsage(Schema):
    used_bytes: int
    quota_bytes: int
    remaining_bytes: int
    usage_percentage: float
    is_quota_exceeded: bool
    used_mb: float
    quota_mb: float
    remaining_mb: float


class QuotaChange(Schema):
    quota_bytes: Annotated[int, Field(ge=0, le=10**15)]


class WorkspaceUpdate(Schema):
    name: Annotated[Text, Field(min_length=1, max_length=255)] = Field(default_factory=absent)
    time_zone: TimeZone = Field(default_factory=absent)
    locale: Annotated[Text, Field(min_length=2, max_length=35)] = Field(default_factory=absent)
    address: Text | None = None
    phone: Annotated[Text, Field(max_length=50)] | None = None
    license_number: Text100 | None = None
    settings: JsonObject = Field(default_factory=absent)

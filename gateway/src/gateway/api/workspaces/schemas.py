"""The workspace."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import JsonObject, Schema, Text, Text100, Time, TimeZone, absent

_SETTINGS = (
    "`amendment_reason_required`: true or false; unless set, true in hospitals and false in practices. "
    "`cosign_hours`: a whole number from 1 to 2160; 72 unless set. "
    "`lock_after_failures`: null or a whole number from 3 to 100; null unless set, and then no account is locked. "
    "`office_hours`: an object with `start` and `end` (HH:MM) and `weekdays` (1 is Monday); 07:00 to 20:00 from Monday to Friday unless set. "
    "`offline_days`: a whole number from 1 to 90; 30 unless set. "
    "`reply_to`: null or the e-mail address that answers of clients to reminders and other mail go to; null unless set. "
    "`second_factor_required`: true, false or a list of roles; false unless set. "
    "Other members are kept and have no effect."
)


class Workspace(Schema):
    id: UUID
    name: str
    kind: Literal["practice", "hospital"]
    time_zone: str
    locale: str
    address: str | None
    phone: str | None
    license_number: str | None
    settings: Annotated[JsonObject, Field(description=_SETTINGS)]
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
    settings: Annotated[JsonObject, Field(description=f"Replaces all settings. {_SETTINGS}")] = Field(default_factory=absent)

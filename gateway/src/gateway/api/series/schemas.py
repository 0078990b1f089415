"""Series: appointments that recur by a rule."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.appointments.schemas import Conflict
from gateway.api.fields import LocationType, Schema, Text, Time, TimeZone, absent

Rule = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=500,
        description="RFC 5545, like FREQ=WEEKLY;BYDAY=MO,WE;COUNT=20: DAILY to YEARLY, with COUNT (up to 520) or UNTIL, within ten years.",
    ),
]
Minutes = Annotated[int, Field(ge=1, le=1440)]
Zone = Annotated[TimeZone, Field(description="On its clocks all occurrences are at the same time.")]
OnConflict = Literal["fail", "skip"]
Scope = Literal["all", "following", "this"]


class SeriesCreate(Schema):
    rrule: Rule
    first_start: Annotated[Time, Field(description="An occurrence of the rule itself.")]
    duration_minutes: Minutes
    time_zone: Annotated[Zone | None, Field(description="The workspace's, unless given.")] = None
    client_id: UUID
    practitioner_id: Annotated[UUID | None, Field(description="The caller, unless given.")] = None
    location_type: LocationType
    location_id: UUID | None = None
    location_details: Text | None = None
    service_id: UUID | None = None
    notes: Text | None = None


class SeriesUpdate(Schema):
    rrule: Rule = Field(default_factory=absent)
    first_start: Annotated[Time, Field(description="When the first occurrence of the scope is to begin.")] = Field(default_factory=absent)
    duration_minutes: Minutes = Field(default_factory=absent)
    time_zone: Zone = Field(default_factory=absent)
    practitioner_id: UUID = Field(default_factory=absent)
    location_type: LocationType = Field(default_factory=absent)
    location_id: UUID | None = None
    location_details: Text | None = None
    service_id: UUID | None = None
    notes: Text | None = None


class Occurrence(Schema):
    start: Time
    end: Time
    status: Annotated[
        Literal["ok", "conflict", "holiday", "nonexistent_local_time"],
        Field(description="What is not ok was left out. A time that clocks skip on that day does not count."),
    ]
    conflicts: list[Conflict]
    appointment_id: Annotated[UUID | None, Field(description="null for what was left out, and in a preview.")]


class Series(Schema):
    id: Annotated[UUID, Field(description="All zeros in a preview.")]
    rrule: str
    first_start: Time
    duration_minutes: int
    time_zone: str
    occurrences: list[Occurrence]

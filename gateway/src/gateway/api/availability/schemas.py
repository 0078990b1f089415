"""When practitioners work."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Day, Schema, Text, Time, TimeZone

_OF_DAY = r"([01][0-9]|2[0-3]):[0-5][0-9]"
Start = Annotated[str, Field(pattern=f"^{_OF_DAY}$")]
End = Annotated[str, Field(pattern=f"^({_OF_DAY}|24:00)$", description="One that is not after the start is of the next day.")]
ExceptionKind = Literal["off", "open"]


class WeeklyHours(Schema):
    weekday: Annotated[int, Field(ge=0, le=6, description="Monday is 0.")]
    start: Start
    end: End


class AvailabilityException(Schema):
    date: Day
    kind: ExceptionKind
    start: Annotated[Start | None, Field(description="null with kind off: all day.")] = None
    end: End | None = None
    note: Annotated[Text | None, Field(max_length=500)] = None


class AvailabilityUpdate(Schema):
    time_zone: Annotated[TimeZone | None, Field(description="null follows the workspace's.")] = None
    weekly: Annotated[list[WeeklyHours], Field(max_length=100)] = Field(default_factory=list)
    exceptions: Annotated[list[AvailabilityException], Field(max_length=500)] = Field(default_factory=list)
    notice_minutes: Annotated[int, Field(ge=0, le=43_200, description="How long before its start a slot is no longer offered.")] = 0
    slot_step_minutes: Annotated[
        int, Field(ge=5, le=240, multiple_of=5, description="Slots start at multiples of it after midnight; it divides a day.")
    ] = 15


class ShownWeeklyHours(Schema):
    weekday: int
    start: str
    end: str


class ShownException(Schema):
    date: Day
    kind: ExceptionKind
    start: str | None
    end: str | None
    note: Annotated[str | None, Field(description="null for others than the practitioner and those who manage the workspace.")]


class Availability(Schema):
    practitioner_id: UUID
    time_zone: str
    weekly: list[ShownWeeklyHours]
    exceptions: list[ShownException]
    notice_minutes: int
    slot_step_minutes: int
    version: int
    updated_at: Time | None

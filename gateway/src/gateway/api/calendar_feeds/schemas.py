"""Calendars for other programs."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Schema, Time


class CalendarFeedCreate(Schema):
    shows_initials: Annotated[
        StrictBool, Field(description="Whether whoever has the address reads the initials of clients, but for those of restricted ones.")
    ] = False


class CalendarFeed(Schema):
    id: UUID
    practitioner_id: UUID
    shows_initials: bool
    created_at: Time
    last_read_at: Annotated[Time | None, Field(description="To the minute.")]


class CreatedCalendarFeed(CalendarFeed):
    url: Annotated[str, Field(description="Whoever has it reads the calendar. It is told here and never again.")]


class CalendarFeedQuery(Schema):
    practitioner_id: Annotated[UUID | None, Field(description="The caller, unless it is given.")] = None

"""A client's timeline."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import (
    Schema,
    Search,
    Time,
)


class TimelineQuery(Schema):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[Search, Field(description="`next_cursor` of the page before.")] = None


class TimelineEvent(Schema):
    event_type: str
    event_date: Time
    title: str
    description: str | None
    appointment_id: UUID | None
    session_id: UUID | None
    plan_id: UUID | None
    milestone_id: UUID | None


class Timeline(Schema):
    client_id: UUID
    events: list[TimelineEvent]
    total_events: int
    next_cursor: str | None

"""A client's timeline."""

from typing import Annotated, Literal
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


EventType = Literal[
    "appointment_scheduled",
    "appointment_completed",
    "appointment_cancelled",
    "appointment_no_show",
    "session",
    "session_finalized",
    "session_amended",
    "plan_created",
    "plan_updated",
    "plan_completed",
    "plan_discontinued",
    "milestone_achieved",
]


class TimelineEvent(Schema):
    event_type: Annotated[
        EventType,
        Field(
            description="`session` is at the note's session_date; each signature is a session_finalized, each amendment a session_amended."
        ),
    ]
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

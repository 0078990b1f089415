"""The outcome measures of a plan of care."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Page, Schema, Text, Time

Name = Annotated[Text, Field(min_length=1, max_length=100)]
Value = Annotated[float, Field(strict=True, ge=-1_000_000, le=1_000_000, allow_inf_nan=False)]


class MeasureCreate(Schema):
    name: Annotated[
        Name,
        Field(
            description="What is measured, in any words. Pain goes from 0 to 10, PHQ-9 to 27, PHQ-2 and GAD-2 to 6, GAD-7 to 21; these four in whole numbers."
        ),
    ]
    value: Value
    session_id: Annotated[UUID | None, Field(description="The session of the same client in which it was measured.")] = None
    measured_at: Annotated[
        Time | None, Field(description="Not in the future. Unless given, the session's date, or now where there is no session.")
    ] = None


class Measure(Schema):
    id: UUID
    plan_id: UUID
    session_id: Annotated[UUID | None, Field(description="The note may have been deleted since.")]
    name: str
    value: float
    measured_at: Time


class MeasurePage(Page):
    items: list[Measure]

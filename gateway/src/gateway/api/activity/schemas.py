"""What was done in a time."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Day, Schema

GroupBy = Literal["day", "week", "month"]


class ActivityQuery(Schema):
    start_date: Annotated[Day, Field(description="A day in the workspace's time zone.")]
    end_date: Annotated[Day, Field(description="Included; at most 365 days later.")]
    group_by: Annotated[GroupBy, Field(description="Weeks begin with Monday. The first and the last period may be parts of one.")] = "day"
    practitioner_id: Annotated[UUID | None, Field(description="The whole workspace, unless it is given.")] = None


class ActivityPeriod(Schema):
    """Of the appointments that start in a period."""

    start_date: Day
    end_date: Annotated[Day, Field(description="Included.")]
    booked: Annotated[int, Field(description="All of them, whatever became of them.")]
    scheduled: int
    completed: int
    cancelled: int
    no_show: int
    hours: Annotated[float, Field(description="Of scheduled and completed ones.")]
    available_hours: Annotated[float, Field(description="That practitioners work, by their working hours of today.")]
    utilisation: Annotated[float | None, Field(description="The share of the hours in those; null where nobody works.")]
    fees_paid: Annotated[str, Field(description="What the appointments cost that are paid, a decimal number.")]
    fees_payment_sent: Annotated[str, Field(description="Of those that clients were asked to pay.")]
    fees_not_paid: Annotated[str, Field(description="Of those that nobody was asked to pay yet, without cancelled ones.")]
    fees_waived: str


class ActivityReport(Schema):
    periods: list[ActivityPeriod]
    total: ActivityPeriod

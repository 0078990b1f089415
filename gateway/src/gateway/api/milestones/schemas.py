"""The milestones of a plan of care."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Day, Name255, Page, Schema, Text5000, Time, absent

MilestoneStatus = Literal["pending", "in_progress", "achieved", "discontinued"]
AchievedAt = Annotated[Time | None, Field(description="Of a milestone that is achieved, and not in the future. Now, unless given.")]


class MilestoneCreate(Schema):
    title: Name255
    description: Text5000 | None = None
    notes: Text5000 | None = None
    target_date: Day | None = None
    status: MilestoneStatus = "pending"
    achieved_at: AchievedAt = None


class MilestoneUpdate(Schema):
    title: Name255 = Field(default_factory=absent)
    description: Text5000 | None = None
    notes: Text5000 | None = None
    target_date: Day | None = None
    status: MilestoneStatus = Field(default_factory=absent)
    achieved_at: AchievedAt = None


class Milestone(Schema):
    id: UUID
    plan_id: UUID
    title: str
    description: str | None
    notes: str | None
    target_date: Day | None
    position: Annotated[int, Field(description="Its place in the order; 0 is the first.")]
    status: MilestoneStatus
    achieved_at: Time | None
    created_at: Time
    updated_at: Time


class MilestonePage(Page):
    items: list[Milestone]


class MilestoneOrder(Schema):
    milestone_ids: Annotated[list[UUID], Field(max_length=100, description="Every milestone of the plan once, in its new order.")]


class MilestoneList(Schema):
    items: list[Milestone]
    total: int

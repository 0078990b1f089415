"""Plans of care as a member of a workspace asks for them. Requests are valid, except for the fields that the test sets."""

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clinical.v1 import measures_pb2, milestones_pb2, plans_pb2
from caseload.clinical.v1.measures_rpc import MeasuresStub
from caseload.clinical.v1.milestones_rpc import MilestonesStub
from caseload.clinical.v1.plans_rpc import PlansStub

from .conftest import Practice, without_none

ACTIVE, COMPLETED, DISCONTINUED = plans_pb2.PLAN_STATUS_ACTIVE, plans_pb2.PLAN_STATUS_COMPLETED, plans_pb2.PLAN_STATUS_DISCONTINUED
PENDING, ACHIEVED = milestones_pb2.MILESTONE_STATUS_PENDING, milestones_pb2.MILESTONE_STATUS_ACHIEVED


class Planning:
    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.plans = practice.environment.stub(PlansStub)
        self.milestones = practice.environment.stub(MilestonesStub)
        self.measures = practice.environment.stub(MeasuresStub)

    # --- plans

    async def plan(self, **but: Any) -> plans_pb2.Plan:
        given = {"client_id": self.practice.client_id, "title": "Walk again", "goals": ["Stairs", "A mile"], **but}
        return await self.plans.CreatePlan(plans_pb2.CreatePlanRequest(**without_none(given)), self.practice.call)

    async def get(self, plan_id: str) -> plans_pb2.Plan:
        return await self.plans.GetPlan(plans_pb2.GetPlanRequest(plan_id=plan_id), self.practice.call)

    async def change(self, plan_id: str, *, seen: int | None = None, **changes: Any) -> plans_pb2.Plan:
        """Sets the given fields; None clears one. `seen` is the expected version, None any version."""
        mask = FieldMask(paths=list(changes))
        request = plans_pb2.UpdatePlanRequest(plan_id=plan_id, mask=mask, expected_version=seen, **without_none(changes))
        return await self.plans.UpdatePlan(request, self.practice.call)

    async def delete(self, plan_id: str) -> None:
        await self.plans.DeletePlan(plans_pb2.DeletePlanRequest(plan_id=plan_id), self.practice.call)

    async def page(self, **filters: Any) -> plans_pb2.PlanPage:
        return await self.plans.ListPlans(plans_pb2.ListPlansRequest(**filters), self.practice.call)

    async def versions(self, plan_id: str) -> list[plans_pb2.PlanVersion]:
        return list((await self.plans.ListPlanVersions(plans_pb2.ListPlanVersionsRequest(plan_id=plan_id), self.practice.call)).versions)

    async def timeline(self, **place: Any) -> plans_pb2.PlanEventList:
        request = plans_pb2.ListPlanEventsRequest(**{"client_id": self.practice.client_id, **place})
        return await self.plans.ListPlanEvents(request, self.practice.call)

    async def told(self, **place: Any) -> list[str]:
        """The kinds of the client's timeline events, newest first."""
        kinds = [plans_pb2.PlanEventKind.Name(event.kind) for event in (await self.timeline(**place)).items]
        return [kind.removeprefix("PLAN_EVENT_KIND_").lower() for kind in kinds]

    # --- milestones

    async def milestone(self, plan_id: str, **but: Any) -> milestones_pb2.Milestone:
        given = {"plan_id": plan_id, "title": "Ten steps", **but}
        return await self.milestones.CreateMilestone(milestones_pb2.CreateMilestoneRequest(**without_none(given)), self.practice.call)

    async def change_milestone(self, milestone: milestones_pb2.Milestone, **changes: Any) -> milestones_pb2.Milestone:
        """Sets the given fields; None clears one."""
        request = milestones_pb2.UpdateMilestoneRequest(
            plan_id=milestone.plan_id, milestone_id=milestone.id, mask=FieldMask(paths=list(changes)), **without_none(changes)
        )
        return await self.milestones.UpdateMilestone(request, self.practice.call)

    async def delete_milestone(self, milestone: milestones_pb2.Milestone) -> None:
        request = milestones_pb2.DeleteMilestoneRequest(plan_id=milestone.plan_id, milestone_id=milestone.id)
        await self.milestones.DeleteMilestone(request, self.practice.call)

    async def order(self, plan_id: str, ids: list[str]) -> milestones_pb2.MilestoneOrder:
        request = milestones_pb2.OrderMilestonesRequest(plan_id=plan_id, milestone_ids=ids)
        return await self.milestones.OrderMilestones(request, self.practice.call)

    async def milestones_of(self, plan_id: str, **page: Any) -> milestones_pb2.MilestonePage:
        return await self.milestones.ListMilestones(milestones_pb2.ListMilestonesRequest(plan_id=plan_id, **page), self.practice.call)

    # --- measures

    async def measure(self, plan_id: str, **but: Any) -> measures_pb2.Measure:
        given = {"plan_id": plan_id, "name": "Pain", "value": 7, **but}
        return await self.measures.RecordMeasure(measures_pb2.RecordMeasureRequest(**without_none(given)), self.practice.call)

    async def delete_measure(self, measure: measures_pb2.Measure) -> None:
        request = measures_pb2.DeleteMeasureRequest(plan_id=measure.plan_id, measure_id=measure.id)
        await self.measures.DeleteMeasure(request, self.practice.call)

    async def measures_of(self, plan_id: str, **page: Any) -> measures_pb2.MeasurePage:
        return await self.measures.ListMeasures(measures_pb2.ListMeasuresRequest(plan_id=plan_id, **page), self.practice.call)

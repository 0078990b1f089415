"""The milestones of a plan of care, in the order that people give them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clinical.v1 import milestones_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.milestones import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/plans", "plans of care")


@router.post("/{plan_id}/milestones", response_model=schemas.Milestone, status_code=201)
async def create_milestone(plan_id: UUID, body: schemas.MilestoneCreate, request: SignedInRequest) -> Response:
    """Comes last in the order. A plan has up to fifty, and gets no more once it has ended."""
    message = to_proto(body, pb.CreateMilestoneRequest, plan_id=plan_id)
    return json_response(await request.stubs.milestones.CreateMilestone(message, request.context), 201)


@router.get("/{plan_id}/milestones", response_model=schemas.MilestonePage)
async def list_milestones(plan_id: UUID, query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """In their order."""
    message = to_proto(query, pb.ListMilestonesRequest, plan_id=plan_id)
    return page_response(await request.stubs.milestones.ListMilestones(message, request.context), query)


@router.put("/{plan_id}/milestones/order", response_model=schemas.MilestoneList)
async def order_milestones(plan_id: UUID, body: schemas.MilestoneOrder, request: SignedInRequest) -> Response:
    """Replaces the order. The list must name every milestone of the plan once. Otherwise 409 `milestones_changed`, or 422 if it repeats one."""
    message = to_proto(body, pb.OrderMilestonesRequest, plan_id=plan_id)
    return json_response(await request.stubs.milestones.OrderMilestones(message, request.context))


@router.put("/{plan_id}/milestones/{milestone_id}", response_model=schemas.Milestone)
async def update_milestone(plan_id: UUID, milestone_id: UUID, body: schemas.MilestoneUpdate, request: SignedInRequest) -> Response:
    """A milestone whose status becomes achieved gets `achieved_at`; any other status clears it."""
    message = to_proto(body, pb.UpdateMilestoneRequest, plan_id=plan_id, milestone_id=milestone_id)
    return json_response(await request.stubs.milestones.UpdateMilestone(message, request.context))


@router.delete("/{plan_id}/milestones/{milestone_id}", status_code=204)
async def delete_milestone(plan_id: UUID, milestone_id: UUID, request: SignedInRequest) -> Response:
    """For a milestone that was entered by mistake. One that is given up gets the status discontinued instead."""
    message = pb.DeleteMilestoneRequest(plan_id=str(plan_id), milestone_id=str(milestone_id))
    await request.stubs.milestones.DeleteMilestone(message, request.context)
    return no_content()

"""Plans of care: what a client is treated for, and towards which goals."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clinical.v1 import plans_pb2 as pb
from gateway.api.if_match import IfMatch, expected_version
from gateway.api.plans import schemas
from gateway.api.responses import json_response, list_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/plans", "plans of care")


@router.post("", response_model=schemas.Plan, status_code=201)
async def create_plan(body: schemas.PlanCreate, request: SignedInRequest) -> Response:
    """A client may have several active plans at the same time. One who is inactive gets no new plan (`client_inactive`), an erased one is 404."""
    return _with_etag(await request.stubs.plans.CreatePlan(to_proto(body, pb.CreatePlanRequest), request.context), 201)


@router.get("", response_model=schemas.PlanPage)
async def list_plans(query: Annotated[schemas.PlanQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first."""
    return page_response(await request.stubs.plans.ListPlans(to_proto(query, pb.ListPlansRequest), request.context), query)


@router.get("/{plan_id}", response_model=schemas.Plan)
async def get_plan(plan_id: UUID, request: SignedInRequest) -> Response:
    return _with_etag(await request.stubs.plans.GetPlan(pb.GetPlanRequest(plan_id=str(plan_id)), request.context))


@router.put("/{plan_id}", response_model=schemas.Plan)
async def update_plan(plan_id: UUID, body: schemas.PlanUpdate, request: SignedInRequest, if_match: IfMatch = None) -> Response:
    """Every change is a version; one that changes nothing makes none. With If-Match a plan that has changed since is 412.

    A plan that is completed or discontinued, and its milestones, stay as they are: 409 `plan_ended`. Its status may be corrected, and
    whoever makes it active again may change the rest in the same request. Its outcome measures go on: follow-ups come after the end.
    """
    message = to_proto(body, pb.UpdatePlanRequest, plan_id=plan_id, expected_version=expected_version(if_match))
    return _with_etag(await request.stubs.plans.UpdatePlan(message, request.context))


@router.delete("/{plan_id}", status_code=204)
async def delete_plan(plan_id: UUID, request: SignedInRequest) -> Response:
    """For a plan that was entered by mistake, whatever its status. It no longer appears anywhere, nor in the timeline.

    To end a treatment, set the status to discontinued instead.
    """
    await request.stubs.plans.DeletePlan(pb.DeletePlanRequest(plan_id=str(plan_id)), request.context)
    return no_content()


@router.get("/{plan_id}/versions", response_model=schemas.PlanVersionList)
async def list_plan_versions(plan_id: UUID, request: SignedInRequest) -> Response:
    """What the plan said in each of its versions, the current one included, newest first."""
    message = pb.ListPlanVersionsRequest(plan_id=str(plan_id))
    return await list_response("versions", request.stubs.plans.ListPlanVersions, message, request.context)


def _with_etag(plan: pb.Plan, status: int = 200) -> Response:
    return json_response(render(plan), status, {"ETag": f'"{plan.version}"'})

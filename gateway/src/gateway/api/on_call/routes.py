"""Who is on call, by shift schedules and by overrides of them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.notifications.v1 import on_call_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.on_call import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/on-call", "on call")


@router.get("", response_model=list[schemas.OnCall], responses={404: {}})
async def list_on_call(query: Annotated[schemas.OnCallQuery, Query()], request: SignedInRequest) -> Response:
    """One for each department in which somebody has shifts or stands in, also where nobody is on call; or for the department that is asked for."""
    found = await request.stubs.on_call.ListOnCall(to_proto(query, pb.ListOnCallRequest), request.context)
    return json_response([render(group) for group in found.items])


@router.post("/overrides", response_model=schemas.OnCallOverride, status_code=201)
async def create_on_call_override(body: schemas.OnCallOverrideCreate, request: SignedInRequest) -> Response:
    """Who stands in from one moment to another. Shift schedules stay as they are."""
    return json_response(await request.stubs.on_call.CreateOverride(to_proto(body, pb.CreateOverrideRequest), request.context), 201)


@router.get("/overrides", response_model=schemas.OnCallOverridePage)
async def list_on_call_overrides(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """Latest beginning first."""
    return page_response(await request.stubs.on_call.ListOverrides(to_proto(query, pb.ListOverridesRequest), request.context), query)


@router.delete("/overrides/{override_id}", status_code=204)
async def delete_on_call_override(override_id: UUID, request: SignedInRequest) -> Response:
    await request.stubs.on_call.DeleteOverride(pb.DeleteOverrideRequest(override_id=str(override_id)), request.context)
    return no_content()

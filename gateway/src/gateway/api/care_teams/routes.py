"""Who opens the record of a restricted client, and breaking the glass."""

from uuid import UUID

from starlette.responses import Response

from caseload.clients.v1 import care_teams_pb2 as pb
from gateway.api.care_teams import schemas
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/clients/{client_id}", "clients")


@router.get("/care-team", response_model=schemas.CareTeam)
async def get_care_team(client_id: UUID, request: SignedInRequest) -> Response:
    """For those who may open the record, and for those who may set the care team."""
    return json_response(
        render(await request.stubs.care_teams.GetCareTeam(pb.GetCareTeamRequest(client_id=str(client_id)), request.context))
    )


@router.put("/care-team", response_model=schemas.CareTeam)
async def set_care_team(client_id: UUID, body: schemas.CareTeamChange, request: SignedInRequest) -> Response:
    """The record of a restricted client is closed to everybody else, in every service, before the answer."""
    message = to_proto(body, pb.SetCareTeamRequest, client_id=client_id)
    return json_response(render(await request.stubs.care_teams.SetCareTeam(message, request.context)))


@router.post("/break-glass", response_model=schemas.BreakGlass, status_code=201)
async def break_glass(client_id: UUID, body: schemas.GlassToBreak, request: SignedInRequest) -> Response:
    """Opens the record of a restricted client to the caller for 60 minutes. Each time is announced, and reviewed by somebody else."""
    message = to_proto(body, pb.BreakGlassRequest, client_id=client_id)
    return json_response(render(await request.stubs.care_teams.BreakGlass(message, request.context)), 201)

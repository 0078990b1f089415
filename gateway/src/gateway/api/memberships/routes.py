"""The workspaces that the caller belongs to, and the way from one to another."""

from dataclasses import replace

from starlette.responses import Response

from caseload.identity.v1 import memberships_pb2 as pb
from gateway.api.memberships import schemas
from gateway.api.responses import json_response
from gateway.api.sign_in.routes import TheAuthenticator, signed_in_response
from gateway.api.sign_in.schemas import SignedIn
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/auth", "sign-in")


@router.get("/workspaces", response_model=list[schemas.Membership])
async def list_memberships(request: SignedInRequest) -> Response:
    """Where the caller can switch to, by name; the present workspace is `current`."""
    memberships = await request.stubs.memberships.ListMemberships(pb.ListMembershipsRequest(), request.context)
    return json_response([render(membership) for membership in memberships.items])


@router.post("/switch", response_model=SignedIn)
async def switch_workspace(body: schemas.Switch, request: SignedInRequest, authenticator: TheAuthenticator) -> Response:
    """Ends this sign-in and goes on in the other workspace, with its cookies. It ends when this one would have."""
    # As with a sign-in nothing is kept under an Idempotency-Key: the answer is nothing but secrets.
    context = replace(request.context, idempotency_key=None)
    reply = await request.stubs.memberships.SwitchWorkspace(to_proto(body, pb.SwitchWorkspaceRequest), context)
    authenticator.write_cookies(request, reply.signed_in)
    return signed_in_response(reply.signed_in)

"""Login sessions: where a user is signed in."""

from uuid import UUID

from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2 as pb
from gateway.api.login_sessions import schemas
from gateway.api.responses import json_response, no_content
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render
from gateway.routing.nouns import noun_router

router = noun_router("/auth", "sign-in")


@router.get("/sessions", response_model=list[schemas.LoginSession])
async def list_login_sessions(request: SignedInRequest) -> Response:
    """Where the caller is signed in, last seen first."""
    sessions = await request.stubs.sign_in.ListLoginSessions(pb.ListLoginSessionsRequest(), request.context)
    last_seen_first = sorted(sessions.items, key=lambda session: session.last_seen_at.ToNanoseconds(), reverse=True)
    return json_response([render(session) for session in last_seen_first])


@router.delete("/sessions", status_code=204)
async def end_login_sessions(request: SignedInRequest) -> Response:
    """Signs the caller out everywhere, here too."""
    await request.stubs.sign_in.EndLoginSessions(pb.EndLoginSessionsRequest(), request.context)
    return no_content()


@router.delete("/sessions/{session_id}", status_code=204)
async def end_login_session(session_id: UUID, request: SignedInRequest) -> Response:
    await request.stubs.sign_in.EndLoginSession(pb.EndLoginSessionRequest(session_id=str(session_id)), request.context)
    return no_content()

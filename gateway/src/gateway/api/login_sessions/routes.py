"""Where a user is signed in: listed, and ended one by one."""

from uuid import UUID

from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2 as pb
from gateway.api.login_sessions import schemas as shapes
from gateway.api.responses import nothing, reply
from gateway.mapping import render
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("/auth", "sign-in")


@router.get("/sessions", response_model=list[shapes.LoginSession])
async def list_login_sessions(at: SignedIn) -> Response:
    """Where the caller is signed in."""
    sessions = await at.services.sign_in.ListLoginSessions(pb.ListLoginSessionsRequest(), at.call)
    return reply([render(session) for session in sessions.items])


@router.delete("/sessions/{session_id}", status_code=204)
async def end_login_session(session_id: UUID, at: SignedIn) -> Response:
    await at.services.sign_in.EndLoginSession(pb.EndLoginSessionRequest(session_id=str(session_id)), at.call)
    return nothing()

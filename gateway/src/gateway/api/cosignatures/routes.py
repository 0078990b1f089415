"""The co-sign queue: what supervisees have signed, and what becomes of it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clinical.v1 import cosignatures_pb2 as pb
from gateway.api.cosignatures import schemas
from gateway.api.fields import PageQuery
from gateway.api.if_match import IfMatch, expected_version
from gateway.api.responses import page_response
from gateway.api.sessions.routes import session_response
from gateway.api.sessions.schemas import Session, SessionPage
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/sessions", "sessions")


@router.get("/cosign-queue", response_model=SessionPage)
async def list_cosign_queue(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """What waits for the caller's co-signature, the first to be due first. For head doctors, also what anybody of their department has signed; for
    owners and administrators, all that waits in the workspace.

    What the caller wrote, or signed since the last co-signature, is left out: nobody co-signs their own note. So are the notes of restricted clients
    whose record the caller may not open: where there are any, the header `Restricted-Waiting` says how many.
    """
    page = await request.stubs.cosignatures.ListCosignQueue(to_proto(query, pb.ListCosignQueueRequest), request.context)
    if page.restricted:
        request.add_header(b"restricted-waiting", str(page.restricted))
    return page_response(page, query)


@router.post("/{session_id}/cosign", response_model=Session)
async def cosign_session(
    session_id: UUID, request: SignedInRequest, body: schemas.Cosigning | None = None, if_match: IfMatch = None
) -> Response:
    """Attests the newest signed version, which stays as it is. For its signer's supervisor, and in their place for the head doctors of the
    signer's department and for owners and administrators.

    Nobody co-signs what they wrote or signed themselves (403 `own_note`). 409 `cosign_not_pending`, with the note's `cosign_status`, where somebody
    else was faster; 412 or 409 where the note was amended since it was read.
    """
    message = to_proto(
        body or schemas.Cosigning(), pb.CosignSessionRequest, session_id=session_id, expected_version=expected_version(if_match)
    )
    return session_response(await request.stubs.cosignatures.CosignSession(message, request.context))


@router.post("/{session_id}/return", response_model=Session)
async def return_session(session_id: UUID, body: schemas.Returning, request: SignedInRequest, if_match: IfMatch = None) -> Response:
    """Gives the note back with a comment. It waits again, with a new deadline, when it is amended; refused as cosign is."""
    message = to_proto(body, pb.ReturnSessionRequest, session_id=session_id, expected_version=expected_version(if_match))
    return session_response(await request.stubs.cosignatures.ReturnSession(message, request.context))

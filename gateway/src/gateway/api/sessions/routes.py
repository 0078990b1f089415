"""Session notes: drafts that save themselves, signed notes, and their versions."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.errors import Fault, Invalid, Stale
from gateway.api.responses import page_reply, reply
from gateway.api.sessions import schemas as shapes
from gateway.mapping import render, to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn, Visit

router = noun("/sessions", "sessions")

IfMatch = Annotated[str | None, Header(description='The version that was seen, as in the ETag: "3".')]
_ENTITY_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})"|([0-9]{1,18})')


@router.post("", response_model=shapes.Session, status_code=201)
async def create_session(body: shapes.SessionCreate, at: SignedIn) -> Response:
    return _tagged(await at.services.sessions.CreateSession(to_proto(body, pb.CreateSessionRequest), at.call), 201)


@router.get("", response_model=shapes.SessionPage)
async def list_sessions(query: Annotated[shapes.SessionQuery, Query()], at: SignedIn) -> Response:
    """Newest session_date first."""
    return page_reply(await at.services.sessions.ListSessions(to_proto(query, pb.ListSessionsRequest), at.call), query)


@router.get("/{session_id}", response_model=shapes.Session)
async def get_session(session_id: UUID, at: SignedIn) -> Response:
    return _tagged(await at.services.sessions.GetSession(pb.GetSessionRequest(session_id=str(session_id)), at.call))


@router.put("/{session_id}", response_model=shapes.Session)
async def save_session(session_id: UUID, body: shapes.SessionUpdate, at: SignedIn, if_match: IfMatch = None) -> Response:
    """A save on an older version than the stored one is kept as a draft of its own, which the 412 names."""
    request = to_proto(body, pb.SaveSessionRequest, session_id=session_id, expected_version=expected_version(if_match), reason=body.reason)
    return _saved(at, await at.services.sessions.SaveSession(request, at.call))


@router.patch("/{session_id}/draft", response_model=shapes.Session)
async def save_draft(session_id: UUID, body: shapes.DraftUpdate, at: SignedIn, if_match: IfMatch = None) -> Response:
    """Autosave; a stale one is kept as PUT keeps it."""
    request = to_proto(body, pb.SaveDraftRequest, session_id=session_id, expected_version=expected_version(if_match))
    return _saved(at, await at.services.sessions.SaveDraft(request, at.call))


@router.post("/{session_id}/finalize", response_model=shapes.Session)
async def finalize_session(session_id: UUID, at: SignedIn, if_match: IfMatch = None) -> Response:
    request = pb.FinalizeSessionRequest(session_id=str(session_id), expected_version=expected_version(if_match))
    return _tagged(await at.services.sessions.FinalizeSession(request, at.call))


@router.patch("/{session_id}/finalize", response_model=shapes.Session)
async def finalize_session_by_patch(session_id: UUID, at: SignedIn, if_match: IfMatch = None) -> Response:
    """The same as POST."""
    return await finalize_session(session_id, at, if_match)


@router.get("/{session_id}/versions", response_model=shapes.SessionVersionList)
async def list_session_versions(session_id: UUID, at: SignedIn) -> Response:
    """Newest first."""
    return reply(await at.services.sessions.ListVersions(pb.ListVersionsRequest(session_id=str(session_id)), at.call))


@router.get("/clients/{client_id}/latest-finalized", response_model=shapes.Session)
async def get_latest_finalized(client_id: UUID, at: SignedIn) -> Response:
    return _tagged(await at.services.sessions.GetLatestFinalized(pb.GetLatestFinalizedRequest(client_id=str(client_id)), at.call))


def expected_version(if_match: str | None) -> int | None:
    """The version in an If-Match header, None where any will do; Invalid when it is no single version."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ENTITY_TAG.fullmatch(if_match.strip())
    if found is None:
        fault = Fault("/If-Match", 'Should be one version, like "3".')
        raise Invalid("invalid_if_match", "The If-Match header names no version.", faults=(fault,))
    return int(found[1] or found[2])


def _tagged(session: pb.Session, status: int = 200) -> Response:
    return reply(render(session), status, {"ETag": f'"{session.version}"'})


def _saved(at: Visit, saved: pb.SaveSessionResponse) -> Response:
    """What was sent is stored either way; here it is said whether as the note itself or beside it."""
    if saved.HasField("conflict_session_id"):
        at.add(b"etag", f'"{saved.session.version}"')
        raise Stale(
            "stale_version",
            "The note has changed since; what you sent is kept as a draft of its own.",
            facts={"conflict_session_id": saved.conflict_session_id, "current_version": saved.session.version},
        )
    return _tagged(saved.session)

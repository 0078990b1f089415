"""Session notes: drafts with autosave, finalized notes, and their versions."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.errors import Stale
from gateway.api.if_match import IfMatch, expected_version
from gateway.api.responses import json_response, list_response, no_content, page_response
from gateway.api.sessions import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.request import GatewayRequest
from gateway.routing.nouns import AUTOSAVE, noun_router

router = noun_router("/sessions", "sessions")


@router.post("", response_model=schemas.Session, status_code=201)
async def create_session(body: schemas.SessionCreate, request: SignedInRequest) -> Response:
    """A draft, of an inactive client as well; of an erased one it is 404, of one who was merged 410 `client_merged`.

    An appointment has one note: another is 409 `session_already_exists`, with the first one's `session_id`. The appointment may be to come, cancelled
    or missed; a deleted one is 404, another client's 422 `appointment_of_another_client`. A note may be empty, and is not signed then (`session_empty`).
    """
    return session_response(await request.stubs.sessions.CreateSession(to_proto(body, pb.CreateSessionRequest), request.context), 201)


@router.get("", response_model=schemas.SessionPage)
async def list_sessions(query: Annotated[schemas.SessionQuery, Query()], request: SignedInRequest) -> Response:
    """Newest session_date first. With include_deleted also the deleted ones, until they are erased: those that somebody deleted, and what saves
    have taken out of a note unread (`conflict_of`; nobody deleted it).

    A search of all clients' notes puts the first 5,000 results in order; a page beyond them is 422 `search_too_deep`. While notes from before
    an upgrade are being indexed, an answer that may lack some of them has the header `Search-Incomplete: true`.
    """
    page = await request.stubs.sessions.ListSessions(to_proto(query, pb.ListSessionsRequest), request.context)
    if page.incomplete:
        request.add_header(b"search-incomplete", "true")
    return page_response(page, query)


@router.get("/{session_id}", response_model=schemas.Session)
async def get_session(session_id: UUID, request: SignedInRequest) -> Response:
    """404 for a deleted note, which lists have with include_deleted until it is erased."""
    return session_response(await request.stubs.sessions.GetSession(pb.GetSessionRequest(session_id=str(session_id)), request.context))


@router.put("/{session_id}", response_model=schemas.Session)
async def save_session(session_id: UUID, body: schemas.SessionUpdate, request: SignedInRequest, if_match: IfMatch = None) -> Response:
    """Saves a draft, or amends a signed note, for those who may sign; a save that changes nothing makes no version.

    A save of an older version than the stored one is kept in a draft of its own, whose id is in the 412 and which names the note by
    `conflict_of`: one for each author and version, which further late saves are added to.

    Without If-Match the last save wins. What it takes out of a draft, and may never have shown, is kept beside the note for thirty days, in a copy that
    is deleted from the beginning: `GET /sessions?conflict_of=…&include_deleted=true` has it, with `deleted_by_user_id` null, and `restore` makes it a draft.
    """
    message = to_proto(body, pb.SaveSessionRequest, session_id=session_id, expected_version=expected_version(if_match), reason=body.reason)
    return _saved(request, await request.stubs.sessions.SaveSession(message, request.context))


@router.patch("/{session_id}/draft", response_model=schemas.Session, openapi_extra=AUTOSAVE)
async def save_draft(session_id: UUID, body: schemas.DraftUpdate, request: SignedInRequest, if_match: IfMatch = None) -> Response:
    """Autosave. A save of an older version is kept as with PUT, and so is what one without If-Match takes out.

    What is typed into a signed note is kept as its pending_amendment; what that takes out of what was typed before is kept beside the note, too,
    whatever If-Match says: what is pending has no version.
    """
    message = to_proto(body, pb.SaveDraftRequest, session_id=session_id, expected_version=expected_version(if_match))
    return _saved(request, await request.stubs.sessions.SaveDraft(message, request.context))


@router.post("/{session_id}/finalize", response_model=schemas.Session)
async def finalize_session(
    session_id: UUID, request: SignedInRequest, body: schemas.Signing | None = None, if_match: IfMatch = None
) -> Response:
    """Signs a draft, or makes an amendment of what the caller has typed into a signed note. Each is a version for good.

    Not of a note that says nothing (`session_empty`), nor more than a year before its session (`session_in_future`). Whoever may sign signs what others
    wrote, too. A signature is about the texts, the date and the duration; files can be added and removed afterwards.
    """
    reason = body.reason if body else None
    message = pb.FinalizeSessionRequest(session_id=str(session_id), expected_version=expected_version(if_match), reason=reason)
    return session_response(await request.stubs.sessions.FinalizeSession(message, request.context))


@router.patch("/{session_id}/finalize", response_model=schemas.Session)
async def finalize_session_by_patch(
    session_id: UUID, request: SignedInRequest, body: schemas.Signing | None = None, if_match: IfMatch = None
) -> Response:
    """The same as POST."""
    return await finalize_session(session_id, request, body, if_match)


@router.post("/{session_id}/unfinalize", response_model=schemas.Session)
async def unfinalize_session(
    session_id: UUID, request: SignedInRequest, body: schemas.Unsigning | None = None, if_match: IfMatch = None
) -> Response:
    """Makes a signed note a draft again. Its signed versions stay; the next signature makes the next one.

    For who wrote or signed it, and for owners and administrators (403 `signed_by_another`); others amend it.
    """
    reason = body.reason if body else None
    message = pb.UnfinalizeSessionRequest(session_id=str(session_id), expected_version=expected_version(if_match), reason=reason)
    return session_response(await request.stubs.sessions.UnfinalizeSession(message, request.context))


@router.delete("/{session_id}", status_code=204)
async def delete_session(session_id: UUID, request: SignedInRequest, body: schemas.SessionDeletion | None = None) -> Response:
    """Deletes the note with its files until `permanent_delete_after`; it can be restored until then, and is erased afterwards.

    Drafts are deleted by everybody who writes notes; one that was ever signed, by who may make it a draft again (403 `signed_by_another`).
    """
    message = pb.DeleteSessionRequest(session_id=str(session_id), reason=body.reason if body else None)
    await request.stubs.sessions.DeleteSession(message, request.context)
    return no_content()


@router.post("/{session_id}/restore", response_model=schemas.Session, responses={410: {}})
async def restore_session(session_id: UUID, request: SignedInRequest) -> Response:
    """Undoes the deletion; 410 when the time to do so is over, 409 when its appointment has another note by now.

    The note comes back without its appointment if that is deleted by now. One that is not deleted stays as it is. What saves have taken out
    of a note comes back as a draft of its own.
    """
    message = pb.RestoreSessionRequest(session_id=str(session_id))
    return session_response(await request.stubs.sessions.RestoreSession(message, request.context))


@router.delete("/{session_id}/permanent", status_code=204, responses={410: {}})
async def erase_session(session_id: UUID, request: SignedInRequest) -> Response:
    """Erases a deleted note at once, with its versions and files. For owners and administrators; 409 for a note that is not deleted."""
    await request.stubs.sessions.EraseSession(pb.EraseSessionRequest(session_id=str(session_id)), request.context)
    return no_content()


@router.get("/{session_id}/verify", response_model=schemas.SessionVerification)
async def verify_session(session_id: UUID, request: SignedInRequest) -> Response:
    """Whether the signed versions are what was signed: none changed, missing or in another order, and the note as the newest says."""
    message = pb.VerifySessionRequest(session_id=str(session_id))
    return json_response(render(await request.stubs.sessions.VerifySession(message, request.context)))


@router.get("/{session_id}/versions", response_model=schemas.SessionVersionList)
async def list_session_versions(session_id: UUID, request: SignedInRequest) -> Response:
    """What was signed, newest first."""
    message = pb.ListVersionsRequest(session_id=str(session_id))
    return await list_response("versions", request.stubs.sessions.ListVersions, message, request.context)


@router.get("/clients/{client_id}/latest-finalized", response_model=schemas.Session)
async def get_latest_finalized(client_id: UUID, request: SignedInRequest) -> Response:
    """The signed note of the latest session_date; 404 where the client has none."""
    return session_response(
        await request.stubs.sessions.GetLatestFinalized(pb.GetLatestFinalizedRequest(client_id=str(client_id)), request.context)
    )


def session_response(session: pb.Session, status: int = 200) -> Response:
    """The note, with its version as the ETag."""
    return json_response(render(session), status, {"ETag": f'"{session.version}"'})


def _saved(request: GatewayRequest, saved: pb.SaveSessionResponse) -> Response:
    """The saved note. Raises Stale if its text was stored as a draft of its own, because the note had changed."""
    if saved.HasField("conflict_session_id"):
        request.add_header(b"etag", f'"{saved.session.version}"')
        raise Stale(
            "stale_version",
            "The note has changed since; what you sent is kept as a draft of its own.",
            facts={"conflict_session_id": saved.conflict_session_id, "current_version": saved.session.version},
        )
    if saved.session.HasField("pending_amendment") and saved.session.pending_amendment.base_version < saved.session.version:
        # Somebody amended the note since its author read it: the version is not one to save on before it is read again.
        return json_response(render(saved.session))
    return session_response(saved.session)

"""What a save does: it changes a draft, amends a signed note, or becomes a copy of its own."""

from datetime import timedelta
from typing import TypeAlias

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.protobuf.fields import masked
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import amending, copies, displaced, drafts, events, expected, mapping, pending, replies, rules, store
from clinical.sessions.signing import VersionSigner
from clinical.supervision import workflow as cosigning

Request: TypeAlias = pb.SaveSessionRequest | pb.SaveDraftRequest


async def save(
    work: UnitOfWork,
    all_keys: Keys,
    signer: VersionSigner,
    users: UsersStub,
    request: Request,
    *,
    needs_reason: bool,
    grace: timedelta,
    supervision: users_pb2.Supervision | None = None,
) -> pb.SaveSessionResponse:
    """Saves a draft or amends a signed note. A stale save becomes a draft of its own, so that no text is lost.

    What a save takes out that names no version is kept for `grace`, as a deleted note is.
    """
    sent = masked(request, rules.EDITABLE)
    rules.check_changes(sent)
    keys = await all_keys.of(work.workspace_id)
    row = await work.db.one(store.lock, id=request.session_id)
    current = mapping.from_row(row, keys)
    seen = expected.seen(request, row)
    if not current.is_draft and isinstance(request, pb.SaveDraftRequest):
        pending.set_on(current, await pending.keep(work, keys, current, sent, seen=seen, grace=grace))
        await cosigning.show(work, keys, [current])
        return pb.SaveSessionResponse(session=current)
    changes = rules.real_changes(sent, mapping.values(current))
    if seen is not None and rules.is_stale(seen, row["version"]):
        # A save that changes nothing is a repetition of one that succeeded, not a conflict.
        conflict_id = await copies.keep(work, keys, current, changes, seen) if changes else None
        if conflict_id is not None:
            work.note(conflict_session_id=conflict_id)
        await replies.complete(work, keys, [current])
        return pb.SaveSessionResponse(session=current, conflict_session_id=conflict_id)
    saved: Record | None = None
    if not current.is_draft:
        supervision = supervision or await cosigning.of_caller(work, users)
        saved = await amending.amend_with_pending(
            work, keys, signer, row, current, sent, request, supervision, needs_reason=needs_reason, grace=grace
        )
        if saved is not None and saved["session_date"] != row["session_date"]:
            await events.record(work, saved, "session", saved["session_date"])
    else:
        if seen is not None and isinstance(request, pb.SaveSessionRequest):
            await pending.settle(work, keys, current, sent, grace)
        if changes and seen is None:
            await displaced.keep(work, keys, current, mapping.values(current), changes, typed=rules.TEXTS, grace=grace)
        if changes:
            saved = await drafts.save(work, keys, row, current, changes)
    reply = mapping.from_row(saved or row, keys)
    await replies.complete(work, keys, [reply])
    return pb.SaveSessionResponse(session=reply)

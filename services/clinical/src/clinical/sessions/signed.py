"""Signing a note, amending it and making it a draft again. Each signature and each amendment is a version that nobody changes."""

from collections.abc import Mapping
from typing import Any

from caseload.clinical.v1 import events_pb2
from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.identity.v1 import users_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import events, mapping, rules, signing, store
from clinical.supervision import workflow as cosigning


async def finalize(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    signer: signing.VersionSigner,
    row: Record,
    note: pb.Session,
    reason: str,
    supervision: users_pb2.Supervision,
) -> Record:
    """Signs a draft whose row is locked. `reason` is for one that was signed before, instead of that for making it a draft again."""
    rules.check_reason(reason, is_needed=False)
    _check_content(note, work)
    number = mapping.number_signed(row) + 1
    kind = pb.VERSION_KIND_FINALIZED if number == 1 else pb.VERSION_KIND_REFINALIZED
    await _sign(work, keys, signer, row, note, number=number, kind=kind, reason=reason or note.unfinalized_reason)
    note.ClearField("unfinalized_reason")
    signed = mapping.changed_row(
        row, note, work, status="finalized", finalized_at=work.now, finalized_by_user_id=work.user_id, signed_versions=number
    )
    sealed = mapping.seal(note, keys, signed, work)["sealed"]
    saved = await work.db.one(store.finalize, id=note.id, sealed=sealed, by=work.user_id, number=number, now=work.now)
    if saved["conflict_of"] is not None and number == 1:
        # A copy becomes part of the client's history when it is signed.
        await events.record(work, saved, "session", saved["session_date"])
    await events.record(work, saved, "session_finalized", work.now, number=number)
    await cosigning.signed(work, note, number, supervision)
    await work.db.many(store.change_counter, _moved("draft", "finalized"))
    work.emit(events_pb2.SessionFinalized(session_id=note.id, number=number))
    return saved


async def amend(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    signer: signing.VersionSigner,
    row: Record,
    note: pb.Session,
    reason: str,
    supervision: users_pb2.Supervision,
    *,
    needs_reason: bool,
) -> Record:
    """Stores the note, which the caller has changed, as an amendment of the signed one whose row is locked."""
    rules.check_reason(reason, is_needed=needs_reason)
    rules.check_may_sign(work.caller.scopes)
    _check_content(note, work)
    number = mapping.number_signed(row) + 1
    await _sign(work, keys, signer, row, note, number=number, kind=pb.VERSION_KIND_AMENDED, reason=reason)
    amended = mapping.changed_row(row, note, work, amended_at=work.now, amendment_count=row["amendment_count"] + 1, signed_versions=number)
    saved = await work.db.one(store.amend, now=work.now, number=number, **mapping.seal(note, keys, amended, work))
    await events.record(work, saved, "session_amended", work.now, number=number)
    await cosigning.signed(work, note, number, supervision)
    return saved


async def unfinalize(work: UnitOfWork, keys: WorkspaceKeys, row: Record, reason: str) -> Record:
    """Makes a signed note, whose row is locked, a draft again. What was signed stays in its versions."""
    rules.check_reason(reason, is_needed=False)
    rules.check_signed(row["status"])
    note = mapping.from_row(row, keys)
    if reason:
        note.unfinalized_reason = reason
    number = mapping.number_signed(row)
    draft = mapping.changed_row(
        row, note, work, status="draft", finalized_at=None, finalized_by_user_id=None, draft_last_saved_at=work.now, signed_versions=number
    )
    sealed = mapping.seal(note, keys, draft, work)["sealed"]
    saved = await work.db.one(store.unfinalize, id=note.id, sealed=sealed, number=number, now=work.now)
    await work.db.many(store.change_counter, _moved(row["status"], "draft"))
    await cosigning.unsigned(work, note)
    return saved


def _check_content(note: pb.Session, work: UnitOfWork) -> None:
    rules.check_not_empty(mapping.texts(note))
    rules.check_not_ahead(to_datetime(note.session_date), work.now)


async def _sign(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    signer: signing.VersionSigner,
    row: Record,
    note: pb.Session,
    *,
    number: int,
    kind: "pb.VersionKind",
    reason: str,
) -> None:
    """Stores the note's content as its next signed version, and tells the note its hash."""
    rules.check_room(number)
    version = mapping.new_version(note, work, number=number, kind=kind, reason=reason or None)
    if number > 1 and not version.HasField("previous_hash"):
        version.previous_hash = (await completed(work, keys, row, note))[-1].content_hash
    signer.sign(version, note)
    await work.db.run(store.add_version, **mapping.to_version_columns(version, keys, work))
    note.content_hash = version.content_hash


async def completed(work: UnitOfWork, keys: WorkspaceKeys, row: Record, note: pb.Session) -> list[pb.SessionVersion]:
    """All versions of the note, the oldest first. Those from before versions were signed have the hashes that they would have."""
    versions: list[pb.SessionVersion] = []
    for each in await work.db.all(store.all_versions, session_id=note.id):
        version = mapping.version_from_row(each, keys)
        client_id = rules.signed_client(row["signed_for"], version.version_number, note.client_id)
        versions.append(signing.complete(version, note, client_id, versions[-1] if versions else None))
    return versions


def _moved(before: str, after: str) -> tuple[Mapping[str, Any], ...]:
    return ({"status": before, "live": -1, "deleted": 0}, {"status": after, "live": 1, "deleted": 0})

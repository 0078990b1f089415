"""Deleting notes for a while, restoring them, and letting their time be over. What is over is erased by a reaction (see erasure)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from caseload.clinical.v1 import events_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import NotFound
from chassis.protobuf.fields import fill
from chassis.rpc.client.legal_holds import LegalHolds, check_not_held
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import mapping, rules, store
from clinical.supervision import store as waiting


async def delete(work: UnitOfWork, keys: WorkspaceKeys, row: Record, reason: str | None, grace: timedelta) -> None:
    """Marks the note of a locked row as deleted; its versions and files stay with it."""
    marks = {"deleted_by_user_id": work.user_id, "permanent_delete_after": work.now + grace}
    note = fill(mapping.from_row(row, keys), {"deleted_at": work.now, **marks})
    if reason is not None:
        note.deleted_reason = reason
    deleted_row = mapping.changed_row(row, note, work, deleted_at=work.now, **marks)
    sealed = mapping.seal(note, keys, deleted_row, work)["sealed"]
    await work.db.one(store.mark_deleted, id=row["id"], sealed=sealed, now=work.now, **marks)
    await work.db.run(store.hide_events, id=row["id"], hidden=True)
    await work.db.run(waiting.hide, id=row["id"], hidden=True)
    await work.db.run(store.change_counter, status=row["status"], live=-1, deleted=1)


def check_may_delete(row: Record, work: UnitOfWork) -> None:
    """Raises Forbidden unless the caller may delete the note of this row."""
    rules.check_may_delete(row, mapping.number_signed(row), work.user_id, work.caller.scopes)


async def restore(work: UnitOfWork, keys: WorkspaceKeys, session_id: str) -> Record:
    """Undoes the deletion, and returns the note's row. The note comes back without its appointment if that is deleted by now.

    Nothing changes for a note that is not deleted. Gone if its time is over; Conflict if its appointment has another note; Forbidden for
    a signed note and a caller who may not sign.
    """
    row = await _lock_with_deleted(work, session_id)
    if row["deleted_at"] is None:
        return row
    rules.check_may_restore(row["status"], work.caller.scopes)
    rules.check_restorable(row["permanent_delete_after"], work.now)
    note = mapping.from_row(row, keys)
    note.ClearField("deleted_reason")
    appointment = await _appointment(work, row)
    restored_row = mapping.changed_row(
        row, note, work, deleted_at=None, deleted_by_user_id=None, permanent_delete_after=None, **appointment
    )
    sealed = mapping.seal(note, keys, restored_row, work)["sealed"]
    restored = await work.db.one(store.restore, id=row["id"], sealed=sealed, now=work.now, **appointment)
    if restored["appointment_id"] != row["appointment_id"]:
        await work.db.run(store.detach_events, id=row["id"])
    await work.db.run(store.hide_events, id=row["id"], hidden=False)
    await work.db.run(waiting.hide, id=row["id"], hidden=False)
    await work.db.run(store.change_counter, status=row["status"], live=1, deleted=-1)
    return restored


async def end_grace(work: UnitOfWork, keys: WorkspaceKeys, holds: LegalHolds, session_id: str) -> None:
    """Lets the time of a deleted note be over: nobody finds it any more, and it is erased in a moment. Conflict if it is not deleted, or held."""
    row = await _lock_with_deleted(work, session_id)
    rules.check_deleted(row["deleted_at"])
    rules.check_restorable(row["permanent_delete_after"], work.now)
    await check_not_held(holds, row["client_id"], work)
    over = mapping.changed_row(row, mapping.from_row(row, keys), work, permanent_delete_after=work.now)
    sealed = mapping.seal(mapping.from_row(row, keys), keys, over, work)["sealed"]
    await work.db.one(store.end_grace, id=row["id"], sealed=sealed, now=work.now)
    work.emit(events_pb2.DeletedSessionOver(session_id=session_id))


async def _lock_with_deleted(work: UnitOfWork, session_id: str) -> Record:
    """The note's row, deleted or not. Gone if it is erased."""
    row = await work.db.maybe(store.lock_with_deleted, id=session_id)
    if row is not None:
        return row
    if await work.db.maybe(store.is_erased, id=session_id) is not None:
        raise rules.erased()
    raise NotFound("not_found", "There is no such note.")


async def _appointment(work: UnitOfWork, row: Record) -> Mapping[str, Any]:
    """What a restored note's row says of its appointment."""
    kept = {"appointment_id": row["appointment_id"], "detached_version": row["detached_version"]}
    if row["appointment_id"] is None:
        return kept
    locked = await work.db.one(store.lock_appointment, appointment_id=row["appointment_id"])
    if locked["deleted_at"] is not None:
        return {"appointment_id": None, "detached_version": row["version"] + 1}
    rules.check_only_note(await work.db.maybe(store.of_appointment, appointment_id=row["appointment_id"]))
    return kept

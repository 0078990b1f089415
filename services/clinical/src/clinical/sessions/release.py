"""What becomes of the note of an appointment that is deleted. Each function returns the note's id, or None if there is no note."""

from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import mapping, rules, store


async def detach(work: UnitOfWork, keys: WorkspaceKeys, appointment_id: str) -> str | None:
    """Keeps the note, without an appointment."""
    row = await work.db.maybe(store.lock_of_appointment, appointment_id=appointment_id)
    if row is None:
        return None
    note = mapping.from_row(row, keys)
    note.ClearField("appointment_id")
    detached = mapping.changed_row(row, note, work, appointment_id=None, detached_version=row["version"] + 1)
    sealed = mapping.seal(note, keys, detached, work)["sealed"]
    await work.db.one(store.detach, id=note.id, sealed=sealed, now=work.now)
    await work.db.run(store.detach_events, id=note.id)
    return note.id


async def delete(work: UnitOfWork, keys: WorkspaceKeys, appointment_id: str, reason: str | None) -> str | None:
    """Marks the note as deleted; its versions and files stay with it."""
    row = await work.db.maybe(store.lock_of_appointment, appointment_id=appointment_id)
    if row is None:
        return None
    deletion = {"deleted_by_user_id": work.user_id, "permanent_delete_after": work.now + rules.DELETION_GRACE}
    note = fill(mapping.from_row(row, keys), {"deleted_at": work.now, **deletion})
    if reason is not None:
        note.deleted_reason = reason
    deleted_row = mapping.changed_row(row, note, work, deleted_at=work.now, **deletion)
    sealed = mapping.seal(note, keys, deleted_row, work)["sealed"]
    deleted = await work.db.one(store.mark_deleted, id=note.id, sealed=sealed, now=work.now, **deletion)
    await work.db.run(store.hide_events, id=note.id)
    await work.db.run(store.change_counter, status=deleted["status"], live=-1, deleted=1)
    return note.id

"""What becomes of the note of an appointment that is deleted. Each function returns the note's id, or None if there is no note."""

from datetime import timedelta

from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import deletion, mapping, store


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


async def delete(work: UnitOfWork, keys: WorkspaceKeys, appointment_id: str, reason: str | None, grace: timedelta) -> str | None:
    """Marks the note as deleted; its versions and files stay with it."""
    row = await work.db.maybe(store.lock_of_appointment, appointment_id=appointment_id)
    if row is None:
        return None
    await deletion.delete(work, keys, row, reason, grace)
    return str(row["id"])

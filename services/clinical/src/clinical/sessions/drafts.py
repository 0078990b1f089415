"""Creates and saves drafts, with what follows from it: the timeline event of the session, and the number of notes."""

from collections.abc import Mapping
from typing import Any

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import events, mapping, store


async def create(work: UnitOfWork, keys: WorkspaceKeys, note: pb.Session) -> Record:
    """Creates the note, and returns its row. The caller holds locks on the client's row and the appointment's."""
    new = mapping.new_row(note, work)
    row = await work.db.one(store.create, now=work.now, **mapping.given(new), **mapping.seal(note, keys, new, work))
    await events.record(work, row, "session", row["session_date"])
    await work.db.run(store.change_counter, status="draft", live=1, deleted=0)
    return row


async def save(work: UnitOfWork, keys: WorkspaceKeys, row: Record, note: pb.Session, changes: Mapping[str, Any]) -> Record:
    """Sets the changes in the note of a locked row, and returns the new one. None clears a field."""
    mapping.apply(note, changes)
    saved_row = mapping.changed_row(row, note, work, draft_last_saved_at=work.now)
    saved = await work.db.one(store.save, now=work.now, **mapping.seal(note, keys, saved_row, work))
    if saved["session_date"] != row["session_date"]:
        await events.record(work, saved, "session", saved["session_date"])
    return saved

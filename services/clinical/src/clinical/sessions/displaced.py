"""Texts that saves without a version take out: kept in a copy of the note that is deleted from the beginning, and can be restored.

Nobody can tell whether a save that names no version comes from the tab that wrote what it takes out. So the copy is in no list of drafts,
and is there for as long as a deleted note is.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import displaced_rules, mapping, rules, store


async def keep(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    note: pb.Session,
    before: Mapping[str, Any],
    sent: Mapping[str, Any],
    *,
    typed: Collection[str],
    same_sign_in: bool,
    grace: timedelta,
) -> None:
    """Keeps what `sent` takes out of `before`, of the texts in `typed`. The caller holds a lock on the note's row."""
    left = displaced_rules.displaced(before, sent, typed=typed, same_sign_in=same_sign_in)
    if not left:
        return
    for row in await work.db.all(store.displaced_copies_of, original=note.id, author=work.user_id, now=work.now):
        copy = mapping.from_row(row, keys)
        present = mapping.values(copy)
        said = {name: displaced_rules.collected(present[name], words) for name, words in left.items()}
        if any(len(text) > rules.MAX_TEXT for text in said.values()):
            continue
        if rules.real_changes(said, present):
            mapping.apply(copy, said)
            await _save(work, keys, row, copy, grace)
            _record(work, copy, options_pb2.ACTION_UPDATE)
        return
    await _create(work, keys, note, left, grace)


async def _create(work: UnitOfWork, keys: WorkspaceKeys, note: pb.Session, left: Mapping[str, str], grace: timedelta) -> None:
    """A draft of these words alone, which is deleted at once."""
    copy = pb.Session(id=str(uuid7()), workspace_id=note.workspace_id, client_id=note.client_id, conflict_of=note.id)
    mapping.apply(copy, {"session_date": mapping.values(note)["session_date"], **left})
    row = mapping.new_row(copy, work, conflict_base_version=note.version)
    created = await work.db.one(store.create, now=work.now, **mapping.given(row), **mapping.seal(copy, keys, row, work))
    await _save(work, keys, created, copy, grace)
    await work.db.run(store.change_counter, status="draft", live=0, deleted=1)
    _record(work, copy, options_pb2.ACTION_CREATE)


async def _save(work: UnitOfWork, keys: WorkspaceKeys, row: Record, copy: pb.Session, grace: timedelta) -> None:
    """Stores the copy as deleted now, by nobody: that is how the next save finds it, and no copy that somebody has deleted."""
    marks = {"deleted_by_user_id": None, "permanent_delete_after": work.now + grace}
    deleted = mapping.changed_row(row, fill(copy, {"deleted_at": work.now, **marks}), work, deleted_at=work.now, **marks)
    await work.db.one(store.mark_deleted, id=row["id"], sealed=mapping.seal(copy, keys, deleted, work)["sealed"], now=work.now, **marks)


def _record(work: UnitOfWork, copy: pb.Session, action: "options_pb2.Action") -> None:
    record_effect(work, "keep_displaced_text", options_pb2.RESOURCE_SESSION, action, [copy.id], conflict_of=copy.conflict_of)

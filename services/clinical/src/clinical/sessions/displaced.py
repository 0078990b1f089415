"""Texts that saves without a version take out: kept in a copy of the note that is deleted from the beginning, and can be restored.

Nobody can tell whether a save that names no version comes from the tab that wrote what it takes out. So all of it is kept, what is only
deleted too, in a copy that is in no list of drafts and is there for as long as a deleted note is.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.turns import in_turns
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
    grace: timedelta,
) -> None:
    """Keeps what `sent` takes out of `before`, of the texts in `typed`. The caller holds a lock on the note's row."""
    left = displaced_rules.displaced(before, sent, typed=typed)
    if not left:
        return
    rows = await work.db.all(store.displaced_copies_of, original=note.id, author=work.user_id, now=work.now)
    copies = await in_turns((row, mapping.NOTES.open(row, keys, into=pb.TakenOut())) for row in rows)
    for row, taken in sorted(copies, key=lambda pair: not _goes_on(pair[1], left)):
        gaps = _gaps(taken)
        present = {name: getattr(taken, name) or None for name in rules.TEXTS}
        # A copy that is full of single letters takes milliseconds a text.
        added = await in_turns(displaced_rules.collected(present[name], removal, gaps.get(name)) for name, removal in left.items())
        collected = dict(zip(left, added, strict=True))
        if any(len(text) > rules.MAX_TEXT for text, _ in collected.values()):
            continue
        says_more = rules.real_changes({name: text for name, (text, _) in collected.items()}, present)
        if _set(taken, collected) or says_more:
            await _save(work, keys, row, mapping.from_row(row, keys), taken, grace)
        if says_more:
            _record(work, note, row["id"], options_pb2.ACTION_UPDATE)
        return
    await _create(work, keys, note, left, grace)


def _gaps(taken: pb.TakenOut) -> dict[str, displaced_rules.Gap]:
    return {gap.field: displaced_rules.Gap(gap.start, gap.end, gap.text_hash) for gap in taken.gaps}


def _goes_on(taken: pb.TakenOut, left: Mapping[str, displaced_rules.Removal]) -> bool:
    """Whether the copy has what the save before took out beside these words."""
    return any(name in left and left[name].is_beside(gap) for name, gap in _gaps(taken).items())


def _set(taken: pb.TakenOut, collected: Mapping[str, tuple[str, displaced_rules.Gap | None]]) -> bool:
    """Sets what the copy says, and where the last of it was taken out. Whether a gap is another one than before."""
    before = _gaps(taken)
    gaps: dict[str, displaced_rules.Gap | None] = {**before}
    for name, (text, gap) in collected.items():
        setattr(taken, name, text)
        gaps[name] = gap
    taken.ClearField("gaps")
    taken.gaps.extend(
        pb.Gap(field=name, start=gap.start, end=gap.end, text_hash=gap.text_hash) for name, gap in gaps.items() if gap is not None
    )
    return _gaps(taken) != before


async def _create(
    work: UnitOfWork, keys: WorkspaceKeys, note: pb.Session, left: Mapping[str, displaced_rules.Removal], grace: timedelta
) -> None:
    """A draft of these words alone, which is deleted at once."""
    taken = pb.TakenOut()
    _set(taken, {name: (removal.words, removal.gap) for name, removal in left.items()})
    copy = pb.Session(id=str(uuid7()), workspace_id=note.workspace_id, client_id=note.client_id, conflict_of=note.id)
    mapping.apply(copy, {"session_date": mapping.values(note)["session_date"]})
    row = mapping.new_row(copy, work, conflict_base_version=note.version)
    created = await work.db.one(store.create, now=work.now, **mapping.given(row), **mapping.seal(copy, keys, row, work))
    await _save(work, keys, created, copy, taken, grace)
    await work.db.run(store.change_counter, status="draft", live=0, deleted=1)
    _record(work, note, created["id"], options_pb2.ACTION_CREATE)


async def _save(work: UnitOfWork, keys: WorkspaceKeys, row: Record, copy: pb.Session, taken: pb.TakenOut, grace: timedelta) -> None:
    """Stores the copy as deleted now, by nobody: that is how the next save finds it, and no copy that somebody has deleted."""
    marks = {"deleted_by_user_id": None, "permanent_delete_after": work.now + grace}
    deleted = mapping.changed_row(row, copy, work, deleted_at=work.now, **marks)
    await work.db.one(store.mark_deleted, id=row["id"], sealed=mapping.NOTES.seal(taken, keys, deleted, work), now=work.now, **marks)


def _record(work: UnitOfWork, note: pb.Session, copy_id: UUID, action: "options_pb2.Action") -> None:
    record_effect(work, "keep_displaced_text", options_pb2.RESOURCE_SESSION, action, [copy_id], conflict_of=note.id)

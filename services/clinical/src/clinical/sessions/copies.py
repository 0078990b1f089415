"""Conflict copies: what was saved on an older version of a note, kept as a draft of its own, which names the note it was meant for.

What one author saves late on one version of a note comes into one copy, so that an editor that goes on saving fills no list with drafts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import mapping, rules, store


async def keep(work: UnitOfWork, keys: WorkspaceKeys, current: pb.Session, changes: Mapping[str, Any], base_version: int) -> str:
    """Keeps what was saved on `base_version` of the note, and returns the id of the copy that has it.

    The caller holds a lock on the note's row, so of two equal saves at once the second finds the copy of the first.
    """
    rows, rests = await _copies_of(work, current, base_version)
    for row in rows:
        if row["id"] in rests:
            continue
        copy = mapping.from_row(row, keys)
        present = mapping.values(copy)
        if not rules.real_changes(changes, present):
            return copy.id
        if copy.is_draft and (merged := _merged(changes, present, mapping.values(current))) is not None:
            # What adds nothing is not saved again.
            if rules.real_changes(merged, present):
                await _save(work, keys, row, copy, merged)
            return copy.id
    return await _create(work, keys, current, changes, base_version)


async def keep_rest(
    work: UnitOfWork, keys: WorkspaceKeys, current: pb.Session, parts: Sequence[Mapping[str, str]], base_version: int
) -> list[str]:
    """Keeps the parts of texts that do not fit into one note, and returns the ids of the copies that have them, in the same order.

    A copy that has such a part, and whose text this one goes on from, becomes this part; one that says more is another part's. The
    caller holds a lock on the note's row.
    """
    rows, rests = await _copies_of(work, current, base_version)
    known = [(row, mapping.from_row(row, keys)) for row in rows if row["id"] in rests]
    taken: list[str] = []
    for part in parts:
        taken.append(await _keep_part(work, keys, current, part, base_version, [pair for pair in known if pair[1].id not in taken]))
    return taken


async def _copies_of(work: UnitOfWork, current: pb.Session, base_version: int) -> tuple[list[Record], set[UUID]]:
    """The author's copies from that version, and the ids of those copies of the note that have the rest of a text."""
    rows = await work.db.all(store.copies_of, original=current.id, author=work.user_id, base=base_version)
    receipts = await work.db.all(store.rests_of, client_id=current.client_id, original=current.id) if rows else []
    return rows, {part_id for receipt in receipts for part_id in receipt["part_ids"]}


async def _keep_part(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    current: pb.Session,
    part: Mapping[str, str],
    base_version: int,
    known: Iterable[tuple[Record, pb.Session]],
) -> str:
    for row, copy in known:
        present = mapping.values(copy)
        if not all(present[name] and rules.goes_on(text, present[name]) for name, text in part.items()):
            continue
        if not rules.real_changes(part, present):
            return copy.id
        if copy.is_draft:
            await _save(work, keys, row, copy, part)
            return copy.id
    return await _create(work, keys, current, part, base_version)


def _merged(changes: Mapping[str, Any], present: Mapping[str, Any], original: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a copy says with the changes, beside what was typed into it before; None where that would be too long.

    What it only has from the original gives way.
    """
    merged = {
        name: rules.gathered(None if rules.is_same_text(present[name], original[name]) else present[name], value)
        if name in rules.TEXTS
        else value
        for name, value in changes.items()
    }
    return None if any(len(merged.get(name) or "") > rules.MAX_TEXT for name in rules.TEXTS) else merged


async def _save(work: UnitOfWork, keys: WorkspaceKeys, row: Mapping[str, Any], copy: pb.Session, changes: Mapping[str, Any]) -> None:
    mapping.apply(copy, changes)
    saved = mapping.changed_row(row, copy, work, draft_last_saved_at=work.now)
    await work.db.one(store.save, now=work.now, **mapping.seal(copy, keys, saved, work))
    record_effect(
        work, "add_to_conflict_copy", options_pb2.RESOURCE_SESSION, options_pb2.ACTION_UPDATE, [copy.id], conflict_of=copy.conflict_of
    )


async def _create(work: UnitOfWork, keys: WorkspaceKeys, current: pb.Session, changes: Mapping[str, Any], base_version: int) -> str:
    """A draft of the changes, and of all else as the note is now. It has no appointment: that has one note only, which is the original."""
    copy = pb.Session(id=str(uuid7()), workspace_id=current.workspace_id, client_id=current.client_id, conflict_of=current.id)
    mapping.apply(copy, mapping.values(current) | dict(changes))
    row = mapping.new_row(copy, work, conflict_base_version=base_version)
    await work.db.one(store.create, now=work.now, **mapping.given(row), **mapping.seal(copy, keys, row, work))
    await work.db.run(store.change_counter, status="draft", live=1, deleted=0)
    record_effect(work, "keep_conflict_copy", options_pb2.RESOURCE_SESSION, options_pb2.ACTION_CREATE, [copy.id], conflict_of=current.id)
    return copy.id

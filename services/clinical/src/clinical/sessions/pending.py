"""Pending amendments: what authors type into signed notes, kept until it is made an amendment. Nothing typed is refused or lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import displaced, drafts, mapping, rules, store
from clinical.signatures.notes import was_signed
from clinical.tables.notes import pending_bound, pending_row


@dataclass(frozen=True, slots=True)
class Pending:
    """What one author has typed into a signed note: the fields that differ from it. None clears a field."""

    changes: Mapping[str, Any] = field(repr=False)
    # The oldest version of the note that the author saw while typing.
    base_version: int
    revision: int
    saved_at: datetime


async def of_caller(work: UnitOfWork, keys: WorkspaceKeys, session_ids: Sequence[str]) -> dict[str, Pending]:
    """The caller's own pending amendments, by the ids of their notes."""
    rows = await work.db.all(store.pending_amendments_of, session_ids=list(session_ids), user_id=work.user_id)
    return {str(row["session_id"]): _from_row(row, keys) for row in rows}


async def show(work: UnitOfWork, keys: WorkspaceKeys, notes: Sequence[pb.Session]) -> None:
    """Sets `pending_amendment` of the notes, also of those that somebody has made drafts again meanwhile.

    Drafts that were never signed have none, so that a page of them costs nothing.
    """
    signed = {note.id: note for note in notes if was_signed(note)}
    if not signed:
        return
    for session_id, pending in (await of_caller(work, keys, list(signed))).items():
        set_on(signed[session_id], pending)


def set_on(note: pb.Session, pending: Pending | None) -> None:
    """Sets `pending_amendment` to the note as its author would amend it, or clears it."""
    note.ClearField("pending_amendment")
    if pending is None:
        return
    amended = pb.Session()
    amended.CopyFrom(note)
    mapping.apply(amended, pending.changes)
    shown = pb.PendingAmendment(
        base_version=pending.base_version, saved_at=to_timestamp(pending.saved_at), session_date=amended.session_date
    )
    for name in (*rules.TEXTS, "duration_minutes"):
        if amended.HasField(name):
            setattr(shown, name, getattr(amended, name))
    note.pending_amendment.CopyFrom(shown)


async def keep(
    work: UnitOfWork, keys: WorkspaceKeys, note: pb.Session, changes: Mapping[str, Any], *, seen: int | None, grace: timedelta
) -> Pending | None:
    """Adds the changes to what the caller has typed already, and returns all that differs from the note; None if nothing does.

    Another tab may have typed that, and the note's version does not tell: what the changes take out of it is kept beside the note.

    An autosave is no sign that its author has read what others amended since the first one, whatever version it names: what has begun
    on an older version stays of that version. The caller holds a lock on the note's row.
    """
    held = (await of_caller(work, keys, [note.id])).get(note.id)
    base_version = note.version if seen is None else min(seen, note.version)
    if held is not None:
        base_version = min(base_version, held.base_version)
        await keep_displaced(work, keys, note, held, changes, grace)
    merged = {**(held.changes if held else {}), **changes}
    differing = rules.real_changes(merged, mapping.values(note))
    if not differing:
        if held is not None:
            await drop(work, note.id)
        return None
    if held is not None and differing == held.changes and base_version == held.base_version:
        return held
    pending = Pending(differing, base_version, held.revision + 1 if held else 1, work.now)
    await _save(work, keys, note.id, pending)
    return pending


async def keep_displaced(
    work: UnitOfWork, keys: WorkspaceKeys, note: pb.Session, held: Pending, sent: Mapping[str, Any], grace: timedelta
) -> None:
    """Keeps beside the note what `sent` takes out of what the caller has typed."""
    before = {**mapping.values(note), **held.changes}
    await displaced.keep(work, keys, note, before, sent, typed=held.changes.keys(), grace=grace)


async def settle(work: UnitOfWork, keys: WorkspaceKeys, note: pb.Session, sent: Mapping[str, Any], grace: timedelta) -> None:
    """Gives up what the caller has typed into the fields that they send: they have read the note as it is, and say what it is to say."""
    held = (await of_caller(work, keys, [note.id])).get(note.id) if was_signed(note) else None
    if held is not None:
        await keep_displaced(work, keys, note, held, sent, grace)
        await take_out(work, keys, note.id, held, sent)


async def take_out(work: UnitOfWork, keys: WorkspaceKeys, session_id: str, held: Pending, names: Iterable[str]) -> None:
    """Leaves the fields in `names` out of the caller's pending amendment."""
    left = {name: value for name, value in held.changes.items() if name not in names}
    if left:
        await _save(work, keys, session_id, replace(held, changes=left, revision=held.revision + 1))
    else:
        await drop(work, session_id)


async def take_over(work: UnitOfWork, keys: WorkspaceKeys, draft: Record, held: Pending) -> Record:
    """Makes what the caller has typed into the note while it was signed part of the draft.

    In a statement of its own: the one that makes a note a draft may change nothing that was signed.
    """
    note = mapping.from_row(draft, keys)
    saved = await drafts.save(work, keys, draft, note, held.changes)
    await drop(work, note.id)
    return saved


async def drop(work: UnitOfWork, session_id: str) -> None:
    """Deletes the caller's pending amendment of the note, if there is one."""
    await work.db.run(store.delete_pending_amendment, session_id=session_id, user_id=work.user_id)


async def _save(work: UnitOfWork, keys: WorkspaceKeys, session_id: str, pending: Pending) -> None:
    columns = _to_columns(session_id, pending, work, keys)
    await work.db.run(store.save_pending_amendment, session_id=session_id, user_id=work.user_id, **columns)


def _to_columns(session_id: str, pending: Pending, work: UnitOfWork, keys: WorkspaceKeys) -> dict[str, Any]:
    texts = pb.PendingAmendment(**{name: pending.changes[name] for name in rules.TEXTS if name in pending.changes})
    columns = {
        "fields": sorted(pending.changes),
        "revision": pending.revision,
        "base_version": pending.base_version,
        "session_date": pending.changes.get("session_date"),
        "duration_minutes": pending.changes.get("duration_minutes"),
        "saved_at": pending.saved_at,
    }
    row = pending_row({"session_id": session_id, "user_id": work.user_id})
    sealed = keys.seal(texts, table="pending_amendments", row=row, revision=pending.revision, bound=pending_bound(columns))
    return columns | {"sealed": sealed}


def _from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> Pending:
    place = {"table": "pending_amendments", "row": pending_row(row), "revision": row["revision"]}
    texts = keys.open(row["sealed"], into=pb.PendingAmendment(), **place, bound=pending_bound(row))
    values = {name: getattr(texts, name) if texts.HasField(name) else None for name in rules.TEXTS}
    values |= {name: row[name] for name in ("session_date", "duration_minutes")}
    base_version = rules.seen_version(row["base_version"], row["version"], row["detached_version"])
    return Pending({name: values[name] for name in row["fields"]}, base_version, row["revision"], row["saved_at"])

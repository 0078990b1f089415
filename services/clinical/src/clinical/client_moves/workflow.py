"""Gives notes, files, plans and receipts of one client to another, and back.

Timeline events are their note's or plan's and go with it; versions, co-signatures, milestones and measures do not name a client. A
signed version keeps naming the client for whom it was signed: the note says for which versions that is another than its own
(decision 73).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from caseload.clinical.v1 import attachments_pb2, plans_pb2
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.audit import record_effect
from chassis.work.moves import Move, Outcome, outcome_of
from chassis.work.unit_of_work import UnitOfWork
from clinical.attachments.mapping import FILES
from clinical.client_moves import store
from clinical.client_moves.store import MOVED
from clinical.plans.mapping import PLANS
from clinical.sessions import mapping as notes
from clinical.sessions import rules as note_rules
from clinical.treated_clients import store as client_store
from clinical.treated_clients.workflow import lock_open

AT_ONCE = 25
_RECEIPTS_AT_ONCE = 500

Give = Callable[[UnitOfWork, WorkspaceKeys, Record, UUID, Move, str], Awaitable[None]]


async def move(work: UnitOfWork, keys: WorkspaceKeys, merge: Move) -> bool:
    """Moves the next rows of one kind. Returns whether there may be more."""
    await _lock_clients(work, merge)
    await lock_open(work, merge.new_owner)
    await work.db.run(store.mark_merged, id=merge.old_owner, into=merge.new_owner)
    for table, (following, _, give) in _KINDS.items():
        rows = await work.db.all(following, client_id=merge.old_owner, limit=AT_ONCE)
        for row in rows:
            await give(work, keys, row, merge.new_owner, merge, f"move_{_SINGULAR[table]}")
        if rows:
            return True
    receipts = await work.db.all(store.next_receipts, client_id=merge.old_owner, limit=_RECEIPTS_AT_ONCE)
    ids = [row["id"] for row in receipts]
    await work.db.run(store.give_receipts, ids=ids, from_id=merge.old_owner, to_id=merge.new_owner)
    await MOVED.add(work, merge, "sync_receipts", [(id_, None) for id_ in ids])
    return len(ids) == _RECEIPTS_AT_ONCE


async def move_back(work: UnitOfWork, keys: WorkspaceKeys, merge: Move) -> bool:
    """Moves the next rows of one kind back. Returns whether there may be more."""
    await _lock_clients(work, merge)
    await work.db.run(store.unmark, id=merge.old_owner)
    await lock_open(work, merge.old_owner)
    for table, (_, lock, give) in _KINDS.items():
        listed = await MOVED.to_move_back(work, merge, table, AT_ONCE)
        for each in listed:
            row = await work.db.maybe(lock, id=each["id"])
            outcome = _outcome(each, row, merge)
            await MOVED.settle(work, merge, table, {each["id"]: outcome})
            if row is not None and row["client_id"] == merge.new_owner:
                await give(work, keys, row, merge.old_owner, merge, f"move_{_SINGULAR[table]}_back")
        if listed:
            return True
    listed = await MOVED.to_move_back(work, merge, "sync_receipts", _RECEIPTS_AT_ONCE)
    ids = [each["id"] for each in listed]
    await work.db.run(store.give_receipts, ids=ids, from_id=merge.new_owner, to_id=merge.old_owner)
    await MOVED.settle(work, merge, "sync_receipts", dict.fromkeys(ids, Outcome.BACK))
    return len(ids) == _RECEIPTS_AT_ONCE


async def _lock_clients(work: UnitOfWork, merge: Move) -> None:
    # In one order, so that two merges never wait for each other in a circle.
    for client_id in sorted((merge.old_owner, merge.new_owner)):
        await work.db.one(client_store.lock_client, client_id=client_id)


def _outcome(moved: Mapping[str, Any], row: Record | None, merge: Move) -> Outcome:
    if row is None:
        return Outcome.KEPT
    if row["client_id"] == merge.new_owner:
        return outcome_of(moved, row["version"])
    # A file went back with its note.
    return outcome_of(moved, row["version"] - 1) if row["client_id"] == merge.old_owner else Outcome.KEPT


async def _give_note(work: UnitOfWork, keys: WorkspaceKeys, row: Record, client_id: UUID, merge: Move, event_type: str) -> None:
    version = row["version"] + 1
    given = {
        **row,
        "client_id": client_id,
        "version": version,
        # Its content is that of the version before: whoever is writing goes on.
        "detached_version": version,
        "signed_for": note_rules.signed_for(row["signed_for"], row["client_id"], notes.number_signed(row)),
    }
    await _keep(work, merge, "sessions", row, client_id)
    sealed = notes.NOTES.seal(notes.from_row(row, keys), keys, given, work)
    await work.db.run(
        store.give_note, id=row["id"], client_id=client_id, sealed=sealed, detached_version=version, signed_for=given["signed_for"]
    )
    await work.db.run(store.give_events_of_note, id=row["id"], client_id=client_id)
    _record(work, event_type, options_pb2.RESOURCE_SESSION, row, client_id, merge)
    for file in await work.db.all(store.files_of_note, id=row["id"]):
        if file["client_id"] != client_id:
            await _give_file(work, keys, file, client_id, merge, event_type.replace("_note", "_file"))


async def _give_file(work: UnitOfWork, keys: WorkspaceKeys, row: Record, client_id: UUID, merge: Move, event_type: str) -> None:
    given = {**row, "client_id": client_id, "version": row["version"] + 1}
    await _keep(work, merge, "attachments", row, client_id)
    sealed = FILES.seal(FILES.open(row, keys, into=attachments_pb2.Attachment()), keys, given, work)
    await work.db.run(store.give_file, id=row["id"], client_id=client_id, sealed=sealed)
    _record(work, event_type, options_pb2.RESOURCE_SESSION_ATTACHMENT, row, client_id, merge)


async def _give_plan(work: UnitOfWork, keys: WorkspaceKeys, row: Record, client_id: UUID, merge: Move, event_type: str) -> None:
    given = {**row, "client_id": client_id, "version": row["version"] + 1}
    await _keep(work, merge, "plans", row, client_id)
    sealed = PLANS.seal(PLANS.open(row, keys, into=plans_pb2.Plan()), keys, given, work)
    await work.db.run(store.give_plan, id=row["id"], client_id=client_id, sealed=sealed)
    await work.db.run(store.give_events_of_plan, id=row["id"], client_id=client_id)
    _record(work, event_type, options_pb2.RESOURCE_PLAN_OF_CARE, row, client_id, merge)


async def _keep(work: UnitOfWork, merge: Move, table: str, row: Record, client_id: UUID) -> None:
    """Before the row is moved there: by the manifest the database knows that its client may change."""
    if client_id == merge.new_owner:
        await MOVED.add(work, merge, table, [(row["id"], row["version"] + 1)])


def _record(work: UnitOfWork, event_type: str, resource: options_pb2.Resource, row: Record, client_id: UUID, merge: Move) -> None:
    facts = {"merge": merge.id, "client_before": row["client_id"], "client_after": client_id}
    record_effect(work, event_type, resource, options_pb2.ACTION_UPDATE, [row["id"]], **facts)


# Notes before files: those of a note go with it.
_KINDS: Mapping[str, tuple[Any, Any, Give]] = {
    "sessions": (store.next_note, store.lock_note, _give_note),
    "attachments": (store.next_file, store.lock_file, _give_file),
    "plans": (store.next_plan, store.lock_plan, _give_plan),
}
_SINGULAR = {"sessions": "note", "attachments": "file", "plans": "plan"}

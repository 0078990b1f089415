"""Gives the appointments of one client to another, and back. Payments, changes of status and requests to pay are the appointment's."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict
from chassis.work.audit import record_effect
from chassis.work.moves import Move, Outcome, outcome_of
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments.mapping import APPOINTMENTS, places_of, to_message
from scheduling.appointments.store import add_change, lock_client
from scheduling.busy_periods import workflow as busy_periods
from scheduling.busy_periods.rules import CLIENT
from scheduling.busy_periods.store import lock_alone
from scheduling.client_moves import store
from scheduling.client_moves.store import MOVED
from scheduling.waitlist_records import store as waitlist

TABLE = "appointments"
WAITLIST = "waitlist_entries"
AT_ONCE = 50


async def move(work: UnitOfWork, keys: WorkspaceKeys, merge: Move) -> bool:
    """Moves the next appointments. Returns whether there may be more.

    From the first batch on no appointment is booked for the client any more: a booking that is being written is committed before
    the locks are there, and moved with the others.
    """
    await _lock(work, merge)
    await _check_there(work, merge.new_owner)
    await work.db.run(store.mark_merged, client_id=merge.old_owner, into=merge.new_owner)
    rows = await work.db.all(store.next_of_client, client_id=merge.old_owner, limit=AT_ONCE)
    await MOVED.add(work, merge, TABLE, [(row["id"], row["version"] + 1) for row in rows])
    for row in rows:
        await _give(work, keys, row, merge.new_owner, merge, "move_appointment")
    waiting = await work.db.all(waitlist.next_of_client, client_id=merge.old_owner, limit=AT_ONCE)
    await MOVED.add(work, merge, WAITLIST, [(row["id"], row["version"] + 1) for row in waiting])
    for row in waiting:
        await _give_entry(work, row, merge.new_owner, merge, "move_waitlist_entry")
    return AT_ONCE in (len(rows), len(waiting))


async def move_back(work: UnitOfWork, keys: WorkspaceKeys, merge: Move) -> bool:
    """Moves the next appointments back. Returns whether there may be more."""
    await _lock(work, merge)
    await work.db.run(store.unmark, client_id=merge.old_owner)
    await _check_there(work, merge.old_owner)
    listed = await MOVED.to_move_back(work, merge, TABLE, AT_ONCE)
    outcomes = {}
    for each in listed:
        row = await work.db.maybe(store.lock, id=each["id"])
        if row is None or row["client_id"] != merge.new_owner:
            outcomes[each["id"]] = Outcome.KEPT
            continue
        outcomes[each["id"]] = outcome_of(each, row["version"])
        await _give(work, keys, row, merge.old_owner, merge, "move_appointment_back")
    await MOVED.settle(work, merge, TABLE, outcomes)
    return await _move_entries_back(work, merge) or len(listed) == AT_ONCE


async def _move_entries_back(work: UnitOfWork, merge: Move) -> bool:
    listed = await MOVED.to_move_back(work, merge, WAITLIST, AT_ONCE)
    outcomes = {}
    for each in listed:
        row = await work.db.maybe(waitlist.lock, id=each["id"])
        if row is None or row["client_id"] != merge.new_owner:
            outcomes[each["id"]] = Outcome.KEPT
            continue
        outcomes[each["id"]] = outcome_of(each, row["version"])
        await _give_entry(work, row, merge.old_owner, merge, "move_waitlist_entry_back")
    await MOVED.settle(work, merge, WAITLIST, outcomes)
    return len(listed) == AT_ONCE


async def _give_entry(work: UnitOfWork, row: Record, client_id: UUID, merge: Move, event_type: str) -> None:
    await work.db.run(waitlist.give, id=row["id"], client_id=client_id)
    facts = {"merge": merge.id, "client_before": row["client_id"], "client_after": client_id, "entry_id": row["id"]}
    record_effect(work, event_type, options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_UPDATE, [client_id], **facts)


async def _lock(work: UnitOfWork, merge: Move) -> None:
    # In one order, so that two merges never wait for each other in a circle. The calendars first, as whoever moves an appointment takes them.
    clients = sorted((merge.old_owner, merge.new_owner))
    # Whoever accepts an offer has its entry first.
    for client_id in clients:
        await work.db.run(waitlist.lock_of_client, client_id=client_id)
    await work.db.run(lock_alone, resource_ids=clients)
    for client_id in clients:
        await work.db.run(lock_client, client_id=client_id)


async def _check_there(work: UnitOfWork, client_id: UUID) -> None:
    """Raises NotFound for a client who is erased, Conflict for one who was merged into another."""
    known = await work.db.maybe(store.state, client_id=client_id)
    if known is not None and known["erased_at"] is not None:
        raise nothing_here()
    if known is not None and known["merged_into"] is not None:
        raise Conflict("client_merged", facts={"merged_into": str(known["merged_into"])})


async def _give(work: UnitOfWork, keys: WorkspaceKeys, row: Record, client_id: UUID, merge: Move, event_type: str) -> None:
    given = {**row, "client_id": client_id, "version": row["version"] + 1}
    sealed: dict[str, Any] = {"sealed": to_message(row, keys)}
    if row["deletion_reason"] is not None:
        sealed["deletion_reason"] = APPOINTMENTS.open(row, keys, into=pb.DeleteAppointmentRequest(), column="deletion_reason")
    columns = {"deletion_reason": None, **APPOINTMENTS.seal_row(sealed, keys, given, work)}
    await work.db.run(store.give, id=row["id"], client_id=client_id, **columns)
    released = await busy_periods.release(work, row["id"], [period for period in places_of(row) if period.resource_kind == CLIENT])
    await busy_periods.take_or_overbook(work, row["id"], [replace(period, resource_id=client_id) for period in released])
    await work.db.run(
        add_change,
        appointment_id=row["id"],
        version=given["version"],
        status_before=row["status"],
        status_after=row["status"],
        changed_by=merge.asked_by,
        changed_at=work.now,
        fields=json.dumps({"client_id": [str(row["client_id"]), str(client_id)]}),
    )
    facts = {"merge": merge.id, "client_before": row["client_id"], "client_after": client_id}
    record_effect(work, event_type, options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_UPDATE, [row["id"]], **facts)

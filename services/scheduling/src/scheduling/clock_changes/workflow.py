"""Moves one appointment to where its clocks say it is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import agreed_rules, booking, time_rules
from scheduling.appointments import store as appointments
from scheduling.appointments.mapping import busy_period_of, seal, to_columns, to_details, to_event, to_message
from scheduling.clock_changes import store

# Who confirmed nine o'clock comes at nine, and who cannot come at nine cannot.
_KEPT = ("confirmed_at", "cancellation_asked_at", "cancelled_by", "cancelled_at")


async def move(work: UnitOfWork, keys: WorkspaceKeys, appointment_id: UUID, version: str) -> bool:
    """Moves the appointment, if clocks still say so. Returns whether they do.

    What is in its way there it overlaps with, overbooked: nobody is refused what was agreed. Whoever is told of a move is told of this one.
    """
    row = await work.db.maybe(appointments.get_for_update, id=appointment_id)
    start = None if row is None or row["status"] != "scheduled" else agreed_rules.new_start(row)
    if row is None or start is None:
        return False
    later = start - row["scheduled_start"]
    changed = await _write(work, keys, row, later)
    if row["series_id"] is not None:
        by = int(later.total_seconds())
        # The series first, as whoever changes it has it before its places.
        await work.db.run(store.move_first, series_id=row["series_id"], start=row["scheduled_start"], by=by)
        await work.db.run(store.move_place, series_id=row["series_id"], appointment_id=row["id"], by=by)
    work.emit(to_event(events_pb2.AppointmentMoved, changed))
    facts = {"time_zone": row["time_zone"], "tzdata": version, "minutes": int(later / timedelta(minutes=1))}
    overbooked = {"overbooked": "true"} if changed["overbooked"] else {}
    record_effect(
        work,
        "move_appointment_with_clocks",
        options_pb2.RESOURCE_APPOINTMENT,
        options_pb2.ACTION_UPDATE,
        [row["id"]],
        **facts,
        **overbooked,
    )
    return True


async def _write(work: UnitOfWork, keys: WorkspaceKeys, row: Record, later: timedelta) -> Record:
    before = to_details(row, to_message(row, keys))
    after = replace(before, scheduled_start=before.scheduled_start + later, scheduled_end=before.scheduled_end + later)
    kept = {"kept_service": before.service_id, "kept_location": before.location_id}
    terms = await booking.terms(work, before.service_id, before.location_id, **kept)
    busy_from, busy_until = busy_period_of(row)
    busy = busy_from + later, busy_until + later
    columns = to_columns(after, busy, appointment_id=row["id"])
    columns |= {"edited_at": work.now, **{name: row[name] for name in _KEPT}}
    counted = {"version": row["version"] + 1, "edit_count": row["edit_count"] + 1, "updated_at": work.now}

    def sealed_with(overbooking: dict[str, Any]) -> bytes:
        return seal(after, keys, {**row, **columns, **counted, **overbooking}, work)

    periods = time_rules.busy_periods(after, busy, is_room=terms.is_room)
    changed = await booking.move(work, row, columns, periods, sealed_with, allow_conflict=True)
    await booking.record_change(work, changed, before, after, by=booking.NOBODY)
    return changed

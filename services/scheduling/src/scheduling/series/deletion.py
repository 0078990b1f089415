"""Deletes what is still to take place of a series: what is over or cancelled stays, and so do notes."""

import asyncio
from uuid import UUID

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments.announcing import announce
from scheduling.appointments.mapping import APPOINTMENTS, places_of, to_message
from scheduling.series import kept, rules, store, taking
from scheduling.series.booking import AT_ONCE
from scheduling.series.recurrence import shortened
from scheduling.series.rules import FOLLOWING, THIS


async def delete(
    work: UnitOfWork, keys: WorkspaceKeys, series_id: UUID, scope: str, appointment_id: UUID | None, *, expected: int | None
) -> list[UUID]:
    """Returns the deleted appointments."""
    series = await kept.lock(work, series_id, scope, appointment_id, expected=expected)
    rows = [row for row in series.appointments.values() if rules.is_open(row["status"], row["scheduled_start"], now=work.now)]
    if scope == THIS:
        rules.check_open(is_open=bool(rows))
    await delete_appointments(work, keys, rows)
    if scope == FOLLOWING and series.first:
        rule = {name: series.row[name] for name in rules.OF_THE_RULE} | {"rrule": str(shortened(series.rule, series.number_before))}
        await work.db.run(store.change, series_id=series_id, **rule, now=work.now)
        await work.db.run(store.forget_places, series_id=series_id, planned_starts=[place.planned_start for place in series.scope])
    elif scope != THIS:
        await work.db.run(store.end, series_id=series_id, now=work.now)
    work.note(series_id=str(series_id), scope=scope)
    return [row["id"] for row in rows]


async def delete_appointments(work: UnitOfWork, keys: WorkspaceKeys, rows: list[Record]) -> None:
    """Deletes locked appointments, as each by itself is deleted."""
    if not rows:
        return
    await taking.release(work, [(row["id"], period) for row in rows for period in places_of(row)])
    deletion = {"deleted_by": work.user_id, "deleted_at": work.now}
    sealed = []
    for number, row in enumerate(rows):
        deleted = {**row, **deletion, "version": row["version"] + 1, "updated_at": work.now}
        sealed.append(APPOINTMENTS.seal(to_message(row, keys), keys, deleted, work))
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
    await work.db.run(store.mark_deleted, id=[row["id"] for row in rows], sealed=sealed, deleted_by=work.user_id, now=work.now)
    announce(
        work, events_pb2.AppointmentClosed, [{**row, "status": "cancelled", "version": row["version"] + 1} for row in rows], by=work.user_id
    )
    for row in rows:
        # What is said about no note keeps it.
        work.emit(events_pb2.AppointmentDeleted(appointment_id=str(row["id"]), deleted_by=str(work.user_id)))

"""Writes the changes of many appointments at once, with the time that they take instead, or refuses with all that is in the way."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import history_rules, time_rules
from scheduling.appointments import rules as appointments
from scheduling.appointments.announcing import announce
from scheduling.appointments.booking import OVERBOOKING_COLUMNS
from scheduling.appointments.mapping import busy_period_of, kept_agreement, places_of, seal, to_columns
from scheduling.appointments.rules import AppointmentDetails, ChangeEvent, Period, Terms
from scheduling.busy_periods import workflow as busy_periods
from scheduling.busy_periods.rules import REFUSING, BusyPeriod, overbooked_on, within
from scheduling.series import booking, outlook, store, taking
from scheduling.series.booking import AT_ONCE, Template
from scheduling.series.deletion import delete_appointments
from scheduling.series.outlook import Candidate
from scheduling.series.recurrence import Planned
from scheduling.series.rules import SERIES_SCOPE, Place
from scheduling.series.taking import Wanted

_NOT_OVERBOOKED: dict[str, Any] = {"overbooked": False, "overbooked_by": None, "overbooked_at": None}
_WRITTEN = (
    "id", "scheduled_start", "scheduled_end", "busy_start", "busy_end", "sealed", "series_id", "practitioner_id", "location_type",
    "location_id", "service_id", "payment_price", "overbooked", "overbooked_by", "overbooked_at", "confirmed_at",
    "cancellation_asked_at", "time_zone", "local_start", "utc_offset",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """An appointment before and after a change, and the series that it belongs to then."""

    row: Record
    before: AppointmentDetails
    after: AppointmentDetails
    terms: Terms
    series_id: UUID | None

    @property
    def is_changed(self) -> bool:
        return self.after != self.before or self.series_id != self.row["series_id"]

    @property
    def busy_after(self) -> Period:
        if time_rules.changes_busy_period(self.before, self.after):
            return time_rules.busy_period(self.after, self.terms.buffers)
        return busy_period_of(self.row)

    @property
    def takes_other_time(self) -> bool:
        return time_rules.takes_other_time(self.before, busy_period_of(self.row), self.after, self.busy_after)

    @property
    def had(self) -> list[BusyPeriod]:
        return places_of(self.row)

    @property
    def needs(self) -> list[BusyPeriod]:
        return time_rules.busy_periods(self.after, self.busy_after, is_room=self.terms.is_room)

    def candidate(self, zone: ZoneInfo) -> Candidate:
        """The new time, and what of it the appointment has not had."""
        start, had = self.after.scheduled_start, self.had
        asked = [period for period in self.needs if period.resource_kind in REFUSING and not within(period, had)]
        same_day = start.astimezone(zone).date() == self.before.scheduled_start.astimezone(zone).date()
        return Candidate(start, self.after.scheduled_end, asked, same_day=same_day)


async def write(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    changed: Sequence[Changed],
    gone: Sequence[Record] = (),
    new: Sequence[datetime] = (),
    template: Template | None = None,
    series_id: UUID | None = None,
    *,
    zone: ZoneInfo,
    scope: str | None,
) -> list[Place]:
    """Deletes what is gone, changes what is changed and books what is new, in this order. Returns the places of what is new.

    Raises Conflict with everything that is in the way. `scope` is told in the history of each appointment.
    """
    moved = [each for each in changed if each.takes_other_time]
    fresh = [] if template is None else booking.candidates(template, [Planned(start) for start in new])
    if moved or fresh:
        # What is new takes its client's time as well, and of the same people.
        clients = [period for each in moved for period in (*each.had, *each.needs)]
        await busy_periods.lock_to_move(work, [*clients, *(period for candidate in fresh for period in candidate.periods)])
    await delete_appointments(work, keys, list(gone))
    released = await taking.release(work, [(each.row["id"], period) for each in moved for period in each.had if period not in each.needs])
    occurrences, found = await outlook.judge(work, [*(each.candidate(zone) for each in moved), *fresh], zone)
    outlook.check(occurrences, found)
    await _take(work, moved, released)
    await _rewrite(work, keys, [each for each in changed if each.is_changed], released, scope)
    if template is None or series_id is None:
        return []
    return booking.places_of(await booking.book(work, keys, template, series_id, occurrences[len(moved) :]))


async def _take(work: UnitOfWork, moved: Sequence[Changed], released: dict[UUID, list[BusyPeriod]]) -> None:
    wanted = []
    for each in moved:
        id_, had = each.row["id"], each.had
        overbooked = {period.resource_id for period in released[id_] if period.overbooked}
        for period in each.needs:
            if period in had:
                continue
            if within(period, released[id_]):
                (period,) = overbooked_on([period], overbooked)  # noqa: PLW2901 - as it had it
            wanted.append(Wanted(id_, period, period.resource_kind in REFUSING and not within(period, had)))
    overlapping = await taking.take(work, wanted)
    if overlapping:
        work.note(client_overlaps=str(len(overlapping)))


async def _rewrite(
    work: UnitOfWork, keys: WorkspaceKeys, changed: Sequence[Changed], released: dict[UUID, list[BusyPeriod]], scope: str | None
) -> None:
    rows = []
    for number, each in enumerate(changed):
        busy = each.busy_after
        columns = to_columns(each.after, busy, appointment_id=each.row["id"]) | kept_agreement(each.row, each.after)
        columns |= {"series_id": each.series_id, "edited_at": work.now, "updated_at": work.now, **_answers(each)}
        columns |= {"former_practitioner_id": appointments.former_practitioner(each.before, each.after)}
        columns |= _overbooking(each, released.get(each.row["id"], []))
        columns |= {"version": each.row["version"] + 1, "edit_count": each.row["edit_count"] + 1}
        written = {**each.row, **columns}
        rows.append(written | {"busy_start": busy[0], "busy_end": busy[1], "sealed": seal(each.after, keys, written, work)})
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
    if not rows:
        return
    await work.db.run(store.rewrite, **{name: [row[name] for row in rows] for name in _WRITTEN}, now=work.now)
    await work.db.run(
        store.add_changes,
        appointment_ids=[row["id"] for row in rows],
        versions=[row["version"] for row in rows],
        statuses=[row["status"] for row in rows],
        fields=[json.dumps(_history(each, scope)) for each in changed],
        changed_by=work.user_id,
        now=work.now,
    )
    moved = [
        row for each, row in zip(changed, rows, strict=True) if appointments.change_event(each.before, each.after) is ChangeEvent.MOVED
    ]
    announce(work, events_pb2.AppointmentMoved, moved, by=work.user_id)


def _overbooking(each: Changed, released: Sequence[BusyPeriod]) -> dict[str, Any]:
    """What it had and still needs stays overbooked. Nothing else is: a series overbooks nobody."""
    had = {name: each.row[name] for name in OVERBOOKING_COLUMNS}
    if not each.takes_other_time or not each.row["overbooked"]:
        return had
    overbooked = {period.resource_id for period in released if period.overbooked}
    still = [period for period in each.needs if period.resource_kind in REFUSING]
    stays = any(period in each.had or (within(period, released) and period.resource_id in overbooked) for period in still)
    return had if stays else _NOT_OVERBOOKED


def _answers(each: Changed) -> dict[str, datetime | None]:
    """When the client confirmed the appointment, or asked to cancel it, unless it is at another time now."""
    is_kept = each.before.scheduled_start == each.after.scheduled_start
    return {name: each.row[name] if is_kept else None for name in ("confirmed_at", "cancellation_asked_at")}


def _history(each: Changed, scope: str | None) -> dict[str, list[str | None]]:
    fields = history_rules.changed_fields(each.before, each.after)
    if each.series_id != each.row["series_id"]:
        fields["series_id"] = [history_rules.told(each.row["series_id"]), history_rules.told(each.series_id)]
    return fields if scope is None else fields | {SERIES_SCOPE: [None, scope]}

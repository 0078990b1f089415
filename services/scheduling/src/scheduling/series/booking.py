"""Books the occurrences of a series, all in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import events_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import rules as appointments
from scheduling.appointments import time_rules
from scheduling.appointments.announcing import announce
from scheduling.appointments.mapping import new_row, seal, to_columns
from scheduling.appointments.merged_clients import survivor_named
from scheduling.appointments.rules import AppointmentDetails, Terms
from scheduling.busy_periods.rules import REFUSING, BusyPeriod
from scheduling.series import store, taking
from scheduling.series.outlook import Candidate
from scheduling.series.recurrence import Planned
from scheduling.series.rules import OK, Occurrence, Place
from scheduling.series.taking import Wanted

_NOT_OVERBOOKED = {"overbooked": False, "overbooked_by": None, "overbooked_at": None}
_DIFFERING = ("id", "scheduled_start", "scheduled_end", "busy_start", "busy_end", "sealed", "local_start", "utc_offset")
# After so many sealed values other calls are answered first.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Template:
    """What all occurrences have in common, and what they take over from their service and location."""

    details: AppointmentDetails
    terms: Terms
    length: timedelta

    def at(self, planned: Planned | Occurrence) -> AppointmentDetails:
        """The details of one occurrence."""
        return replace(self.details, scheduled_start=planned.start, scheduled_end=planned.start + self.length)

    def periods(self, details: AppointmentDetails) -> list[BusyPeriod]:
        """What one occurrence takes, its client's time included."""
        return time_rules.busy_periods(details, time_rules.busy_period(details, self.terms.buffers), is_room=self.terms.is_room)


def candidates(template: Template, planned: Sequence[Planned]) -> list[Candidate]:
    """The times of the rule with what they would take of others."""
    details, terms = template.details, template.terms
    room_id = details.location_id if terms.is_room else None
    found = []
    for each in planned:
        start, end = appointments.check_slot(each.start, each.start + template.length)
        busy = start - terms.buffers.before, end + terms.buffers.after
        found.append(Candidate(start, end, time_rules.refusing_periods(details.practitioner_id, room_id, busy), each.exists))
    return found


async def book(
    work: UnitOfWork, keys: WorkspaceKeys, template: Template, series_id: UUID, occurrences: Sequence[Occurrence]
) -> list[Occurrence]:
    """Books those that are not marked. Whoever calls has judged them, and has their calendars alone. Returns all of them."""
    booked = [replace(each, appointment_id=uuid7()) if each.status == OK else each for each in occurrences]
    rows = []
    wanted = []
    for number, each in enumerate(booked):
        if each.appointment_id is None:
            continue
        details = template.at(each)
        busy = time_rules.busy_period(details, template.terms.buffers)
        row = to_columns(details, busy, appointment_id=each.appointment_id) | _NOT_OVERBOOKED
        row |= {"series_id": series_id, "created_by": work.user_id, "created_at": work.now, "updated_at": work.now}
        rows.append(row | {"busy_start": busy[0], "busy_end": busy[1], "sealed": seal(details, keys, new_row(row), work)})
        wanted += [Wanted(each.appointment_id, period, period.resource_kind in REFUSING) for period in template.periods(details)]
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
    async with survivor_named(work, template.details.client_id):
        overlapping = await taking.take(work, wanted)
        if rows:
            await work.db.run(store.book, **_arrays(rows), **_common(rows[0]), now=work.now)
    if overlapping:
        work.note(client_overlaps=str(len(overlapping)))
    announce(work, events_pb2.AppointmentBooked, [{**row, "version": 1} for row in rows], by=work.user_id)
    return booked


def places_of(occurrences: Sequence[Occurrence]) -> list[Place]:
    """The occurrences as the series keeps them."""
    return [Place(each.start, None if each.status == OK else each.status, each.appointment_id) for each in occurrences]


async def write_places(work: UnitOfWork, series_id: UUID, places: Sequence[Place]) -> None:
    # Appointments first: of two places at one moment the first is kept.
    places = sorted(places, key=lambda place: place.appointment_id is None)
    await work.db.run(
        store.add_places,
        series_id=series_id,
        planned_starts=[place.planned_start for place in places],
        left_out=[place.left_out for place in places],
        appointment_ids=[place.appointment_id for place in places],
    )


def _arrays(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in _DIFFERING}


def _common(row: dict[str, Any]) -> dict[str, Any]:
    names = (
        "client_id", "practitioner_id", "series_id", "location_type", "location_id", "service_id", "status", "payment_price",
        "time_zone", "created_by",
    )  # fmt: skip
    return {f"all_{name}": row[name] for name in names}

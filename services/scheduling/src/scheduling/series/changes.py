"""Changes what is still to take place of a series. What was changed of an occurrence by itself stays as it is.

The occurrences of the scope become those of the changed rule, the first the first and so on. What is over, cancelled, completed or
deleted keeps its place among them and is not touched.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import series_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict, Fault, Invalid
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import booking as appointment_booking
from scheduling.appointments import rules as appointments
from scheduling.appointments.mapping import to_details, to_message
from scheduling.appointments.practitioners import Standing
from scheduling.appointments.rules import AppointmentDetails, Terms
from scheduling.series import booking, kept, recurrence, rewriting, rules, store
from scheduling.series.booking import AT_ONCE, Template
from scheduling.series.kept import Kept
from scheduling.series.mapping import as_kept
from scheduling.series.mapping import to_message as series_to_message
from scheduling.series.recurrence import Planned
from scheduling.series.rewriting import Changed
from scheduling.series.rules import FOLLOWING, OF_THE_RULE, THIS, Place
from scheduling.working_hours.rules import check_zone


@dataclass(frozen=True, slots=True)
class Timing:
    """The rule of the scope after the change, and its times."""

    columns: dict[str, Any]
    planned: list[Planned]
    length: timedelta
    zone: ZoneInfo


@dataclass(slots=True)
class Plan:
    """What is to become of the appointments of the scope."""

    changed: list[Changed] = field(default_factory=list)
    gone: list[Record] = field(default_factory=list)
    # The places that stay, and the times that are to be booked.
    places: list[Place] = field(default_factory=list)
    new: list[Place] = field(default_factory=list)


def check_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, with ids as UUIDs. Raises Invalid for what cannot be cleared."""
    cleared = [Fault(f"/{name}", "cannot be cleared") for name in OF_THE_RULE if name in changes and changes[name] is None]
    if cleared:
        raise Invalid("field_required", "A field cannot be cleared.", faults=cleared)
    details = appointments.check_changes({name: value for name, value in changes.items() if name in rules.DETAILS})
    return {**{name: changes[name] for name in OF_THE_RULE if name in changes}, **details}


async def change(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    series_id: UUID,
    scope: str,
    appointment_id: UUID | None,
    changes: Mapping[str, Any],
    people: tuple[bool, Standing],
    *,
    expected: int | None,
) -> pb.Series:
    """The series after the change; of FOLLOWING the new one that begins with the occurrence.

    `people` says whether the client is active, and the practitioner's standing: with others than active ones, who treat, nothing further is booked.
    """
    series = await kept.lock(work, series_id, scope, appointment_id, expected=expected)
    work.note(series_id=str(series_id), scope=scope)
    if scope == THIS:
        changed = await _one(work, keys, series, changes)
        await rewriting.write(work, keys, [changed], zone=series.zone, scope=None)
        return await _reply(work, series_id, [changed])
    timing = _timing(series, changes)
    result_id = uuid7() if scope == FOLLOWING and series.first else series_id
    plan = await _plan(work, keys, series, timing, changes, result_id)
    template = _template(plan, timing)
    if template is not None:
        client_active, practitioner = people
        appointments.check_client(is_active=client_active)
        appointments.check_practitioner(**practitioner._asdict())
    booked = await rewriting.write(
        work, keys, plan.changed, plan.gone, [place.planned_start for place in plan.new], template, result_id, zone=timing.zone, scope=scope
    )
    await _write_rule(work, series, timing, result_id)
    await booking.write_places(work, result_id, [*plan.places, *booked])
    return await _reply(work, result_id, plan.changed, booked, plan.gone)


async def _one(work: UnitOfWork, keys: WorkspaceKeys, series: Kept, changes: Mapping[str, Any]) -> Changed:
    """The change of one occurrence by itself. Raises Invalid where it would be of the rule."""
    if misplaced := [Fault(f"/{name}", "belongs to the scopes following and all") for name in ("rrule", "time_zone") if name in changes]:
        raise Invalid("series_scope_invalid", "One occurrence has no rule.", faults=misplaced)
    row = next(iter(series.appointments.values()))
    rules.check_open(is_open=rules.is_open(row["status"], row["scheduled_start"], now=work.now))
    before = to_details(row, to_message(row, keys))
    start = changes.get("first_start", before.scheduled_start)
    minutes = changes.get("duration_minutes")
    length = before.scheduled_end - before.scheduled_start if minutes is None else rules.check_duration(minutes)
    details = {name: value for name, value in changes.items() if name in rules.DETAILS}
    return await _Changing(work).changed(row, before, details, (start, start + length), row["series_id"])


async def _plan(work: UnitOfWork, keys: WorkspaceKeys, series: Kept, timing: Timing, changes: Mapping[str, Any], result_id: UUID) -> Plan:
    plan, changing = Plan(), _Changing(work)
    details = {name: value for name, value in changes.items() if name in rules.DETAILS}
    own = await _own_changes(work, list(series.appointments))
    pairs, plan.new = rules.shifted(series.scope, [(each.start, each.exists) for each in timing.planned])
    plan.places = [place for place in plan.new if place.left_out is not None]
    plan.new = [place for place in plan.new if place.left_out is None]
    for number, (old, new) in enumerate(pairs):
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
        if new is not None:
            plan.places.append(new)
        row = None if old.appointment_id is None else series.appointments.get(old.appointment_id)
        if row is None or not rules.is_open(row["status"], row["scheduled_start"], now=work.now):
            continue
        before = to_details(row, to_message(row, keys))
        is_moved = rules.is_moved(old, row["scheduled_start"], row["scheduled_end"], series.length)
        if new is None and not is_moved:
            plan.gone.append(row)
        elif new is None:
            # Moved to a time of its own, it stays there, and belongs to no series any more.
            plan.changed.append(Changed(row, before, before, Terms(), None))
        else:
            times = (before.scheduled_start, before.scheduled_end) if is_moved else (new.planned_start, new.planned_start + timing.length)
            reached = rules.reached(details, own.get(row["id"], ()))
            if not is_moved:
                reached = {**reached, "time_zone": timing.zone.key}
            plan.changed.append(await changing.changed(row, before, reached, times, result_id))
    if changing.busiest is not None:
        rules.check_apart((each.start for each in timing.planned if each.exists), changing.busiest + timing.length)
    return plan


class _Changing:
    """Applies changes to appointments; reads each service and location once."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._terms: dict[tuple[UUID | None, ...], Terms] = {}
        # The longest buffers of what is changed.
        self.busiest: timedelta | None = None

    async def changed(
        self, row: Record, before: AppointmentDetails, details: Mapping[str, Any], times: tuple[datetime, datetime], series_id: UUID
    ) -> Changed:
        changes = {**details, "scheduled_start": times[0], "scheduled_end": times[1]}
        after = appointments.apply_changes(before, changes, now=self._work.now)
        terms = await self._terms_of(after.service_id, after.location_id, before)
        if after.service_id != before.service_id:
            after = appointments.priced(before, after, changes, terms, await self._terms_of(before.service_id, before.location_id, before))
        buffers = terms.buffers.before + terms.buffers.after
        self.busiest = buffers if self.busiest is None else max(self.busiest, buffers)
        return Changed(row, before, after, terms, series_id)

    async def _terms_of(self, service_id: UUID | None, location_id: UUID | None, before: AppointmentDetails) -> Terms:
        key = (service_id, location_id, before.service_id, before.location_id)
        if key not in self._terms:
            self._terms[key] = await appointment_booking.terms(
                self._work, service_id, location_id, kept_service=before.service_id, kept_location=before.location_id
            )
        return self._terms[key]


def _timing(series: Kept, changes: Mapping[str, Any]) -> Timing:
    """The rule of the scope with its changes. Raises Invalid for one that is not taken."""
    rule = recurrence.parse(changes["rrule"]) if "rrule" in changes else recurrence.without_first(series.rule, series.number_before)
    zone = check_zone(changes["time_zone"]) if "time_zone" in changes else series.zone
    start = changes.get("first_start") or series.scope[0].planned_start
    minutes = changes.get("duration_minutes", series.row["duration_minutes"])
    columns = {"rrule": str(rule), "first_start": start, "duration_minutes": minutes, "time_zone": zone.key}
    return Timing(columns, recurrence.expand(rule, start, zone), rules.check_duration(minutes), zone)


def _template(plan: Plan, timing: Timing) -> Template | None:
    """What new occurrences have in common with the last that was changed; None where none are to be booked."""
    if not plan.new:
        return None
    last = next((each for each in reversed(plan.changed) if each.series_id is not None and each.after.status == "scheduled"), None)
    if last is None:
        raise Conflict("series_not_bookable", "Nothing of the series is left that further occurrences could be like.")
    details = replace(
        last.after,
        payment_price=last.terms.price,
        payment_status="not_paid",
        payment_method=None,
        payment_notes=None,
        paid_at=None,
        change_reason=None,
        overbooking_reason=None,
    )
    return Template(details, last.terms, timing.length)


async def _own_changes(work: UnitOfWork, ids: list[UUID]) -> dict[UUID, set[str]]:
    """By appointment the fields that were changed of it by itself."""
    found: dict[UUID, set[str]] = {}
    for row in await work.db.all(store.changes_of, ids=ids) if ids else []:
        fields = json.loads(row["fields"])
        if rules.SERIES_SCOPE not in fields:
            found.setdefault(row["appointment_id"], set()).update(fields)
    return found


async def _write_rule(work: UnitOfWork, series: Kept, timing: Timing, result_id: UUID) -> None:
    """Writes the changed rule, of a part of the series as a series of its own; the places of the scope are still to be written."""
    before = [place.planned_start for place in series.scope]
    if result_id == series.row["id"]:
        await work.db.run(store.change, series_id=result_id, **timing.columns, now=work.now)
    else:
        rest = {name: series.row[name] for name in OF_THE_RULE} | {"rrule": str(recurrence.shortened(series.rule, series.number_before))}
        await work.db.run(store.change, series_id=series.row["id"], **rest, now=work.now)
        await work.db.run(store.add, series_id=result_id, **timing.columns, created_by=work.user_id, now=work.now)
    await work.db.run(store.forget_places, series_id=series.row["id"], planned_starts=before)


async def _reply(
    work: UnitOfWork, series_id: UUID, changed: list[Changed], booked: list[Place] | None = None, gone: list[Record] | None = None
) -> pb.Series:
    row = await work.db.one(store.lock, series_id=series_id)
    places = [Place(**place) for place in await work.db.all(store.places, series_id=series_id)]
    ids = [place.appointment_id for place in places if place.appointment_id is not None]
    times = {each["id"]: (each["scheduled_start"], each["scheduled_end"]) for each in await work.db.all(store.times, ids=ids)}
    reply = await series_to_message(row, as_kept(places, times, timedelta(minutes=row["duration_minutes"])), [], version=row["version"])
    reply.changed_ids.extend(str(each.row["id"]) for each in changed if each.is_changed)
    reply.changed_ids.extend(str(place.appointment_id) for place in booked or ())
    reply.changed_ids.extend(str(each["id"]) for each in gone or ())
    return reply

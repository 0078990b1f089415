"""Books and moves appointments together with the time that they take."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from chassis.db.errors import client_restricted
from chassis.db.statement import Statement
from chassis.db.transaction import Record
from chassis.errors import NotFound
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import history_rules, price_rules, rules, store
from scheduling.appointments.mapping import places_of
from scheduling.appointments.merged_clients import survivor_named
from scheduling.appointments.rules import AppointmentDetails, Buffers, Terms
from scheduling.busy_periods import workflow as busy_periods
from scheduling.busy_periods.rules import BUSY_STATUSES, REFUSING, BusyPeriod, columns, overbooked_on, within

# Who has changed or overbooked what a change of the rules of time zones has moved.
NOBODY = UUID(int=0)
OVERBOOKING_COLUMNS = ("overbooked", "overbooked_by", "overbooked_at")
# The sealed value of an appointment with these overbooking columns, to which it is bound.
SealedWith: TypeAlias = Callable[[dict[str, Any]], bytes]
_NOT_OVERBOOKED: dict[str, Any] = {"overbooked": False, "overbooked_by": None, "overbooked_at": None}


async def lock(work: UnitOfWork, appointment_id: str) -> Record:
    """The appointment, locked until the commit. Raises Forbidden for one in the calendar of a client whose record the caller may not open."""
    row = await work.db.maybe(store.get_for_update, id=appointment_id)
    if row is None:
        # Row security locks what may be changed, and shows what may not.
        await work.db.one(store.get, id=appointment_id)
        raise client_restricted()
    return row


async def terms(
    work: UnitOfWork,
    service_id: UUID | None,
    location_id: UUID | None,
    *,
    kept_service: UUID | None = None,
    kept_location: UUID | None = None,
) -> Terms:
    """The terms of an appointment with this service at this location.

    Raises NotFound or Invalid if one of them is not offered, unless the appointment has it already: `kept_service`, `kept_location`.
    """
    is_room = location_id is not None and await _is_room(work, location_id, kept=kept_location)
    return replace(await service_terms(work, service_id, kept=kept_service), is_room=is_room)


async def _is_room(work: UnitOfWork, location_id: UUID, *, kept: UUID | None) -> bool:
    location = await work.db.maybe(store.location, id=location_id)
    if location is None or location_id != kept:
        location = rules.check_offered("location", location)
    return bool(location["is_room"])


async def service_terms(work: UnitOfWork, service_id: UUID | None, *, kept: UUID | None) -> Terms:
    """The terms of a service. Raises NotFound or Invalid if it is not offered, unless the appointment has it already: `kept`."""
    if service_id is None:
        return Terms()
    service = await work.db.maybe(store.service, id=service_id)
    if service is None or service_id != kept:
        service = rules.check_offered("service", service)
    buffers = Buffers(timedelta(minutes=service["buffer_before_minutes"]), timedelta(minutes=service["buffer_after_minutes"]))
    price = price_rules.price_of_service(service["price_minor_units"], service["currency"])
    return Terms(buffers, price, duration_minutes=service["default_duration_minutes"])


async def book(
    work: UnitOfWork,
    appointment: dict[str, Any],
    periods: Sequence[BusyPeriod],
    sealed_with: SealedWith,
    *,
    allow_conflict: bool,
    hold_id: str | None = None,
    has_written: bool = False,
) -> Record:
    """Writes a new appointment, which takes these periods. Raises Conflict with everything that is in the way, unless `allow_conflict`.

    What is held by `hold_id` becomes free for it. Raises NotFound if it has lapsed or is somebody else's. Whoever `has_written`
    something in this transaction has locked the calendars alone before.
    """
    # Whoever gives back and takes has the calendars alone: two who change places would wait for each other.
    alone = allow_conflict or has_written or hold_id is not None
    await busy_periods.lock(work, periods, alone=alone)
    if hold_id is not None and not await busy_periods.release_hold(work, hold_id):
        raise NotFound("hold_lapsed", "This slot is no longer held.")
    async with survivor_named(work, appointment["client_id"]):
        write = _writing(work, store.book, appointment | _NOT_OVERBOOKED, sealed_with)
        if alone:
            return await busy_periods.take(work, appointment["id"], periods, write, allow_conflict=allow_conflict)
        return await busy_periods.take_sharing(work, appointment["id"], periods, write)


async def move(
    work: UnitOfWork,
    row: Record,
    appointment: dict[str, Any],
    periods: Sequence[BusyPeriod],
    sealed_with: SealedWith,
    *,
    allow_conflict: bool,
) -> Record:
    """Writes the changed appointment, which takes these periods instead. Raises Conflict as `book` does.

    Of what it took before it keeps what it still needs, overbooked or not, whatever else is there by now. So it does of a
    location that has become a room since it was booked there.
    """
    places = places_of(row)
    if periods:
        await busy_periods.lock_to_move(work, [*places, *periods])
    released = await busy_periods.release(work, row["id"], places)
    overbooked = {period.resource_id for period in released if period.overbooked}
    kept = overbooked_on((period for period in periods if within(period, released)), overbooked)
    if kept:
        await busy_periods.keep(work, row["id"], kept)
    had = places if row["status"] in BUSY_STATUSES else []
    new_rooms = [period for period in periods if within(period, had) and not within(period, released)]
    await busy_periods.take_or_overbook(work, row["id"], new_rooms)
    stays_overbooked = not periods or _is_overbooked(kept)
    overbooking = {name: row[name] for name in OVERBOOKING_COLUMNS} if stays_overbooked else _NOT_OVERBOOKED
    others = [period for period in periods if not within(period, [*released, *had])]
    if not others:
        return await work.db.one(store.change, **appointment, **overbooking, sealed=sealed_with(overbooking))
    write = _writing(work, store.move, appointment | overbooking, sealed_with)
    return await busy_periods.take(work, row["id"], others, write, allow_conflict=allow_conflict)


async def record_change(
    work: UnitOfWork, changed: Record, before: AppointmentDetails, after: AppointmentDetails, *, by: UUID | None = None
) -> None:
    """Adds to the appointment's history what was changed; by the caller, unless said otherwise."""
    await work.db.run(
        store.add_change,
        appointment_id=changed["id"],
        version=changed["version"],
        status_before=before.status,
        status_after=after.status,
        changed_by=by or work.user_id,
        changed_at=work.now,
        fields=json.dumps(history_rules.changed_fields(before, after)),
    )


def _writing(work: UnitOfWork, statement: Statement, appointment: dict[str, Any], sealed_with: SealedWith) -> busy_periods.Write:
    async def write(taken: Sequence[BusyPeriod]) -> Record | None:
        overbooking = {name: appointment[name] for name in OVERBOOKING_COLUMNS}
        if _is_overbooked(taken):
            overbooking = {"overbooked": True, "overbooked_by": work.caller.user_id or NOBODY, "overbooked_at": work.now}
        written = appointment | overbooking | {"sealed": sealed_with(overbooking)}
        return await work.db.maybe(statement, **written, **columns(taken), owner_id=appointment["id"])

    return write


def _is_overbooked(periods: Sequence[BusyPeriod]) -> bool:
    return any(period.overbooked and period.resource_kind in REFUSING for period in periods)

"""Taking time in a practitioner's calendar, which several may want at once.

The constraint `appointment_conflict` decides between bookings: whichever the database takes first has the time.
An overbooking lies outside it, and out of everybody's sight until it is committed. Therefore a calendar is locked, shared
by those who book and alone by those who overbook or move: when a booking asks whether an overbooking has the time, none
is under way.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from chassis.db.transaction import Record
from chassis.errors import Conflict, Unavailable
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import rules, store
from scheduling.appointments.record import clash_facts
from scheduling.appointments.rules import Buffers, Terms

CONFLICT = "appointment_conflict"
# How often to try where what was in the way is gone by the time it is asked for.
_ATTEMPTS = 3
OVERBOOKING = ("overbooked", "overbooked_by", "overbooked_at")
_IN_TURN: dict[str, Any] = {"overbooked": False, "overbooked_by": None, "overbooked_at": None}


async def buffers(work: UnitOfWork, terms: Terms, before: Terms | None = None) -> Buffers:
    """The time the service needs around the appointment; refuses a service or location that is newly named and not offered."""
    if terms.location_id is not None and (before is None or terms.location_id != before.location_id):
        rules.check_offered("location", await work.db.maybe(store.location, id=terms.location_id))
    if terms.service_id is None:
        return Buffers()
    service = await work.db.maybe(store.service, id=terms.service_id)
    if service is None or before is None or terms.service_id != before.service_id:
        service = rules.check_offered("service", service)
    return Buffers(timedelta(minutes=service["buffer_before_minutes"]), timedelta(minutes=service["buffer_after_minutes"]))


async def book(work: UnitOfWork, appointment: dict[str, Any], *, allow_conflict: bool) -> Record:
    """Writes a new appointment. Conflict, with every clash, where the time is taken and that is not allowed."""
    lock = store.hold_calendar if allow_conflict else store.share_calendar
    await work.db.run(lock, practitioner_id=appointment["practitioner_id"])

    async def write(overbooking: dict[str, Any]) -> Record | None:
        return await work.db.maybe(store.book, **appointment, **overbooking)

    return await _take(work, write, appointment, allow_conflict=allow_conflict)


async def move(work: UnitOfWork, appointment: dict[str, Any], *, allow_conflict: bool) -> Record:
    """Writes an appointment's new terms. Conflict, with every clash, where the time is taken and that is not allowed."""
    # Alone: two that were written into each other's places in one instant would wait for each other.
    await work.db.run(store.hold_calendar, practitioner_id=appointment["practitioner_id"])

    async def write(overbooking: dict[str, Any]) -> Record | None:
        try:
            async with work.db.savepoint():
                return await work.db.maybe(store.move, **appointment, **overbooking)
        except Conflict as refusal:
            if refusal.code != CONFLICT:
                raise
            return None

    return await _take(work, write, appointment, allow_conflict=allow_conflict)


async def _take(
    work: UnitOfWork,
    write: Callable[[dict[str, Any]], Awaitable[Record | None]],
    appointment: dict[str, Any],
    *,
    allow_conflict: bool,
) -> Record:
    place = {name: appointment[name] for name in ("id", "practitioner_id", "during")}
    for _ in range(_ATTEMPTS):
        row = await write(_IN_TURN)
        if row is not None:
            return row
        clashes = await work.db.all(store.clashes, **place)
        if not clashes:
            # What was in the way has been called off since.
            continue
        if not allow_conflict:
            facts = {"conflicting_appointments": [clash_facts(clash) for clash in clashes]}
            raise Conflict(CONFLICT, "The practitioner has another appointment at that time.", facts=facts)
        row = await write({"overbooked": True, "overbooked_by": work.user_id, "overbooked_at": work.now})
        if row is not None:
            work.note(overbooked="true", clashes=str(len(clashes)))
            return row
    raise Unavailable("calendar_busy", "This calendar is changing too quickly; try again.", retry_after=1.0)

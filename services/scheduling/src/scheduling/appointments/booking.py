"""Books and moves appointments, so that two never make a practitioner busy at the same time unless somebody overbooks.

The exclusion constraint `appointment_conflict` decides between concurrent bookings. An overbooked appointment is outside
the constraint, so a booking's own statement looks for overbooked ones. It cannot see those that are not yet committed.
Therefore bookings lock the practitioner's calendar in shared mode, and overbookings and moves in exclusive mode.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from chassis.db.errors import client_restricted
from chassis.db.transaction import Record
from chassis.errors import Conflict, Unavailable
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import rules, store
from scheduling.appointments.mapping import to_conflict_facts
from scheduling.appointments.rules import AppointmentDetails, Buffers, ServiceTerms

CONFLICT = "appointment_conflict"
OVERBOOKING_COLUMNS = ("overbooked", "overbooked_by", "overbooked_at")
# The sealed value of an appointment with these overbooking columns, to which it is bound.
SealedWith: TypeAlias = Callable[[dict[str, Any]], bytes]
_MAX_ATTEMPTS = 3
_NOT_OVERBOOKED: dict[str, Any] = {"overbooked": False, "overbooked_by": None, "overbooked_at": None}


async def lock(work: UnitOfWork, appointment_id: str) -> Record:
    """The appointment, locked until the commit. Raises Forbidden for one in the calendar of a client whose record the caller may not open."""
    row = await work.db.maybe(store.get_for_update, id=appointment_id)
    if row is None:
        # Row security locks what may be changed, and shows what may not.
        await work.db.one(store.get, id=appointment_id)
        raise client_restricted()
    return row


async def terms(work: UnitOfWork, details: AppointmentDetails, before: AppointmentDetails | None = None) -> ServiceTerms:
    """The terms of the appointment's service.

    Raises NotFound or Invalid if the service or location is not offered, unless `before` already names it.
    """
    if details.location_id is not None and (before is None or details.location_id != before.location_id):
        rules.check_offered("location", await work.db.maybe(store.location, id=details.location_id))
    return await service_terms(work, details.service_id, kept=before.service_id if before else None)


async def service_terms(work: UnitOfWork, service_id: UUID | None, *, kept: UUID | None) -> ServiceTerms:
    """The terms of a service. Raises NotFound or Invalid if it is not offered, unless the appointment has it already: `kept`."""
    if service_id is None:
        return ServiceTerms()
    service = await work.db.maybe(store.service, id=service_id)
    if service is None or service_id != kept:
        service = rules.check_offered("service", service)
    buffers = Buffers(timedelta(minutes=service["buffer_before_minutes"]), timedelta(minutes=service["buffer_after_minutes"]))
    return ServiceTerms(buffers, rules.price_of_service(service["price_minor_units"], service["currency"]))


async def book(work: UnitOfWork, appointment: dict[str, Any], sealed_with: SealedWith, *, allow_conflict: bool) -> Record:
    """Writes a new appointment. Raises Conflict with all conflicting appointments if there are any, unless `allow_conflict`."""
    lock = store.lock_calendar if allow_conflict else store.lock_calendar_shared
    await work.db.run(lock, practitioner_id=appointment["practitioner_id"])

    async def write(overbooking: dict[str, Any]) -> Record | None:
        return await work.db.maybe(store.book, **appointment, **overbooking, sealed=sealed_with(overbooking))

    return await _write_or_refuse(work, write, appointment, allow_conflict=allow_conflict)


async def move(work: UnitOfWork, appointment: dict[str, Any], sealed_with: SealedWith, *, allow_conflict: bool) -> Record:
    """Writes the changed appointment. Raises Conflict with all conflicting appointments if there are any, unless `allow_conflict`."""
    # In shared mode, two appointments that are moved to each other's time at once would deadlock.
    await work.db.run(store.lock_calendar, practitioner_id=appointment["practitioner_id"])

    async def write(overbooking: dict[str, Any]) -> Record | None:
        try:
            async with work.db.savepoint():
                return await work.db.maybe(store.move, **appointment, **overbooking, sealed=sealed_with(overbooking))
        except Conflict as refusal:
            if refusal.code != CONFLICT:
                raise
            return None

    return await _write_or_refuse(work, write, appointment, allow_conflict=allow_conflict)


async def _write_or_refuse(
    work: UnitOfWork,
    write: Callable[[dict[str, Any]], Awaitable[Record | None]],
    appointment: dict[str, Any],
    *,
    allow_conflict: bool,
) -> Record:
    """The row that `write` wrote, overbooked if that is necessary and allowed. `write` returns None for a conflict."""
    period = {name: appointment[name] for name in ("id", "practitioner_id", "during")}
    for _ in range(_MAX_ATTEMPTS):
        row = await write(_NOT_OVERBOOKED)
        if row is not None:
            return row
        conflicts = await work.db.all(store.conflicts, **period)
        if not conflicts:
            # The conflicting appointment was cancelled between the two statements.
            continue
        if not allow_conflict:
            facts = {"conflicting_appointments": [to_conflict_facts(conflict) for conflict in conflicts]}
            raise Conflict(CONFLICT, "The practitioner has another appointment at that time.", facts=facts)
        row = await write({"overbooked": True, "overbooked_by": work.user_id, "overbooked_at": work.now})
        if row is not None:
            work.note(overbooked="true", clashes=str(len(conflicts)))
            return row
    raise Unavailable("calendar_busy", "This calendar is changing too quickly; try again.", retry_after=1.0)

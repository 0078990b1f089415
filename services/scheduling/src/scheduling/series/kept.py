"""Reads a series for a change, locked with its appointments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.db.errors import client_restricted, nothing_here
from chassis.db.transaction import Record
from chassis.work.unit_of_work import UnitOfWork
from scheduling.series import recurrence, rules, store
from scheduling.series.recurrence import Recurrence
from scheduling.series.rules import Place


@dataclass(frozen=True, slots=True)
class Kept:
    """A series, the part of it that is in scope, and its appointments in scope that are not deleted."""

    row: Record
    places: Sequence[Place]
    first: int
    last: int
    appointments: dict[UUID, Record]

    @property
    def scope(self) -> Sequence[Place]:
        return self.places[self.first : self.last]

    @property
    def rule(self) -> Recurrence:
        return recurrence.parse(self.row["rrule"])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.row["time_zone"])

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.row["duration_minutes"])

    @property
    def number_before(self) -> int:
        """How many occurrences come before the scope, as COUNT counts them."""
        return sum(place.left_out != rules.NONEXISTENT for place in self.places[: self.first])


async def lock(work: UnitOfWork, series_id: UUID, scope: str, appointment_id: UUID | None, *, expected: int | None) -> Kept:
    """The series, locked until the commit. Raises Forbidden for one of a client whose record the caller may not open."""
    row = await work.db.one(store.lock, series_id=series_id)
    rules.check_scope(scope, appointment_id)
    rules.check_fresh(expected, row["version"])
    places = [Place(**place) for place in await work.db.all(store.places, series_id=series_id)]
    first, last = rules.in_scope(places, scope, appointment_id)
    ids = [place.appointment_id for place in places[first:last] if place.appointment_id is not None]
    locked = await work.db.all(store.lock_appointments, ids=ids) if ids else []
    if ids and not locked:
        # Row security locks what may be changed, and shows what may not.
        if await work.db.all(store.times, ids=ids):
            raise client_restricted()
        if scope != rules.ALL:
            raise nothing_here()
    return Kept(row, places, first, last, {each["id"]: each for each in locked})

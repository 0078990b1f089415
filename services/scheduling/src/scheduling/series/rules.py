"""Decisions about series: which occurrences can be booked, which of them a change reaches, and what it makes of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Fault, Invalid, NotFound, Stale

OK, CONFLICT, HOLIDAY, NONEXISTENT = "ok", "conflict", "holiday", "nonexistent_local_time"
THIS, FOLLOWING, ALL = "this", "following", "all"
MAX_MINUTES = 1440
# What a change of a series may set of its appointments, and of its rule.
DETAILS = ("practitioner_id", "location_type", "location_id", "location_details", "service_id", "notes")
OF_THE_RULE = ("rrule", "first_start", "duration_minutes", "time_zone")
# In an appointment's history: the change was made to the series.
SERIES_SCOPE = "series_scope"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a rule: what keeps it from being booked, and the appointment that was booked for it."""

    start: datetime
    end: datetime
    status: str = OK
    conflict_ids: tuple[UUID, ...] = ()
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Of a series: the planned start of an occurrence, why it was left out, or its appointment."""

    planned_start: datetime
    left_out: str | None = None
    appointment_id: UUID | None = None


def check_duration(minutes: int) -> timedelta:
    """How long each appointment is. Raises Invalid unless it is from a minute to a day."""
    if not 1 <= minutes <= MAX_MINUTES:
        fault = Fault("/duration_minutes", f"must be from 1 to {MAX_MINUTES}")
        raise Invalid("series_duration_invalid", "An appointment lasts up to 24 hours.", faults=[fault])
    return timedelta(minutes=minutes)


def check_apart(starts: Iterable[datetime], busy: timedelta) -> None:
    """Raises Invalid if the occurrences, each busy this long with its buffers, would be in each other's way."""
    ordered = sorted(starts)
    if any(later - earlier < busy for earlier, later in pairwise(ordered)):
        fault = Fault("/duration_minutes", "must leave the next occurrence its time, buffers included")
        raise Invalid("series_overlaps_itself", "The occurrences of the series would overlap.", faults=[fault])


def status_of(*, exists: bool, on_holiday: bool, conflicts: Collection[UUID]) -> str:
    """What an occurrence is marked with. Of several reasons the one that no other calendar would mend."""
    if not exists:
        return NONEXISTENT
    if on_holiday:
        return HOLIDAY
    return CONFLICT if conflicts else OK


def check_bookable(occurrences: Sequence[Occurrence], *, skip: bool) -> None:
    """Raises Conflict if an occurrence is marked and is not to be left out, or if nothing is left.

    Where it is a calendar that is in the way, the caller refuses with the conflicts instead.
    """
    marked = [each for each in occurrences if each.status != OK]
    if marked and (not skip or len(marked) == len(occurrences)):
        raise Conflict(
            "series_not_bookable", "Some occurrences of the series cannot be booked.", facts={"occurrences": marked_facts(occurrences)}
        )


def marked_facts(occurrences: Iterable[Occurrence]) -> list[dict[str, str]]:
    """The marked occurrences, in a refusal."""
    return [{"start": _text(each.start), "end": _text(each.end), "status": each.status} for each in occurrences if each.status != OK]


def check_scope(scope: str, appointment_id: UUID | None) -> None:
    """Raises Invalid if the scope begins with an occurrence and none is named."""
    if scope != ALL and appointment_id is None:
        fault = Fault("/appointment_id", "is required: the occurrence that is meant")
        raise Invalid("series_scope_invalid", "Say which occurrence.", faults=[fault])


def check_fresh(expected: int | None, version: int) -> None:
    """Raises Stale if the caller saw another version of the series than the current one. None means any."""
    if expected is not None and expected != version:
        raise Stale("stale_version", "The series has changed since.", facts={"current_version": version})


def in_scope(places: Sequence[Place], scope: str, appointment_id: UUID | None) -> tuple[int, int]:
    """The first and, exclusive, the last index of the places in scope. Raises NotFound for an occurrence of another series."""
    index = next((n for n, place in enumerate(places) if place.appointment_id == appointment_id), None)
    if appointment_id is not None and index is None:
        raise NotFound("not_found", "There is nothing here.")
    if scope == ALL or index is None:
        return 0, len(places)
    return (index, index + 1) if scope == THIS else (index, len(places))


def check_open(*, is_open: bool) -> None:
    """Raises Conflict for a single occurrence that is over, or no longer to take place."""
    if not is_open:
        raise Conflict("occurrence_not_open", "This occurrence is over, or is not to take place: change the appointment itself.")


def is_open(status: str, start: datetime, *, now: datetime) -> bool:
    """Whether a change of the series may reach the appointment: it is still to take place."""
    return status == "scheduled" and start > now


def is_moved(place: Place, start: datetime, end: datetime, length: timedelta) -> bool:
    """Whether the appointment is at another time than its series has it."""
    return (start, end - start) != (place.planned_start, length)


def reached(changes: Mapping[str, Any], own: Collection[str]) -> dict[str, Any]:
    """The changes without those of what was changed of the appointment by itself."""
    return {name: value for name, value in changes.items() if name not in own}


def shifted(places: Sequence[Place], starts: Sequence[tuple[datetime, bool]]) -> tuple[list[tuple[Place, Place | None]], list[Place]]:
    """The old places beside what they become, in order, and the places that are new.

    The first becomes the first, and so on; None is left of those that the rule has no time for any more. What was left out or
    deleted stays so at its new time. Times that clocks skip do not count, so what was left out for that reason is made anew.
    """
    counted = [place for place in places if place.left_out != NONEXISTENT]
    existing = [start for start, exists in starts if exists]
    kept = [(place, replace(place, planned_start=start)) for place, start in zip(counted, existing, strict=False)]
    gone: list[tuple[Place, Place | None]] = [(place, None) for place in counted[len(existing) :]]
    new = [Place(start) for start in existing[len(counted) :]]
    return [*kept, *gone], [*new, *(Place(start, NONEXISTENT) for start, exists in starts if not exists)]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")

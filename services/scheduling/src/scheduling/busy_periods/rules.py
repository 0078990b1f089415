"""What a busy period is, and how one change of them compares with another."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

PRACTITIONER, ROOM, CLIENT = "practitioner", "room", "client"
APPOINTMENT, HOLD, TIME_OFF = "appointment", "hold", "time_off"
# The statuses in which an appointment takes time.
BUSY_STATUSES = frozenset({"scheduled", "completed"})
# Overlaps of these are refused unless somebody wants them. A client may be with two practitioners at once, as couples and
# children with their parents are; it is recorded, and nobody is refused for it.
REFUSING = frozenset({PRACTITIONER, ROOM})


@dataclass(frozen=True, slots=True)
class BusyPeriod:
    """A resource that is taken from `starts_at` until `ends_at` (exclusive).

    Of two overlapping periods of a resource at least one is `overbooked`.
    """

    resource_kind: str
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    overbooked: bool = False


def in_order(periods: Iterable[BusyPeriod]) -> list[BusyPeriod]:
    """The periods in the order in which everybody writes them, so that no two writers wait for each other in a circle."""
    return sorted(periods, key=lambda period: (period.resource_id, period.starts_at))


def resources(periods: Iterable[BusyPeriod], kinds: Collection[str] = (PRACTITIONER, ROOM, CLIENT)) -> list[UUID]:
    """The resources of these kinds, each once, in the order in which everybody locks them."""
    return sorted({period.resource_id for period in periods if period.resource_kind in kinds})


def overbooked_on(periods: Iterable[BusyPeriod], resource_ids: Collection[UUID]) -> list[BusyPeriod]:
    """The periods, those of these resources overbooked and the others not."""
    return [replace(period, overbooked=period.resource_id in resource_ids) for period in periods]


def within(period: BusyPeriod, others: Iterable[BusyPeriod]) -> bool:
    """Whether the period lies in one of the others of its resource: whoever had that one needs nobody's leave for this one."""
    return any(
        other.resource_id == period.resource_id and other.starts_at <= period.starts_at and period.ends_at <= other.ends_at
        for other in others
    )


def columns(periods: Iterable[BusyPeriod]) -> dict[str, list[Any]]:
    """The periods as the arrays that statements take, in order."""
    ordered = in_order(periods)
    return {
        **places(ordered),
        "resource_kinds": [period.resource_kind for period in ordered],
        "ends": [period.ends_at for period in ordered],
        "flags": [period.overbooked for period in ordered],
    }


def extents(periods: Iterable[BusyPeriod]) -> dict[str, list[Any]]:
    """The resources, starts and ends of the periods, as arrays."""
    ordered = in_order(periods)
    return {**places(ordered), "ends": [period.ends_at for period in ordered]}


def places(periods: Iterable[BusyPeriod]) -> dict[str, list[Any]]:
    """The resources and starts of the periods, as arrays."""
    ordered = in_order(periods)
    return {"resource_ids": [period.resource_id for period in ordered], "starts": [period.starts_at for period in ordered]}

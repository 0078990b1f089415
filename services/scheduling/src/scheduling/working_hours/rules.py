"""From hours on a clock to moments: which time of a period a practitioner works.

A clock shows local time; hours are minutes after a day's midnight on it. At a clock change some local times do not exist, and
hours that begin or end in such a gap begin or end when the gap does. A local time that exists twice means its first occurrence,
as in RFC 5545.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from chassis.errors import Fault, Invalid

MINUTES_OF_DAY = 24 * 60
_DAY = timedelta(days=1)
_CLOCK = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9]))|24:00")
# In UTC, without its end.
Period: TypeAlias = tuple[datetime, datetime]


class Minutes(NamedTuple):
    """Time after a midnight, without its end, which may be one of the next day."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Week:
    """A practitioner's time. Weekdays begin with Monday, 0."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[Minutes]]
    # Days without weekly hours: those off and holidays.
    closed: Collection[date]
    # Hours that are worked, whatever the week says, and those that are not, whatever else is said.
    opened: Mapping[date, Sequence[Minutes]]
    off: Mapping[date, Sequence[Minutes]]


def check_practitioner(*, is_active: bool, treats: bool) -> None:
    """Raises Invalid for somebody who does not treat here."""
    if not is_active:
        fault = Fault("/practitioner_id", "must be an active practitioner")
        raise Invalid("practitioner_inactive", "This practitioner is inactive.", faults=[fault])
    if not treats:
        fault = Fault("/practitioner_id", "must be somebody whose role treats")
        raise Invalid("practitioner_does_not_treat", "This person's role does not treat.", faults=[fault])


@cache
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(available_timezones())


def check_zone(name: str) -> ZoneInfo:
    """The time zone of this name. Raises Invalid for one that there is not."""
    if name not in zones():
        raise Invalid("time_zone_unknown", "There is no such time zone.", faults=[Fault("/time_zone", "is not an IANA time zone")])
    return ZoneInfo(name)


def minute_of(clock: str) -> int | None:
    """The minute of the day that a clock shows as HH:MM; 1440 for 24:00, None for anything else."""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    return int(found[1]) * 60 + int(found[2]) if found[1] else MINUTES_OF_DAY


def day_of(text: str) -> date | None:
    """The day that is written as YYYY-MM-DD; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def minutes(start: int, end: int) -> Minutes:
    """The time from one minute of a day to the next occurrence of another."""
    return Minutes(start, end if end > start else end + MINUTES_OF_DAY)


def working_time(week: Week, since: datetime, until: datetime) -> list[Period]:
    """When the practitioner works between the two, in order; periods neither overlap nor touch.

    A day that is closed takes the hours that begin on it, and what reaches into it from the day before.
    """
    # Hours reach into the next day; those of the day before may reach into the first.
    first, last = since.astimezone(week.zone).date() - _DAY, until.astimezone(week.zone).date()
    worked: list[Period] = []
    free: list[Period] = []
    for day in _days(first, last):
        hours = [*_weekly_hours(week, day), *week.opened.get(day, ())]
        worked += [_period(day, *part, week.zone) for part in hours]
        free += [_period(day, *part, week.zone) for part in week.off.get(day, ())]
    within = ((max(start, since), min(end, until)) for start, end in without(union(worked), union(free)))
    return [(start, end) for start, end in within if start < end]


def time_off(week: Week) -> list[Period]:
    """When the practitioner is away, in order: days that are closed, but for what is worked on them all the same, and hours off.

    Periods neither overlap nor touch, and no working time lies in them. Of a week without the workspace's holidays it is what the
    practitioner has said.
    """
    closed = [_period(day, 0, MINUTES_OF_DAY, week.zone) for day in week.closed]
    opened, off = ([_period(day, *part, week.zone) for day, parts in hours.items() for part in parts] for hours in (week.opened, week.off))
    return union([*without(union(closed), union(opened)), *off])


def union(periods: Iterable[Period]) -> list[Period]:
    """The same time in order, as periods that neither overlap nor touch. Empty periods are left out."""
    joined: list[Period] = []
    for start, end in sorted(periods):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def without(periods: Sequence[Period], taken: Sequence[Period]) -> list[Period]:
    """What is left of the periods. Both are as `union` makes them, and so is the result."""
    left: list[Period] = []
    ends = [end for _, end in taken]
    for start, end in periods:
        for taken_start, taken_end in taken[bisect_right(ends, start) :]:
            if taken_start >= end:
                break
            if start < taken_start:
                left.append((start, taken_start))
            start = taken_end  # noqa: PLW2901 - what is left of this period
        if start < end:
            left.append((start, end))
    return left


@lru_cache(maxsize=4096)
def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When a clock shows the minute after the day's midnight, which may be one of the next day; in a gap, when the gap ends."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    return moment if _shows(moment, local, zone) else _end_of_gap(local, zone)


def local_moments(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """When clocks show this time without zone: once; never, in a gap; or twice, in order."""
    found = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(moment for moment in found if _shows(moment, local, zone))


def _weekly_hours(week: Week, day: date) -> Iterator[Minutes]:
    if day in week.closed:
        return
    for start, end in week.weekly.get(day.weekday(), ()):
        yield Minutes(start, min(end, MINUTES_OF_DAY) if day + _DAY in week.closed else end)


def _period(day: date, start: int, end: int, zone: ZoneInfo) -> Period:
    return moment_of(day, start, zone), moment_of(day, end, zone)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _shows(moment: datetime, local: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).replace(tzinfo=None) == local


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after the gap in which a local time lies. Clocks change at whole seconds."""
    before, after = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    earliest, latest = (local - after).replace(tzinfo=UTC), (local - before).replace(tzinfo=UTC)
    while latest - earliest > timedelta(seconds=1):
        middle = earliest + timedelta(seconds=(latest - earliest) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            earliest = middle
        else:
            latest = middle
    return latest

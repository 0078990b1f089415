"""Which slots of a practitioner's working time are free.

Slots start on a grid that is anchored at local midnight, so that they start at the same times of the clock on both sides of a
clock change, and at round ones in every zone.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.errors import Fault, Invalid
from scheduling.appointments.rules import EARLIEST_START, LATEST_START
from scheduling.working_hours.rules import MINUTES_OF_DAY, Period, local_moments, moment_of, union

DEFAULT_DURATION = timedelta(minutes=60)
MAX_DURATION_MINUTES = 1440
# The six weeks that a page of a calendar shows, and the hour of a clock change.
MAX_RANGE = timedelta(days=42, hours=1)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long an appointment would last, and how long the practitioner would be busy before and after it."""

    duration: timedelta
    before: timedelta = timedelta()
    after: timedelta = timedelta()


def check_range(since: datetime | None, until: datetime | None) -> Period:
    """Both times. Raises Invalid without one, for an empty range, and for one that is too long."""
    faults = [Fault(f"/{name}", "is required") for name, value in (("from", since), ("to", until)) if value is None]
    if since is not None and until is not None:
        if not EARLIEST_START <= since < LATEST_START:
            faults.append(Fault("/from", f"must be from {EARLIEST_START.year} on and before {LATEST_START.year}"))
        elif until <= since:
            faults.append(Fault("/to", "must be after from"))
        elif until - since > MAX_RANGE:
            faults.append(Fault("/to", f"must be at most {MAX_RANGE.days} days after from"))
        else:
            return since, until
    raise Invalid("range_invalid", "This is not a range in which slots can be asked for.", faults=faults)


def check_duration(minutes: int | None) -> timedelta | None:
    """Raises Invalid for a duration that no appointment may have."""
    if minutes is None:
        return None
    if not 1 <= minutes <= MAX_DURATION_MINUTES:
        fault = Fault("/duration_minutes", f"must be from 1 to {MAX_DURATION_MINUTES}")
        raise Invalid("duration_invalid", "No appointment may last so long.", faults=[fault])
    return timedelta(minutes=minutes)


def free_slots(
    worked: Sequence[Period], busy: Sequence[Period], terms: Terms, *, zone: ZoneInfo, step: int, since: datetime, until: datetime
) -> Iterator[datetime]:
    """When the slots start that do so from `since` on and before `until`, in order. Slots overlap where they last longer than the `step` in minutes.

    An appointment lies within working time; its buffers need not, but nothing else may be in them.
    """
    taken = union(busy)
    ends = [end for _, end in taken]
    for start, end in worked:
        # The last one ends with the period, and starts before `until`.
        latest = min(end - terms.duration, until - _INSTANT)
        for slot in grid(max(start, since), latest, zone, step):
            following = bisect_right(ends, slot - terms.before)
            if following == len(taken) or taken[following][0] >= slot + terms.duration + terms.after:
                yield slot


def grid(first: datetime, last: datetime, zone: ZoneInfo, step: int) -> Iterator[datetime]:
    """The moments from `first` to `last` at which clocks show a multiple of `step` minutes after midnight, in order."""
    if first > last:
        return
    day, last_day = first.astimezone(zone).date(), last.astimezone(zone).date()
    while day <= last_day:
        yield from _of_day(day, first, last, zone, step)
        day += _DAY


def _of_day(day: date, first: datetime, last: datetime, zone: ZoneInfo, step: int) -> Iterator[datetime]:
    begins, ends = moment_of(day, 0, zone), moment_of(day, MINUTES_OF_DAY, zone)
    if ends - begins == _DAY:
        # No clock change: the grid is as even in UTC.
        skipped = max(0, -(-(first - begins) // (step * _MINUTE)))
        moments: Iterator[datetime] | list[datetime] = (
            begins + number * step * _MINUTE for number in range(skipped, MINUTES_OF_DAY // step)
        )
    else:
        midnight = datetime.combine(day, time())
        moments = sorted(moment for minute in range(0, MINUTES_OF_DAY, step) for moment in local_moments(midnight + minute * _MINUTE, zone))
    for moment in moments:
        if moment > last:
            return
        if moment >= first:
            yield moment.astimezone(UTC)

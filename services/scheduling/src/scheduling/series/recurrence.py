"""Recurrence rules (RFC 5545, section 3.3.10): which of them are taken, and when they have something take place.

A rule says what clocks show. At a clock change the local time stays and the moment moves; a local time that clocks skip does not exist,
is marked and does not count, and one that they show twice is the first. Only rules are taken that `dateutil` finishes with in some
milliseconds: those with an end, without times of the day, whose start is itself an occurrence.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule as dateutil  # type: ignore[import-untyped]

from chassis.errors import Fault, Invalid
from scheduling.working_hours.rules import local_moments

MAX_OCCURRENCES = 520
MAX_TEXT = 500
# Of the last occurrence after the first.
HORIZON = timedelta(days=3660)
_MAX_INTERVAL = 99
_MAX_ORDINAL = 5
_FREQUENCIES = {"DAILY": dateutil.DAILY, "WEEKLY": dateutil.WEEKLY, "MONTHLY": dateutil.MONTHLY, "YEARLY": dateutil.YEARLY}
_LONG = frozenset({"MONTHLY", "YEARLY"})
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


@dataclass(frozen=True, slots=True)
class Until:
    """The last moment that counts: a day, a time on clocks, or a time in UTC."""

    day: date
    at: time | None = None
    is_utc: bool = False

    def covers(self, local: datetime, moment: datetime) -> bool:
        """Whether an occurrence at this time is not after it."""
        if self.at is None:
            return local.date() <= self.day
        last = datetime.combine(self.day, self.at)
        return moment <= last.replace(tzinfo=UTC) if self.is_utc else local <= last

    def __str__(self) -> str:
        return f"{self.day:%Y%m%d}" if self.at is None else f"{self.day:%Y%m%d}T{self.at:%H%M%S}{'Z' if self.is_utc else ''}"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule. `weekdays` are pairs of an ordinal (0 for every one) and a weekday, Monday 0."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: Until | None = None
    weekdays: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it, always in the same way."""
        days = [f"{ordinal or ''}{_WEEKDAYS[weekday]}" for ordinal, weekday in self.weekdays]
        parts = {
            "FREQ": self.frequency,
            "INTERVAL": self.interval if self.interval > 1 else "",
            "COUNT": self.count or "",
            "UNTIL": self.until or "",
            "BYMONTH": ",".join(map(str, self.months)),
            "BYMONTHDAY": ",".join(map(str, self.month_days)),
            "BYDAY": ",".join(days),
            "BYSETPOS": ",".join(map(str, self.positions)),
            "WKST": _WEEKDAYS[self.week_start] if self.week_start else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


@dataclass(frozen=True, slots=True)
class Planned:
    """When an occurrence begins: its moment, and whether clocks show its local time that day."""

    start: datetime
    exists: bool = True


def parse(text: str) -> Recurrence:
    """The rule. Raises Invalid for one that cannot be read, has no end, or is of a kind that is not taken."""
    if len(text) > MAX_TEXT:
        raise _invalid(f"must be {MAX_TEXT} characters or fewer")
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, separator, value = part.partition("=")
        if not separator or name in parts:
            raise _invalid("must be parts like FREQ=WEEKLY;COUNT=10, each once")
        parts[name] = value
    if unknown := sorted(set(parts) - _READERS.keys()):
        raise _invalid(f"may not have {', '.join(unknown)[:60]}: only {', '.join(_READERS)}")
    values: dict[str, Any] = {}
    for name, value in parts.items():
        field, read = _READERS[name]
        values[field] = read(value)
    if "frequency" not in values:
        raise _invalid("must say FREQ")
    found = Recurrence(**values)
    _check(found)
    return found


def shortened(rule: Recurrence, count: int) -> Recurrence:
    """The rule with its first occurrences alone."""
    return replace(rule, count=count, until=None)


def without_first(rule: Recurrence, number: int) -> Recurrence:
    """The rule of what comes after so many occurrences."""
    return rule if rule.count is None else replace(rule, count=rule.count - number)


def starting(rule: Recurrence, first: datetime) -> Recurrence:
    """The rule with what it takes over from its first occurrence, a local time."""
    if rule.frequency == "WEEKLY" and not rule.weekdays:
        return replace(rule, weekdays=((0, first.weekday()),))
    if rule.frequency not in _LONG:
        return rule
    if not rule.weekdays and not rule.month_days:
        rule = replace(rule, month_days=(first.day,))
    # Else `dateutil` has the day in every month, and RFC 5545 in that of the start.
    if rule.frequency == "YEARLY" and rule.month_days and not rule.months:
        rule = replace(rule, months=(first.month,))
    return rule


def expand(rule: Recurrence, first_start: datetime, zone: ZoneInfo) -> list[Planned]:
    """The occurrences in order, the first at `first_start`. Raises Invalid where that is none, and for too many or too late ones."""
    if first_start.microsecond:
        raise Invalid(
            "series_start_invalid", "A series starts at a whole second.", faults=[Fault("/first_start", "must be a whole second")]
        )
    first = first_start.astimezone(zone).replace(tzinfo=None, fold=0)
    rule = starting(rule, first)
    if not _is_on(rule, first):
        fault = Fault("/first_start", "must be an occurrence of the rule itself")
        raise Invalid("series_start_off_rule", "The series does not start on a day of its rule.", faults=[fault])
    found: list[Planned] = []
    counted = 0
    for local in _times(rule, first):
        moments = local_moments(local, zone)
        # In a gap, as long after its begin as the local time is.
        start = first_start if local == first else moments[0] if moments else local.replace(tzinfo=zone).astimezone(UTC)
        if rule.until is not None and not rule.until.covers(local, start):
            break
        if local - first > HORIZON or len(found) == MAX_OCCURRENCES:
            raise Invalid(
                "series_too_long",
                f"A series has {MAX_OCCURRENCES} occurrences at most, within ten years.",
                faults=[Fault("/rrule", f"must end within ten years and {MAX_OCCURRENCES} occurrences")],
            )
        found.append(Planned(start, exists=bool(moments)))
        counted += bool(moments)
        if counted == rule.count:
            break
    if not found:
        raise _invalid("ends before it begins")
    return found


def _times(rule: Recurrence, first: datetime) -> Iterator[datetime]:
    """The local times of the rule from the first on, whatever its end."""
    weekdays = [dateutil.weekday(weekday, ordinal or None) for ordinal, weekday in rule.weekdays]
    times: Iterator[datetime] = iter(
        dateutil.rrule(
            _FREQUENCIES[rule.frequency],
            dtstart=first,
            interval=rule.interval,
            wkst=rule.week_start,
            bymonth=rule.months or None,
            bymonthday=rule.month_days or None,
            byweekday=weekdays or None,
            bysetpos=rule.positions or None,
        )
    )
    return times


def _is_on(rule: Recurrence, first: datetime) -> bool:
    """Whether the rule itself has the first occurrence take place. Without it `dateutil` may search until the year 9999."""
    length = calendar.monthrange(first.year, first.month)[1]
    on_months = not rule.months or first.month in rule.months
    on_days = not rule.month_days or first.day in rule.month_days or first.day - length - 1 in rule.month_days
    on_weekdays = not rule.weekdays or any(
        weekday == first.weekday() and (not ordinal or ordinal in _ordinals(rule, first)) for ordinal, weekday in rule.weekdays
    )
    if not (on_months and on_days and on_weekdays):
        return False
    if not rule.positions:
        return True
    begin = first.replace(day=1) if rule.frequency == "MONTHLY" else first.replace(month=1, day=1)
    same = (lambda other: (other.year, other.month) == (first.year, first.month)) if rule.frequency == "MONTHLY" else _same_year(first)
    period = list(takewhile(same, _times(replace(rule, positions=()), begin)))
    chosen = (period[position - 1 if position > 0 else position] for position in rule.positions if abs(position) <= len(period))
    return first in chosen


def _same_year(first: datetime) -> Any:
    return lambda other: other.year == first.year


def _ordinals(rule: Recurrence, first: datetime) -> tuple[int, int]:
    """Which of its weekday a day is in its month, or in its year where the rule says no month: from the start, and from the end."""
    if rule.frequency == "YEARLY" and not rule.months:
        day, length = first.timetuple().tm_yday, 366 if calendar.isleap(first.year) else 365
    else:
        day, length = first.day, calendar.monthrange(first.year, first.month)[1]
    return (day - 1) // 7 + 1, -((length - day) // 7 + 1)


def _check(rule: Recurrence) -> None:
    """Raises Invalid for a combination that is not taken."""
    if (rule.count is None) == (rule.until is None):
        raise _invalid("must say either COUNT or UNTIL")
    if rule.frequency not in _LONG and (rule.months or rule.month_days or rule.positions or any(ordinal for ordinal, _ in rule.weekdays)):
        raise _invalid("may have BYMONTH, BYMONTHDAY, BYSETPOS and numbered weekdays only with MONTHLY and YEARLY")
    if rule.month_days and rule.weekdays:
        raise _invalid("may not have both BYMONTHDAY and BYDAY")
    if rule.positions and not (rule.month_days or rule.weekdays):
        raise _invalid("may have BYSETPOS only with BYDAY or BYMONTHDAY")


def _one_of(words: dict[str, Any] | tuple[str, ...]) -> Any:
    def read(text: str) -> str:
        if text not in words:
            raise _invalid(f"has {text[:20] or 'nothing'} where one of {', '.join(words)} must be")
        return text

    return read


def _number(low: int, high: int) -> Any:
    def read(text: str) -> int:
        number = int(text) if _NUMBER.fullmatch(text) else 0
        if not low <= number <= high or not number:
            raise _invalid(f"has {text[:20] or 'nothing'} where a number from {low} to {high} must be")
        return number

    return read


def _numbers(low: int, high: int) -> Any:
    read_one = _number(low, high)

    def read(text: str) -> tuple[int, ...]:
        return tuple(sorted({read_one(each) for each in text.split(",")}))

    return read


def _weekdays(text: str) -> tuple[tuple[int, int], ...]:
    found = set()
    for each in text.split(","):
        day = _DAY.fullmatch(each)
        ordinal = int(day[1] or 0) if day else 0
        if day is None or abs(ordinal) > _MAX_ORDINAL or (day[1] and not ordinal):
            raise _invalid(f"has {each[:20] or 'nothing'} where weekdays like MO, or 1MO to 5MO and -1MO to -5MO, must be")
        found.add((ordinal, _WEEKDAYS.index(day[2])))
    return tuple(sorted(found))


def _until(text: str) -> Until:
    found = _UNTIL.fullmatch(text)
    try:
        day = datetime.strptime(found[1], "%Y%m%d").date() if found else None  # noqa: DTZ007 - a day has no zone
        at = datetime.strptime(found[2], "%H%M%S").time() if found and found[2] else None  # noqa: DTZ007 - its zone is the Z
    except ValueError:
        day = None
    if found is None or day is None:
        raise _invalid("has an UNTIL that is no time, like 20261231T090000Z")
    return Until(day, at, is_utc=found[3] == "Z")


def _invalid(detail: str) -> Invalid:
    return Invalid("rrule_invalid", "The rule of the series is not taken.", faults=[Fault("/rrule", detail)])


_READERS: dict[str, tuple[str, Any]] = {
    "FREQ": ("frequency", _one_of(_FREQUENCIES)),
    "INTERVAL": ("interval", _number(1, _MAX_INTERVAL)),
    "COUNT": ("count", _number(1, MAX_OCCURRENCES)),
    "UNTIL": ("until", _until),
    "BYMONTH": ("months", _numbers(1, 12)),
    "BYMONTHDAY": ("month_days", _numbers(-31, 31)),
    "BYDAY": ("weekdays", _weekdays),
    "BYSETPOS": ("positions", _numbers(-366, 366)),
    "WKST": ("week_start", lambda text: _WEEKDAYS.index(_one_of(_WEEKDAYS)(text))),
}

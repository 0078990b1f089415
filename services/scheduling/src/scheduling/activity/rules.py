"""Periods of a report, and what the numbers of each come to."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.errors import Fault, Forbidden, Invalid
from scheduling.working_hours.rules import Period, day_of, moment_of

MAX_DAYS = 366
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_OF_OTHERS = "catalogue:write"
_PAYMENT_STATUSES = ("paid", "payment_sent", "not_paid", "waived")


@dataclass(frozen=True, slots=True)
class Days:
    """Days of a period; both are included."""

    first: date
    last: date


def check_days(first: str, last: str) -> Days:
    """Raises Invalid unless they are dates, in order, of at most a year."""
    days = {"start_date": _day(first), "end_date": _day(last)}
    faults = [Fault(f"/{name}", "must be a date, like 2026-03-01") for name, day in days.items() if day is None]
    start, end = days.values()
    if start is not None and end is not None:
        if not start <= end < start + MAX_DAYS * _DAY:
            faults.append(Fault("/end_date", f"must not be before start_date, nor {MAX_DAYS} days or more after it"))
        else:
            return Days(start, end)
    raise Invalid("report_range_invalid", "There is no report of such a time.", faults=faults)


def check_may_see(practitioner_id: UUID | None, caller: UUID, scopes: Collection[str]) -> None:
    """Raises Forbidden for numbers of others, unless the caller manages the workspace."""
    if practitioner_id != caller and _OF_OTHERS not in scopes:
        raise Forbidden("permission_denied", "Your role does not allow this.")


def periods(days: Days, group_by: str) -> list[Days]:
    """The days in groups: `day`, `week` (from Monday), `month`. The first and the last may be parts of one."""
    groups: list[Days] = []
    first = days.first
    while first <= days.last:
        groups.append(Days(first, min(_last_of(first, group_by), days.last)))
        first = groups[-1].last + _DAY
    return groups


def bounds(groups: Sequence[Days], zone: ZoneInfo) -> list[datetime]:
    """When each group begins, and when the last one ends."""
    return [*(moment_of(group.first, 0, zone) for group in groups), moment_of(groups[-1].last + _DAY, 0, zone)]


def hours_between(worked: Iterable[Period], moments: Sequence[datetime]) -> list[float]:
    """How many hours of the periods lie between each two successive moments."""
    lengths = [timedelta()] * (len(moments) - 1)
    for start, end in worked:
        for index in range(max(0, bisect_right(moments, start) - 1), len(lengths)):
            if moments[index] >= end:
                break
            within = min(end, moments[index + 1]) - max(start, moments[index])
            lengths[index] += max(within, timedelta())
    return [length / _HOUR for length in lengths]


def utilisation(hours: float, available: float) -> float | None:
    """The share of the available hours that was taken, more than 1 where somebody worked longer. None where there are none."""
    return round(hours / available, 4) if available else None


def fees(rows: Iterable[tuple[str, str | None, Decimal | None]]) -> dict[str, str]:
    """What appointments cost, by payment status, as `fees_` and its name. Each row is an appointment's status, its payment status and the sum of prices.

    Nobody owes what was cancelled, so of that only what was paid counts.
    """
    sums = dict.fromkeys(_PAYMENT_STATUSES, Decimal())
    for status, payment_status, price in rows:
        if price is not None and (status != "cancelled" or payment_status == "paid"):
            sums[payment_status or "not_paid"] += price
    return {f"fees_{name}": f"{total:f}" for name, total in sums.items()}


def _last_of(day: date, group_by: str) -> date:
    if group_by == "week":
        return day + (6 - day.weekday()) * _DAY
    if group_by == "month":
        return (day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY
    return day


def _day(text: str) -> date | None:
    day = day_of(text)
    return day if day is not None and _FIRST_YEAR <= day.year <= _LAST_YEAR else None

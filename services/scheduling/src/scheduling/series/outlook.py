"""What is in the way of the occurrences of a series: the verdict is that of a booking, by the statement that refuses one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.db.transaction import Record
from chassis.work.unit_of_work import UnitOfWork
from scheduling.busy_periods import workflow as busy_periods
from scheduling.busy_periods.rules import BusyPeriod
from scheduling.series import rules
from scheduling.series.rules import Occurrence
from scheduling.working_hours.store import holidays_between

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A time to be judged, and what it would take that others can have."""

    start: datetime
    end: datetime
    periods: Sequence[BusyPeriod]
    exists: bool = True
    # It stays on its day, so that a holiday there is no news.
    same_day: bool = False


async def judge(work: UnitOfWork, candidates: Sequence[Candidate], zone: ZoneInfo) -> tuple[list[Occurrence], list[Record]]:
    """The candidates as occurrences, with what keeps them from being booked, and everything that is in their way. Writes nothing."""
    if not candidates:
        return [], []
    days = [candidate.start.astimezone(zone).date() for candidate in candidates]
    holidays = {row["date"] for row in await work.db.all(holidays_between, first=min(days), last=max(days))}
    asked = [period for candidate in candidates if candidate.exists for period in candidate.periods]
    found = await busy_periods.conflicts(work, _NOBODY, asked) if asked else []
    by_place: dict[tuple[UUID, datetime], list[UUID]] = defaultdict(list)
    for row in found:
        by_place[row["resource_id"], row["wanted_starts_at"]].append(row["id"])
    judged = []
    for candidate, day in zip(candidates, days, strict=True):
        places = [(period.resource_id, period.starts_at) for period in candidate.periods] if candidate.exists else []
        ids = tuple(dict.fromkeys(conflict for place in places for conflict in by_place[place]))
        status = rules.status_of(exists=candidate.exists, on_holiday=day in holidays and not candidate.same_day, conflicts=ids)
        judged.append(Occurrence(candidate.start, candidate.end, status, ids))
    return judged, found


def check(occurrences: Sequence[Occurrence], found: Sequence[Record], *, skip: bool = False) -> None:
    """Raises Conflict with everything that is in the way of the occurrences, and with those that are marked, unless they may be left out."""
    if found and not skip and any(occurrence.status == rules.CONFLICT for occurrence in occurrences):
        raise busy_periods.refusal(found, occurrences=rules.marked_facts(occurrences))
    rules.check_bookable(occurrences, skip=skip)

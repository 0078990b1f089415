"""Who is on call at a moment. Shifts are times of day in the workspace's zone, overrides are moments; intervals are half-open.

A shift that begins or ends at a time of day which comes twice (clocks go back) begins at the first and ends at the last, so that handovers
overlap; one that does not come (clocks go forward) stands for the first moment after the gap.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.errors import Fault, Invalid, NotFound

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_OVERRIDE = timedelta(days=366)
# Of an override: years in which every zone is known.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody active: their department, and their shifts by day of the week."""

    id: UUID
    role: str
    department_id: UUID | None = None
    shifts: Mapping[str, Sequence[Mapping[str, str]]] | None = None
    # Whether they see the alerts of every department.
    oversees: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """`user_id` is on call for a department (None: for none in particular), in place of the shifts of `replaces_user_id` if somebody is named."""

    user_id: UUID
    department_id: UUID | None
    replaces_user_id: UUID | None
    starts_at: datetime
    ends_at: datetime


def on_call(workers: Iterable[Worker], overrides: Iterable[Override], zone: ZoneInfo, at: datetime) -> dict[UUID | None, set[UUID]]:
    """Who is on call at the moment, by department. A department in which somebody has shifts is there although nobody is on call now."""
    active = {worker.id: worker for worker in workers}
    in_force = [each for each in overrides if each.starts_at <= at < each.ends_at]
    replaced = {(each.department_id, each.replaces_user_id) for each in in_force}
    found: dict[UUID | None, set[UUID]] = defaultdict(set)
    for worker in active.values():
        if not worker.shifts:
            continue
        group = found[worker.department_id]
        if is_in_shift(worker.shifts, zone, at) and (worker.department_id, worker.id) not in replaced:
            group.add(worker.id)
    for each in in_force:
        if each.user_id in active:
            found[each.department_id].add(each.user_id)
    return dict(found)


def is_in_shift(schedule: Mapping[str, Sequence[Mapping[str, str]]], zone: ZoneInfo, at: datetime) -> bool:
    """Whether one of the shifts goes on at the moment."""
    today = at.astimezone(zone).date()
    # A shift begins a day earlier at most; where the clock jumps over midnight its day is not the moment's.
    nearby = (today + timedelta(days=days) for days in (-2, -1, 0, 1))
    return any(start <= at < end for day in nearby for start, end in shifts_of(schedule, zone, day))


def shifts_of(schedule: Mapping[str, Sequence[Mapping[str, str]]], zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The first and the last moment (exclusive) of each shift that begins on the day."""
    for shift in schedule.get(DAYS[day.weekday()], ()):
        start, end = _minutes(shift["start"]), _minutes(shift["end"])
        ends_on = day if end > start else day + timedelta(days=1)
        yield moment_of(day, start, zone, last=False), moment_of(ends_on, end, zone, last=True)


def check_override(starts_at: datetime, ends_at: datetime, *, user_id: UUID, replaces_user_id: UUID | None) -> None:
    """Raises Invalid with a fault for each field that is not valid."""
    faults = []
    if not EARLIEST <= starts_at <= LATEST:
        faults.append(Fault("/starts_at", "must lie between the years 2000 and 2200"))
    if not starts_at < ends_at <= starts_at + _LONGEST_OVERRIDE:
        faults.append(Fault("/ends_at", "must be after starts_at, by a year at most"))
    if user_id == replaces_user_id:
        faults.append(Fault("/replaces_user_id", "must be somebody else than user_id"))
    if faults:
        raise Invalid("on_call_override_invalid", "The override cannot be stored like this.", faults=faults)


def check_staff(values: Mapping[str, UUID | None], known: Iterable[Any]) -> None:
    """Raises NotFound unless the users that the fields name are active users of the workspace."""
    if {user_id for user_id in values.values() if user_id is not None} - set(known):
        raise NotFound("user_not_found", "Nobody active here has this id.")


def department_of_override(department_id: UUID | None, replaces_user_id: UUID | None, workers: Iterable[Worker]) -> UUID | None:
    """The department that an override is for: the one that it names, or else that of whom it replaces.

    Raises Invalid where it names another one than the one whom it replaces works in: there they have no shifts that anybody could take over.
    """
    if replaces_user_id is None:
        return department_id
    own = next((worker.department_id for worker in workers if worker.id == replaces_user_id), None)
    if department_id not in (None, own):
        raise Invalid(
            "on_call_override_invalid",
            "The override cannot be stored like this.",
            faults=[Fault("/department_id", "must be the department of replaces_user_id, or be left out")],
        )
    return own


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def moment_of(day: date, minutes: int, zone: ZoneInfo, *, last: bool) -> datetime:
    """The moment of a time of day, up to 24:00; the first or the last one where it comes twice, the first one after it where it does not come."""
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second if last else first
    # It does not come. `second` is before the change of the clock, `first` after it.
    return _change_between(second, first, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment from which the zone's offset is another one than `before`."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after

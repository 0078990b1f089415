"""What a report is of, and how its numbers are put together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from chassis.errors import Fault, Invalid

# One hour more: clocks that are set back within it.
LONGEST = timedelta(days=366, hours=1)
# So that a report is made within the time of a call.
MOST_EVENTS = 500_000
MOST_USERS = 500
MOST_CLIENTS = 100

# How much of the past thresholds are learnt from: the first of these that has no more events than a report may be of.
PASTS = (90, 30, 7)
# So many in a hundred of the past's days lie at or below a threshold.
PERCENTILE = 99
# With fewer days than this nothing is learnt.
LEAST_DAYS_SEEN = 100
# No threshold is lower: of a quiet past nearly every day would be unusual.
LEAST_BULK, LEAST_AFTER_HOURS = 100, 10
MOST_UNUSUAL = 100

# The codes of refusals for want of a permission.
DENIALS = frozenset(
    {
        "caller_not_allowed",
        "client_phi_not_permitted",
        "client_restricted",
        "job_not_permitted",
        "not_for_api_keys",
        "not_the_supervisor",
        "own_broken_glass",
        "own_note",
        "own_role",
        "own_second_factor",
        "own_sign_in_required",
        "permission_denied",
        "scope_not_held",
        "signed_by_another",
    }
)
# What changes what somebody may do.
PERMISSION_CHANGES = (
    "activate_user", "change_role", "create_api_key", "create_user", "deactivate_user", "delete_api_key", "remove_second_factor",
    "set_care_team", "set_provider", "unlock_user",
)  # fmt: skip
BROKEN, REVIEWED = "break_glass", "review_broken_glass"
_SIGN_IN = "LOGIN"
_READS = frozenset({"READ", "PRINT"})
_EXPORTS = frozenset({"EXPORT", "SHARE"})
_CLOCK = "%H:%M"


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes after midnight, and days of the week, of which 1 is Monday."""

    opens: int
    closes: int
    weekdays: list[int]


@dataclass(slots=True)
class Accesses:
    """How often somebody did something."""

    events: int = 0
    reads: int = 0
    changes: int = 0
    exports: int = 0

    def add(self, action: str, number: int) -> None:
        self.events += number
        if action in _READS:
            self.reads += number
        elif action in _EXPORTS:
            self.exports += number
        else:
            self.changes += number

    def add_all(self, other: "Accesses") -> None:
        self.events += other.events
        self.reads += other.reads
        self.changes += other.changes
        self.exports += other.exports


@dataclass(slots=True)
class Tally:
    """Events, by what they were and by who did them."""

    events: int = 0
    by_name: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    by_user: dict[UUID | None, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: Mapping[str, Any], name: str = "") -> None:
        self.events += row["number"]
        self.by_name[name] += row["number"]
        self.by_user[row["user_id"]] += row["number"]

    def names(self) -> list[tuple[str, int]]:
        return _largest(self.by_name, len(self.by_name))

    def users(self) -> list[tuple[UUID | None, int]]:
        return _largest(self.by_user, MOST_USERS)


def check_range(start: datetime, end: datetime) -> None:
    """Raises Invalid unless the end comes after the start, and within 366 days."""
    if not start < end <= start + LONGEST:
        raise Invalid(
            "report_range_invalid",
            "There is no report of such a time.",
            faults=[Fault("/end_date", "must be after start_date, by 366 days at most")],
        )


def check_zone(name: str) -> None:
    """Raises Invalid unless there is such a time zone."""
    if name not in _zones():
        raise Invalid("report_range_invalid", faults=[Fault("/time_zone", "must be an IANA time zone")])


def check_number(events: int) -> None:
    if events > MOST_EVENTS:
        raise Invalid(
            "report_too_large",
            "There are too many events in this time for one report.",
            facts={"most_events": MOST_EVENTS},
            faults=[Fault("/end_date", "must be nearer to start_date")],
        )


def hours(start: str, end: str, weekdays: Sequence[int]) -> Hours:
    """Raises Invalid for times that are none, that are not in order, and for days that there are not."""
    try:
        opens, closes = _minutes(start), _minutes(end)
    except ValueError:
        opens = closes = 0
    if opens >= closes or not weekdays or not set(weekdays) <= set(range(1, 8)):
        raise Invalid("report_range_invalid", faults=[Fault("/office_hours", "must have a start before its end")])
    return Hours(opens, closes, list(weekdays))


def is_denial(row: Mapping[str, Any]) -> bool:
    return row["action"] != _SIGN_IN and row["code"] in DENIALS


def is_failed_sign_in(row: Mapping[str, Any]) -> bool:
    return bool(row["action"] == _SIGN_IN)


def accesses(rows: Iterable[Mapping[str, Any]], types_without_phi: Collection[str]) -> dict[UUID | None, Accesses]:
    """What everybody did, successfully, with what may hold PHI."""
    found: dict[UUID | None, Accesses] = defaultdict(Accesses)
    for row in rows:
        if row["outcome"] == "success" and row["resource_type"] not in types_without_phi:
            found[row["user_id"]].add(row["action"], row["number"])
    return dict(sorted(found.items(), key=lambda each: (-each[1].events, str(each[0]))))


def after_hours(rows: Iterable[Mapping[str, Any]], types_without_phi: Collection[str]) -> Tally:
    """The same outside office hours, of people and API keys: services work at night."""
    found = Tally()
    for row in rows:
        is_counted = row["outcome"] == "success" and row["resource_type"] not in types_without_phi
        if is_counted and row["is_after_hours"] and row["user_id"] is not None:
            found.add(row)
    return found


@dataclass(frozen=True, slots=True)
class UnusualDays:
    """Days on which somebody did more than `threshold`, those with most first."""

    threshold: int
    is_learnt: bool
    days_seen: int
    days: list[tuple[UUID, str, int]]


def unusual(past: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]], name: str, least: int) -> UnusualDays:
    """What of `now` is above the nearest-rank percentile of `past`. Both have a row for each day of each user; days without any are none."""
    seen = sorted(row[name] for row in past if row[name])
    is_learnt = len(seen) >= LEAST_DAYS_SEEN
    threshold = max(least, seen[-(-len(seen) * PERCENTILE // 100) - 1]) if is_learnt else least
    found = [(row["user_id"], row["day"], row[name]) for row in now if row[name] > threshold]
    found.sort(key=lambda each: (-each[2], each[1], str(each[0])))
    return UnusualDays(threshold, is_learnt and threshold > least, len(seen), found[:MOST_UNUSUAL])


def by_role(of_users: Mapping[UUID | None, Accesses], roles: Mapping[UUID | None, str | None]) -> list[tuple[str | None, int, Accesses]]:
    """The role, how many had it, and what they did together."""
    users: dict[str | None, int] = defaultdict(int)
    sums: dict[str | None, Accesses] = defaultdict(Accesses)
    for user_id, done in of_users.items():
        role = roles.get(user_id)
        users[role] += user_id is not None
        sums[role].add_all(done)
    return [(role, users[role], sums[role]) for role in sorted(sums, key=lambda role: (-sums[role].events, role or ""))]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _minutes(clock: str) -> int:
    time = datetime.strptime(clock, _CLOCK)  # noqa: DTZ007 - a time of day alone
    return time.hour * 60 + time.minute


def _largest(counts: Mapping[Any, int], most: int) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))[:most]

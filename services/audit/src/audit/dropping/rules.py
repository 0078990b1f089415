"""Which months may be dropped, and what keeps one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from audit.retention.rules import SHORTEST

_JANUARY, _DECEMBER = 1, 12


@dataclass(frozen=True, slots=True)
class Month:
    """What a workspace has in a month: how many events, up to when they were promised to be kept, and where they are in its chain."""

    events: int
    kept_until: date
    first_sequence: int | None
    last_sequence: int | None
    # Events that are not in the chain.
    unchained: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a workspace's chain: whether a pass of the verification has found it whole, and how far it is covered by a tree head that is stored."""

    is_intact: bool
    covered: int


def months_over(names: Sequence[str], *, now: datetime) -> list[date]:
    """The months of the partitions' names (`audit_events_2016_03`) that ended six years ago, the oldest first."""
    found = sorted(month for name in names if (month := month_of(name)) is not None)
    today = now.astimezone(UTC).date()
    return [month for month in found if (end := next_month(month)).replace(year=end.year + SHORTEST) <= today]


def month_of(name: str) -> date | None:
    """The month of a partition's name; None of the default one."""
    return date(int(name[-7:-3]), int(name[-2:]), 1) if name[-7:].replace("_", "").isdigit() else None


def next_month(month: date) -> date:
    return month.replace(year=month.year + 1, month=_JANUARY) if month.month == _DECEMBER else month.replace(month=month.month + 1)


def kept_by(month: Month, standing: Standing, *, is_held: bool, today: date) -> str | None:
    """What keeps the events of a workspace in a month; None where nothing does."""
    if month.kept_until > today:
        return "retention"
    if is_held:
        return "legal_hold"
    return is_missing(month, standing)


def is_missing(month: Month, standing: Standing) -> str | None:
    """What of a workspace's events in a month is still to be chained, verified or covered; None if nothing is."""
    if month.unchained:
        return "not_in_chain"
    if not standing.is_intact:
        return "not_verified"
    if standing.covered < (month.last_sequence or 0):
        return "not_anchored"
    return None


def runs(sequences: Sequence[int], longest: int) -> Iterator[tuple[int, int]]:
    """The first and last of each run of numbers without a gap. A run ends where a multiple of `longest` does."""
    first = before = None
    for sequence in sequences:
        if first is None or before is None:
            first = sequence
        elif sequence != before + 1 or before % longest == 0:
            yield first, before
            first = sequence
        before = sequence
    if first is not None and before is not None:
        yield first, before

"""Which backups are kept: decisions alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest backups, and the newest one of each of so many days, weeks and months that have one."""

    last: int
    daily: int
    weekly: int
    monthly: int


def expired(moments: Mapping[str, datetime], kept: Kept) -> list[str]:
    """The names of the backups that are not kept any more, the oldest first. The newest one is always kept."""
    newest_first = sorted(moments, key=lambda name: (moments[name], name), reverse=True)
    stay = set(newest_first[: max(1, kept.last)])
    spans: Iterable[tuple[int, Callable[[datetime], object]]] = (
        (kept.daily, datetime.date),
        (kept.weekly, lambda moment: moment.isocalendar()[:2]),
        (kept.monthly, lambda moment: (moment.year, moment.month)),
    )
    for number, span_of in spans:
        seen: set[object] = set()
        for name in newest_first:
            span = span_of(moments[name])
            if len(seen) < number and span not in seen:
                seen.add(span)
                stay.add(name)
    return [name for name in reversed(newest_first) if name not in stay]

"""Which segments are made into one. A workspace has few of each size, so a search reads few; each note is moved a few times in its life."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

# So many segments of one size are made into one, which is of the next size.
TOGETHER = 4
# Segments of the smallest size have fewer notes.
_SMALLEST = 1_024
# A segment has no more notes, so that a list of all of them is read at once.
MOST_NOTES = 128 * 1_024
# How long the words of an erased note may stay in a segment before it is made anew.
ERASED_FOR = timedelta(hours=1)
# A segment is made anew when one note of so many is dead.
_WORN = 4


@dataclass(frozen=True, slots=True)
class Size:
    """What is known of a segment without reading it."""

    id: UUID
    documents: int
    dead: int
    erased_at: datetime | None

    @property
    def living(self) -> int:
        return self.documents - self.dead


def to_be_merged(sizes: Iterable[Size], now: datetime) -> Sequence[UUID]:
    """The segments to be made into one next; none where all is well."""
    known = sorted(sizes, key=lambda size: size.living)
    for size in known:
        if size.dead * _WORN >= size.documents or (size.erased_at is not None and size.erased_at <= now - ERASED_FOR):
            return [size.id]
    by_level: dict[int, list[Size]] = {}
    for size in known:
        by_level.setdefault(_level(size.living), []).append(size)
    for level in sorted(by_level):
        together = _fitting(by_level[level][:TOGETHER])
        if len(by_level[level]) >= TOGETHER and len(together) > 1:
            return [size.id for size in together]
    return []


def _level(notes: int) -> int:
    level = 0
    while notes >= _SMALLEST:
        notes //= TOGETHER
        level += 1
    return level


def _fitting(sizes: Iterable[Size]) -> Sequence[Size]:
    fitting: list[Size] = []
    notes = 0
    for size in sizes:
        notes += size.living
        if notes > MOST_NOTES:
            break
        fitting.append(size)
    return fitting

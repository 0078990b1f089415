"""The page of a list that a request asks for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.errors import Fault, Invalid

# With the most entries on each, its offset still is an integer to PostgreSQL.
LAST_PAGE = 10_000_000
# Rows of a list without pages that are read for one part of its answer.
ROWS_IN_A_PART = 50
_ALL = 2**31 - 1
# Comes before every item of a list.
BEGINNING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Page:
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Part:
    """Up to `limit` items after the one with this id. An item keeps its place in the list, so parts neither repeat nor skip one."""

    limit: int
    after: UUID


def page(request: Any, *, default: int = 50, most: int = 100) -> Page:
    """The page a request asks for, without the rows of it that the caller has already. 0 means the default. Invalid outside 1..most."""
    number, size = request.page or 1, request.page_size or default
    faults = []
    if not 1 <= number <= LAST_PAGE:
        faults.append(Fault("/page", f"must be from 1 to {LAST_PAGE}"))
    if not 1 <= size <= most:
        faults.append(Fault("/page_size", f"must be from 1 to {most}"))
    skip = getattr(request, "skip", 0)
    if not 0 <= skip <= max(size, 0):
        faults.append(Fault("/skip", "must be from 0 to page_size"))
    if faults:
        raise Invalid("page_out_of_range", "There is no such page.", faults=faults)
    return Page(limit=size - skip, offset=(number - 1) * size + skip)


def part(request: Any) -> Part:
    """The items of a list without pages that a request asks for: all, or one part of them for a caller who sets `after`."""
    if not request.HasField("after"):
        return Part(limit=_ALL, after=BEGINNING)
    return Part(limit=ROWS_IN_A_PART, after=UUID(request.after))

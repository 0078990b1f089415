"""The page of a list that a request asks for."""

from dataclasses import dataclass
from typing import Any

from chassis.errors import Fault, Invalid

# With the most entries on each, its offset still is an integer to PostgreSQL.
LAST_PAGE = 10_000_000


@dataclass(frozen=True, slots=True)
class Page:
    limit: int
    offset: int


def page(request: Any, *, default: int = 50, most: int = 100) -> Page:
    """The page a request asks for; 0 means the default. Invalid outside 1..most."""
    number, size = request.page or 1, request.page_size or default
    faults = []
    if not 1 <= number <= LAST_PAGE:
        faults.append(Fault("/page", f"must be from 1 to {LAST_PAGE}"))
    if not 1 <= size <= most:
        faults.append(Fault("/page_size", f"must be from 1 to {most}"))
    if faults:
        raise Invalid("page_out_of_range", "There is no such page.", faults=faults)
    return Page(limit=size, offset=(number - 1) * size)

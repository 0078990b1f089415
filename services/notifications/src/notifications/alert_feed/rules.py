"""Where a stream goes on, and who sees the same as others."""

from collections.abc import Iterable
from uuid import UUID

_ALL = "*"


def goes_on(generation: str | None, after: int | None, *, now: str, oldest: int | None, newest: int) -> bool:
    """Whether everything after the number can be told: it is one of this log, and nothing that followed it is deleted."""
    if generation != now or after is None or not 0 <= after <= newest:
        return False
    return after == newest or (oldest is not None and oldest <= after + 1)


def audience(departments: Iterable[UUID], *, sees_all: bool) -> str:
    """A name that is the same for all who see the same alerts."""
    return _ALL if sees_all else ",".join(sorted(map(str, departments)))

"""What a step does: which levels it goes through, and whom each of them finds.

A level that finds nobody is recorded and passed over at once. The last level is told again until somebody answers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

ADMINISTRATORS = frozenset({"owner", "admin"})


class Level(Protocol):
    @property
    def notify_roles(self) -> Collection[str]: ...
    @property
    def notify_on_call(self) -> bool: ...
    @property
    def channels(self) -> Collection[str]: ...


class Worker(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def role(self) -> str: ...
    @property
    def department_id(self) -> UUID | None: ...
    @property
    def oversees(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Passage:
    """From one level (0: none yet) to another, and who is told there. `reason`: timeout, manual or no_response."""

    from_level: int
    to_level: int
    reason: str
    found: frozenset[UUID]


def passages(
    levels: Sequence[Level],
    level: int,
    reason: str,
    *,
    workers: Iterable[Worker],
    on_call: Mapping[UUID | None, Collection[UUID]],
    department_id: UUID | None,
) -> list[Passage]:
    """From `level` to the next one that finds somebody, or to the last one; all that are passed over are there, too."""
    workers = list(workers)
    made: list[Passage] = []
    while True:
        to_level = min(level + 1, len(levels))
        found = whom(levels[to_level - 1], workers, on_call, department_id)
        made.append(Passage(level, to_level, reason, found))
        if found or to_level == len(levels):
            return made
        level, reason = to_level, "no_response"


def whom(
    level: Level, workers: Iterable[Worker], on_call: Mapping[UUID | None, Collection[UUID]], department_id: UUID | None
) -> frozenset[UUID]:
    """Who is told at a level: those of its roles who see the alert, and those who are on call for it."""
    found = {worker.id for worker in workers if worker.role in level.notify_roles and _sees(worker, department_id)}
    if level.notify_on_call:
        groups = on_call.values() if department_id is None else [on_call.get(department_id, ())]
        found.update(user_id for group in groups for user_id in group)
    return frozenset(found)


def administrators(workers: Iterable[Worker]) -> frozenset[UUID]:
    """Who is told that an alert finds nobody."""
    return frozenset(worker.id for worker in workers if worker.role in ADMINISTRATORS)


def roles_of(levels: Iterable[Level]) -> frozenset[str]:
    """The roles that any of the levels tells, and those who are told that no level finds anybody."""
    return ADMINISTRATORS.union(*(level.notify_roles for level in levels))


def told_by_webhooks(levels: Iterable[Level]) -> bool:
    """Whether one of the levels is told to the workspace's own systems."""
    return any("webhook" in level.channels for level in levels)


def tells_people(level: Level) -> bool:
    """Whether the level reaches people without the workspace's own systems."""
    return bool({"stream", "email"}.intersection(level.channels))


def is_due(alert: Mapping[str, Any], field: str) -> bool:
    """Whether the moment that the field names has come, by the clock that locked the alert."""
    return alert[field] is not None and alert[field] <= alert["now"]


def _sees(worker: Worker, department_id: UUID | None) -> bool:
    return worker.oversees or department_id is None or worker.department_id == department_id

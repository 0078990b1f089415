"""Rows found by id, for many calls at once: those of one workspace that ask for the same kind at the same moment share a statement.

A hospital's people are in one workspace, and what most of them do most of the time is to open a record. What a statement
costs beyond its rows (crossing, transaction, planning) is then paid once for all who came meanwhile.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.db.statement import Statement

if TYPE_CHECKING:
    from chassis.db.database import Database
    from chassis.db.transaction import Record

# A statement may take as long as the longest call.
_SECONDS = 10.0
# How many statements of one kind and workspace run at a time; who comes meanwhile goes with the next.
_MOST_AT_A_TIME = 2
_MOST_IDS = 500
Rows = dict[UUID, "Record"]


@dataclass(slots=True, eq=False)
class _Group:
    """Those who go together."""

    rows: asyncio.Future[Rows]
    params: Mapping[str, Any]
    ids: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class _Kind:
    """One statement in one workspace: the groups that wait, and how many run."""

    waiting: list[_Group] = field(default_factory=list)
    running: int = 0


class Together:
    """The shared reading of one service's database."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._kinds: dict[tuple[Statement, UUID], _Kind] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, stmt: Statement, key: str, workspace_id: UUID, ids: Iterable[UUID], params: Mapping[str, Any]) -> Rows:
        """The rows whose `key` is among the ids, by it; a group's `params` are those of its first. TypeError unless it only reads."""
        if not stmt.only_reads:
            raise TypeError(f"it may do more than read, and is not to be shared: {stmt.sql}")
        kind = self._kinds.setdefault((stmt, workspace_id), _Kind())
        if not kind.waiting or len(kind.waiting[-1].ids) >= _MOST_IDS:
            kind.waiting.append(_Group(asyncio.get_running_loop().create_future(), params))
            if kind.running < _MOST_AT_A_TIME:
                kind.running += 1
                task = asyncio.create_task(self._run(stmt, key, workspace_id, kind), name="read-together")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        group = kind.waiting[-1]
        group.ids.update(ids)
        # Shielded: who gives up does so alone.
        return await asyncio.shield(group.rows)

    async def _run(self, stmt: Statement, key: str, workspace_id: UUID, kind: _Kind) -> None:
        """Reads for one group after another until none waits."""
        try:
            while kind.waiting:
                await self._read(stmt, key, workspace_id, kind.waiting.pop(0))
        finally:
            kind.running -= 1
            if not kind.running and not kind.waiting:
                self._kinds.pop((stmt, workspace_id), None)

    async def _read(self, stmt: Statement, key: str, workspace_id: UUID, group: _Group) -> None:
        try:
            async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
                rows = await tx.all(stmt, ids=list(group.ids), **group.params)
        except Exception as error:  # noqa: BLE001 - it is theirs who wait
            group.rows.set_exception(error)
            # Or the loop would complain where everybody has given up meanwhile.
            group.rows.exception()
        except BaseException:
            group.rows.cancel()
            raise
        else:
            group.rows.set_result({row[key]: row for row in rows})

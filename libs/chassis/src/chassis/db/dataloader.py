"""Finds rows by id for many calls at once: calls of one workspace that need the same statement at the same moment share one run of it.

A hospital's people are in one workspace, and what most of them do most of the time is to open a record. What a statement
costs beyond its rows (round trip, transaction, planning) is then paid once for all who asked meanwhile.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from chassis.db.statement import Statement
from chassis.db.transaction import Record, Transaction

# A statement may take as long as the longest call.
_SECONDS = 10.0
# How many statements of one question run at a time; whoever asks meanwhile waits for the next.
_MOST_AT_A_TIME = 2
_MOST_IDS = 500

Rows: TypeAlias = dict[UUID, Record]


@dataclass(frozen=True, slots=True)
class _Question:
    """What callers must agree on to share a statement: all but the ids."""

    stmt: Statement
    key: str
    workspace_id: UUID
    # Where row security shows one reader what it does not show another.
    reader: UUID | None
    params: tuple[tuple[str, Any], ...]


@dataclass(slots=True, eq=False)
class _Batch:
    """Ids that one statement reads, and its rows once it has."""

    rows: asyncio.Future[Rows]
    ids: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class _Batches:
    """The batches of one question: those that wait, and how many run."""

    waiting: list[_Batch] = field(default_factory=list)
    running: int = 0


class Dataloader:
    """The shared reading of one service's database; `transaction(workspace_id, seconds=…)` opens the transactions it reads in."""

    def __init__(self, transaction: Callable[..., AbstractAsyncContextManager[Transaction]]) -> None:
        self._transaction = transaction
        self._batches: dict[_Question, _Batches] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(
        self,
        stmt: Statement,
        key: str,
        workspace_id: UUID,
        ids: Iterable[UUID],
        params: Mapping[str, Any],
        *,
        reader: UUID | None = None,
    ) -> Rows:
        """The rows whose `key` is among the ids, by it. TypeError for a command, or parameters that cannot be compared (hashed)."""
        if not stmt.reads:
            raise TypeError(f"a command is not shared: {stmt.sql}")
        question = _Question(stmt, key, workspace_id, reader, tuple(sorted(params.items())))
        batches = self._batches.setdefault(question, _Batches())
        if not batches.waiting or len(batches.waiting[-1].ids) >= _MOST_IDS:
            batches.waiting.append(_Batch(asyncio.get_running_loop().create_future()))
            if batches.running < _MOST_AT_A_TIME:
                batches.running += 1
                task = asyncio.create_task(self._run(question, batches), name="dataloader")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        batch = batches.waiting[-1]
        batch.ids.update(ids)
        # Shielded: a caller that is cancelled takes nobody's rows away.
        return await asyncio.shield(batch.rows)

    async def _run(self, question: _Question, batches: _Batches) -> None:
        """Reads one batch after another until none waits."""
        try:
            while batches.waiting:
                await self._read(question, batches.waiting.pop(0))
        finally:
            batches.running -= 1
            if not batches.running and not batches.waiting:
                self._batches.pop(question, None)

    async def _read(self, question: _Question, batch: _Batch) -> None:
        try:
            async with self._transaction(question.workspace_id, seconds=_SECONDS, reader=question.reader) as tx:
                found = await tx.all(question.stmt, ids=list(batch.ids), **dict(question.params))
            rows = {row[question.key]: row for row in found}
        except Exception as error:  # noqa: BLE001 - raised for those who wait
            batch.rows.set_exception(error)
            # Else the loop would complain where every caller has been cancelled meanwhile.
            batch.rows.exception()
        except BaseException:
            batch.rows.cancel()
            raise
        else:
            batch.rows.set_result(rows)

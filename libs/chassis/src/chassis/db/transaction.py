"""One transaction, begun by its first statement and confined to one workspace by a setting that row security reads."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from chassis.db.errors import LOST, nothing_here, refusals
from chassis.db.pool import OpenRead, Pool
from chassis.db.statement import Statement

_SECONDS_TO_ROLL_BACK = 2.0

Record: TypeAlias = asyncpg.Record
FirstStatement = Callable[[Any, float | None], Awaitable[None]]


class TransactionEnded(RuntimeError):
    """A statement came after COMMIT or ROLLBACK, or while they ran."""


class CommitFailed(RuntimeError):
    """PostgreSQL answered ROLLBACK to COMMIT: a statement had failed, and whoever ran it went on. Nothing was kept."""


class Transaction:
    """Runs statements one after another; callers may gather them. `commit` and `rollback` are its owner's to call.

    `first`, if given, runs on the connection right after BEGIN (with the seconds that remain), in the same transaction; what it raises
    is raised by every statement. With a `reader` row security shows what this user may open (see care_teams). After the end every statement raises TransactionEnded.
    """

    __slots__ = (
        "_connection", "_deadline", "_ended", "_first", "_first_error", "_inherited", "_lock", "_only_read", "_pool", "_since",
        "reader", "workspace_id",
    )  # fmt: skip

    def __init__(
        self,
        pool: Pool,
        workspace_id: UUID | None,
        *,
        reader: UUID | None = None,
        deadline: float | None = None,
        first: FirstStatement | None = None,
    ) -> None:
        self.workspace_id = workspace_id
        self.reader = reader
        self._pool = pool
        self._deadline = deadline
        self._first = first
        self._first_error: Exception | None = None
        self._connection: Any = None
        self._since = 0.0
        # Whether it continues a transaction that an earlier reader left open.
        self._inherited = False
        self._only_read = True
        self._ended = False
        self._lock = asyncio.Lock()

    @property
    def begun(self) -> bool:
        """Whether a statement has run, or is about to."""
        return self._connection is not None or self._lock.locked()

    async def one(self, stmt: Statement, **params: Any) -> Record:
        """The row; NotFound when there is none."""
        row = await self.maybe(stmt, **params)
        if row is None:
            raise nothing_here()
        return row

    async def maybe(self, stmt: Statement, **params: Any) -> Record | None:
        """The first row, or None."""
        row: Record | None = await self._ask("fetchrow", stmt, params)
        return row

    async def all(self, stmt: Statement, **params: Any) -> list[Record]:
        rows: list[Record] = await self._ask("fetch", stmt, params)
        return rows

    async def run(self, stmt: Statement, **params: Any) -> int:
        """How many rows it touched."""
        status: str = await self._ask("execute", stmt, params)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def many(self, stmt: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs the statement once per row, in one pipelined round trip."""
        arguments = [stmt.arguments(self._with_workspace(stmt, row)) for row in rows]
        async with self._lock:
            connection = await self._begin(reads=False)
            with refusals():
                await connection.executemany(stmt.sql, arguments, timeout=self._remaining())

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails inside is undone alone; the transaction goes on."""
        await self.execute("SAVEPOINT inner_work")
        try:
            yield
        except BaseException:
            await self.execute("ROLLBACK TO SAVEPOINT inner_work")
            raise
        await self.execute("RELEASE SAVEPOINT inner_work")

    @asynccontextmanager
    async def confined_to(self, workspace_id: UUID) -> AsyncIterator[None]:
        """The statements of the block are confined to another workspace, in this same transaction. Nobody else may use it meanwhile."""
        own = self.workspace_id
        if workspace_id == own:
            yield
            return
        await self.execute(_pin(workspace_id, self.reader))
        self.workspace_id = workspace_id
        try:
            yield
        except BaseException:
            self.workspace_id = own
            # A transaction that has failed takes no further statement, and not this one either.
            with suppress(Exception):
                await self.execute(_pin(own, self.reader))
            raise
        self.workspace_id = own
        await self.execute(_pin(own, self.reader))

    async def execute(self, sql: str, *arguments: Any) -> None:
        """Runs SQL text that returns no rows."""
        async with self._lock:
            connection = await self._begin(reads=False)
            with refusals():
                await connection.execute(sql, *arguments, timeout=self._remaining())

    async def connection(self) -> "asyncpg.Connection[Record]":
        """The connection itself, in the transaction, for what statements cannot say (COPY)."""
        async with self._lock:
            begun: asyncpg.Connection[Record] = await self._begin(reads=False)
            return begun

    async def start_over(self) -> None:
        """Undoes what was done, gives back all locks, and begins again on the same connection.

        For whoever has written in vain and is about to wait for others, who might be waiting for what was written: of what a
        transaction takes nothing can be given back but all.
        """
        async with self._lock:
            if self._connection is None:
                return
            if self._ended:
                raise TransactionEnded("this transaction has ended; a statement must be awaited before its call ends")
            connection, self._connection, self._inherited = self._connection, None, False
            await self._send_begin(connection, ending="ROLLBACK")
            self._connection = connection
            if self._first is not None:
                await self._run_first(self._first, connection)

    def release_if_read_only(self) -> bool:
        """Ends a transaction that has only read, without waiting; False where there is something to commit."""
        if self._lock.locked() or not self._only_read:
            return False
        self._ended = True
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._pool.release_open(OpenRead(connection, (self.workspace_id, self.reader), self._since))
        return True

    async def commit(self) -> None:
        """Ends the transaction, if it began. CommitFailed when PostgreSQL rolled it back instead; Unavailable when it does not answer."""
        self._ended = True
        async with self._lock:
            if self._connection is None:
                return
            connection, self._connection = self._connection, None
            try:
                with refusals():
                    status = await connection.execute("COMMIT", timeout=self._remaining(at_least=_SECONDS_TO_ROLL_BACK))
            except BaseException:
                await self._pool.release(connection, broken=True)
                raise
            await self._pool.release(connection)
        if status != "COMMIT":
            raise CommitFailed("the transaction had failed; its changes are undone")

    async def rollback(self) -> None:
        """Undoes what was done, if anything; a connection on which this fails is closed."""
        self._ended = True
        async with self._lock:
            if self._connection is None:
                return
            connection, self._connection = self._connection, None
            try:
                await connection.execute("ROLLBACK", timeout=_SECONDS_TO_ROLL_BACK)
            except LOST:
                await self._pool.release(connection, broken=True)
            except BaseException:
                await self._pool.release(connection, broken=True)
                raise
            else:
                await self._pool.release(connection)

    async def _ask(self, how: str, stmt: Statement, params: dict[str, Any]) -> Any:
        arguments = stmt.arguments(self._with_workspace(stmt, params))
        async with self._lock:
            # A lock that is the first statement travels with BEGIN.
            lock = stmt.written_out(arguments) if stmt.only_locks and self._connection is None and self._first is None else None
            connection = await self._begin(reads=stmt.reads, lock=lock)
            if lock is not None:
                return "SELECT 1"
            began = time.perf_counter()
            try:
                with refusals():
                    return await getattr(connection, how)(stmt.sql, *arguments, timeout=self._remaining())
            except BaseException:
                # Nobody can read on in a transaction that has failed.
                self._only_read = False
                raise
            finally:
                self._pool.took(stmt.sql, time.perf_counter() - began)

    def _with_workspace(self, stmt: Statement, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if "workspace_id" in stmt.names and "workspace_id" not in params:
            return {**params, "workspace_id": self.workspace_id}
        return params

    async def _begin(self, *, reads: bool, lock: str | None = None) -> Any:
        """The connection, in the transaction. A statement that `reads` may continue an earlier reader's of the same workspace.

        `lock` is a statement that a new transaction begins with; its result is dropped.
        """
        if self._ended:
            raise TransactionEnded("this transaction has ended; a statement must be awaited before its call ends")
        if self._first_error is not None:
            raise self._first_error
        reads = reads and self._first is None
        self._only_read = self._only_read and reads
        if self._connection is None:
            sees = self.workspace_id, self.reader
            connection, open_read = await self._pool.acquire_for_read(self._remaining(), sees)
            if reads and open_read is not None and open_read.sees == sees and open_read.is_young:
                self._inherited, self._since = True, open_read.since
            else:
                await self._send_begin(connection, ending=None if open_read is None else "COMMIT", lock=lock)
            self._connection = connection
            if self._first is not None:
                await self._run_first(self._first, connection)
        elif self._inherited and not reads:
            # What was read so far holds nothing that could be lost with its transaction.
            connection, self._connection, self._inherited = self._connection, None, False
            await self._send_begin(connection, ending="COMMIT")
            self._connection = connection
        return self._connection

    async def _run_first(self, first: FirstStatement, connection: Any) -> None:
        try:
            await first(connection, self._remaining())
        except BaseException as error:
            # Cancelled, it may not have run: nothing may follow it in this transaction.
            self._first_error = error if isinstance(error, Exception) else TransactionEnded("its first statement was cancelled")
            raise

    async def _send_begin(self, connection: Any, *, ending: str | None = None, lock: str | None = None) -> None:
        """Begins on the connection, after `ending` what is open on it. The workspace is pinned for this transaction alone."""
        self._since = asyncio.get_running_loop().time()
        try:
            with refusals():
                parts = [] if ending is None else [ending]
                parts += ["BEGIN", _pin(self.workspace_id, self.reader)] + ([] if lock is None else [lock])
                await connection.execute("; ".join(parts), timeout=self._remaining())
        except BaseException:
            await self._pool.release(connection, broken=True)
            raise

    def _remaining(self, at_least: float = 0.05) -> float | None:
        if self._deadline is None:
            return None
        return max(self._deadline - asyncio.get_running_loop().time(), at_least)


def _pin(workspace_id: UUID | None, reader: UUID | None) -> str:
    """Confines the transaction, and it alone, to the workspace, and to what the reader may open; without a workspace it sees no row of any."""
    pinned = f"SET LOCAL app.workspace_id = '{'' if workspace_id is None else UUID(str(workspace_id))}'"
    return pinned if reader is None else f"{pinned}; SET LOCAL app.reader = '{UUID(str(reader))}'"

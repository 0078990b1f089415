"""One lazy transaction, confined to one workspace."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import asyncpg

from chassis.db.errors import LOST, nothing_here, refusals
from chassis.db.pool import Reading
from chassis.db.statement import Statement

if TYPE_CHECKING:
    from chassis.db.database import Database

_SECONDS_TO_ROLL_BACK = 2.0
Record: TypeAlias = asyncpg.Record


class Transaction:
    """One lazy transaction. `commit` and `rollback` are its owner's to call: the interceptor's, a reaction's, `Database.transaction`'s."""

    __slots__ = ("_connection", "_database", "_deadline", "_inherited", "_lock", "_only_read", "_since", "workspace_id")

    def __init__(self, database: "Database", workspace_id: UUID | None, deadline: float | None = None) -> None:
        self.workspace_id = workspace_id
        self._database = database
        self._deadline = deadline
        self._connection: Any = None
        self._since = 0.0
        # Whether it goes on in what a reader before it has begun.
        self._inherited = False
        self._only_read = True
        self._lock = asyncio.Lock()

    @property
    def begun(self) -> bool:
        return self._connection is not None

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
            connection = await self._begin()
            self._only_read = False
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

    async def execute(self, sql: str, *arguments: Any) -> None:
        """Runs a command of no rows, in words of its own."""
        async with self._lock:
            connection = await self._begin()
            self._only_read = False
            with refusals():
                await connection.execute(sql, *arguments, timeout=self._remaining())

    async def connection(self) -> "asyncpg.Connection[Record]":
        """The connection itself, begun, for what statements cannot say (COPY, unnest inserts)."""
        async with self._lock:
            begun: asyncpg.Connection[Record] = await self._begin()
            self._only_read = False
            return begun

    def let_go(self) -> bool:
        """Ends a transaction that has only read, without waiting; False where there is something to commit."""
        if self._connection is None:
            return True
        if not self._only_read or self._lock.locked():
            return False
        connection, self._connection = self._connection, None
        self._database.set_aside(Reading(connection, self.workspace_id, self._since))
        return True

    async def commit(self) -> None:
        """Ends the transaction, if it ever began, and gives the connection back."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            with refusals():
                await connection.execute("COMMIT", timeout=self._remaining(at_least=_SECONDS_TO_ROLL_BACK))
        except BaseException:
            await self._database.give_back(connection, broken=True)
            raise
        await self._database.give_back(connection)

    async def rollback(self) -> None:
        """Undoes what was done, if anything; a connection that will not even do that is dropped."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            await connection.execute("ROLLBACK", timeout=_SECONDS_TO_ROLL_BACK)
        except LOST:
            await self._database.give_back(connection, broken=True)
        except BaseException:
            await self._database.give_back(connection, broken=True)
            raise
        else:
            await self._database.give_back(connection)

    async def _ask(self, how: str, stmt: Statement, params: dict[str, Any]) -> Any:
        arguments = stmt.arguments(self._with_workspace(stmt, params))
        # One connection speaks one statement at a time; callers may still gather.
        async with self._lock:
            connection = await self._begin(only_reads=stmt.only_reads)
            self._only_read = self._only_read and stmt.only_reads
            began = time.perf_counter()
            try:
                with refusals():
                    return await getattr(connection, how)(stmt.sql, *arguments, timeout=self._remaining())
            except BaseException:
                # Nobody can read on in a transaction that has failed.
                self._only_read = False
                raise
            finally:
                self._database.took(stmt.sql, time.perf_counter() - began)

    def _with_workspace(self, stmt: Statement, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if "workspace_id" in stmt.names and "workspace_id" not in params:
            return {**params, "workspace_id": self.workspace_id}
        return params

    async def _begin(self, *, only_reads: bool = False) -> Any:
        """The connection, in a transaction: for a statement that `only_reads` in a reader's before it, where that is of the same workspace."""
        if self._connection is None:
            connection, reading = await self._database.lend_aside(self._remaining(), self.workspace_id)
            if only_reads and reading is not None and reading.workspace_id == self.workspace_id and reading.is_young:
                self._inherited, self._since = True, reading.since
            else:
                await self._pin(connection, ends_other=reading is not None)
            self._connection = connection
        elif self._inherited and not only_reads:
            # What was read so far holds nothing that could be lost with its transaction.
            connection, self._connection = self._connection, None
            await self._pin(connection, ends_other=True)
            self._connection, self._inherited = connection, False
        return self._connection

    async def _pin(self, connection: Any, *, ends_other: bool) -> None:
        """Begins on the connection. Whatever was pinned before ends with the transaction it was pinned in."""
        self._since = asyncio.get_running_loop().time()
        try:
            with refusals():
                await connection.execute(f"{'COMMIT; ' if ends_other else ''}BEGIN; {_pin(self.workspace_id)}", timeout=self._remaining())
        except BaseException:
            await self._database.give_back(connection, broken=True)
            raise

    def _remaining(self, at_least: float = 0.05) -> float | None:
        if self._deadline is None:
            return None
        return max(self._deadline - asyncio.get_running_loop().time(), at_least)


def _pin(workspace_id: UUID | None) -> str:
    """Confines the transaction, and it alone, to the workspace; without one it sees no row that belongs to any."""
    return f"SET LOCAL app.workspace_id = '{'' if workspace_id is None else UUID(str(workspace_id))}'"

"""PostgreSQL as every service uses it: statements compiled once, run by asyncpg inside one workspace's transaction.

A statement is a SQLAlchemy Core expression, compiled at import to asyncpg's own SQL; nothing of SQLAlchemy runs
in a request. A transaction opens at its first statement, pinned to a workspace by a transaction-local setting that
row security reads; `BEGIN` and the setting travel together.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from chassis.errors import Conflict, Invalid, NotFound, Refusal, Unavailable
from chassis.pool import Pool, Reading
from chassis.statements import Statement, statement
from chassis.together import Together

_SECONDS_TO_ROLL_BACK = 2.0

# How asyncpg tells that a command got no answer and its connection is of no more use.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)

Record: TypeAlias = asyncpg.Record

__all__ = ["LOST", "Database", "Record", "Statement", "Transaction", "nothing_here", "refusal_of", "refusals", "statement"]


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


class Database:
    """A pool of connections of one role. It connects when first asked, so start order never matters."""

    def __init__(
        self,
        dsn: str,
        *,
        schema: str,
        size: int = 10,
        statement_timeout: float = 15.0,
        lock_timeout: float = 5.0,
        took: Callable[[str, float], None] = lambda _sql, _seconds: None,
    ) -> None:
        self.schema = schema
        # Told of every statement how long it took.
        self.took = took
        settings = {
            "application_name": f"caseload-{schema}",
            "search_path": f"{schema}, public",
            "statement_timeout": str(int(statement_timeout * 1000)),
            "lock_timeout": str(int(lock_timeout * 1000)),
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
            # Solid-state storage and a warm cache: a page found by an index costs little more than the next page.
            "random_page_cost": "1.1",
            # Planned once per connection. To plan a small statement takes longer than to run it, and each time anew it would
            # know hardly more: the workspace is a setting, which the planner does not look into.
            "plan_cache_mode": "force_generic_plan",
            "TimeZone": "UTC",
        }
        self._pool = Pool(dsn, size=size, settings=settings)
        self.together = Together(self)

    @asynccontextmanager
    async def transaction(self, workspace_id: UUID | None, *, seconds: float | None = None) -> AsyncIterator[Transaction]:
        """For work nobody called for: commits at the end, rolls back on any exception."""
        deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
        transaction = Transaction(self, workspace_id, deadline)
        try:
            yield transaction
        except BaseException:
            await asyncio.shield(transaction.rollback())
            raise
        if not transaction.let_go():
            await asyncio.shield(transaction.commit())

    async def lend(self, timeout: float | None = None) -> Any:
        """A free connection, or Unavailable when none can be had in time."""
        with refusals():
            return await self._pool.lend(_patience(timeout))

    async def lend_aside(self, timeout: float | None, workspace_id: UUID | None) -> tuple[Any, Reading | None]:
        """The same, and what is still open on it; of that workspace, if there is any."""
        with refusals():
            return await self._pool.lend_aside(_patience(timeout), workspace_id)

    async def give_back(self, connection: Any, *, broken: bool = False) -> None:
        await self._pool.give_back(connection, broken=broken)

    def set_aside(self, reading: Reading) -> None:
        """Takes back a connection on which a transaction has only read, and is not ended yet."""
        self._pool.set_aside(reading)

    async def ready(self) -> bool:
        """Whether a statement gets through."""
        try:
            async with self.transaction(None, seconds=2.0) as tx:
                await tx.execute("SELECT 1")
        except Refusal:
            return False
        return True

    @property
    def in_use(self) -> int:
        return self._pool.in_use

    async def close(self) -> None:
        await self._pool.close()


def nothing_here() -> NotFound:
    return NotFound("not_found", "There is nothing here under this id.")


def _patience(timeout: float | None) -> float:
    return 10.0 if timeout is None else min(timeout, 10.0)


def _pin(workspace_id: UUID | None) -> str:
    """Confines the transaction, and it alone, to the workspace; without one it sees no row that belongs to any."""
    return f"SET LOCAL app.workspace_id = '{'' if workspace_id is None else UUID(str(workspace_id))}'"


class refusals:  # noqa: N801 - reads as a statement: `with refusals():`
    """Turns what PostgreSQL refuses into a Refusal whose code is the violated constraint's name."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is not None and (refusal := refusal_of(error)) is not None:
            raise refusal from error


def refusal_of(error: BaseException) -> Refusal | None:
    """The Refusal a database error stands for, or None where it is a fault of ours."""
    match error:
        case asyncpg.UniqueViolationError() | asyncpg.ExclusionViolationError():
            return Conflict(str(error.constraint_name))
        case asyncpg.ForeignKeyViolationError():
            return NotFound(str(error.constraint_name))
        case asyncpg.CheckViolationError():
            return Invalid(str(error.constraint_name))
        case asyncpg.NotNullViolationError():
            return Invalid(f"{error.column_name}_required")
        case asyncpg.CharacterNotInRepertoireError() | asyncpg.UntranslatableCharacterError():
            return Invalid("text_not_storable", "The text holds a character that cannot be stored.")
        case (
            asyncpg.LockNotAvailableError()
            | asyncpg.DeadlockDetectedError()
            | asyncpg.SerializationError()
            | asyncpg.QueryCanceledError()
            | asyncpg.PostgresConnectionError()
            # What a database says that takes no connections for now.
            | asyncpg.ObjectNotInPrerequisiteStateError()
            | asyncpg.OperatorInterventionError()
            # It does not know our role, or no longer by this password: not yet prepared, or just being changed.
            | asyncpg.InvalidAuthorizationSpecificationError()
            | asyncpg.InsufficientResourcesError()
            | asyncpg.InternalClientError()
            | OSError()
            | TimeoutError()
        ):
            return Unavailable("database_unavailable", "The database does not answer at the moment.", retry_after=1.0)
        case asyncpg.InterfaceError() if not isinstance(error, asyncpg.DataError):
            return Unavailable("database_unavailable", "The database does not answer at the moment.", retry_after=1.0)
        case _:
            return None

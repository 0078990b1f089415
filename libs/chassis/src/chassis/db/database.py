"""PostgreSQL as every service uses it: statements compiled once, run by asyncpg inside one workspace's transaction.

A statement is a SQLAlchemy Core expression, compiled at import to asyncpg's own SQL; nothing of SQLAlchemy runs
in a request. A transaction opens at its first statement, pinned to a workspace by a transaction-local setting that
row security reads; `BEGIN` and the setting travel together.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from chassis.cancellation import finish_despite_cancellation
from chassis.db.dataloader import Dataloader
from chassis.db.pool import Pool
from chassis.db.transaction import FirstStatement, Transaction
from chassis.errors import Refusal


class Database:
    """A pool of connections of one role. It connects when first asked, so start order never matters.

    `has_readers`: what a transaction sees depends on who reads (see care_teams).
    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str,
        size: int = 10,
        statement_timeout: float = 15.0,
        lock_timeout: float = 5.0,
        has_readers: bool = False,
        took: Callable[[str, float], None] = lambda _sql, _seconds: None,
    ) -> None:
        self.schema = schema
        self.has_readers = has_readers
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
        self._pool = Pool(dsn, size=size, settings=settings, took=took)
        self.dataloader = Dataloader(self.transaction)

    def begin(
        self,
        workspace_id: UUID | None,
        *,
        reader: UUID | None = None,
        deadline: float | None = None,
        first: FirstStatement | None = None,
    ) -> Transaction:
        """A transaction that its owner commits or rolls back; `deadline` is in the loop's time, `reader` and `first` as in Transaction."""
        return Transaction(self._pool, workspace_id, reader=reader if self.has_readers else None, deadline=deadline, first=first)

    @asynccontextmanager
    async def transaction(self, workspace_id: UUID | None, *, seconds: float, reader: UUID | None = None) -> AsyncIterator[Transaction]:
        """A transaction of its own, which may take this many seconds: commits at the end, rolls back on any exception."""
        transaction = self.begin(workspace_id, reader=reader, deadline=asyncio.get_running_loop().time() + seconds)
        try:
            yield transaction
        except BaseException:
            await finish_despite_cancellation(transaction.rollback())
            raise
        if not transaction.release_if_read_only():
            await finish_despite_cancellation(transaction.commit())

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[Any]:
        """A connection without a transaction. Unavailable when none is free in time; closed when anything is raised inside."""
        connection = await self._pool.acquire(timeout)
        try:
            yield connection
        except BaseException:
            await self._pool.release(connection, broken=True)
            raise
        await self._pool.release(connection)

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

    @property
    def waiting(self) -> int:
        return self._pool.waiting

    async def close(self) -> None:
        await self._pool.close()

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

from chassis.db.dataloader import Together
from chassis.db.errors import refusals
from chassis.db.pool import Pool, Reading
from chassis.db.transaction import Transaction
from chassis.errors import Refusal


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


def _patience(timeout: float | None) -> float:
    return 10.0 if timeout is None else min(timeout, 10.0)

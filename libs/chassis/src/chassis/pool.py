"""Connections of one role, lent one at a time.

Whoever has only read need not wait for COMMIT, for there is nothing to be kept: the connection is set aside as it is, and
the next to use it sends COMMIT together with its own BEGIN. Nobody speaks on it in between, and should nobody come for
it within moments, it is ended then, so that the locks of reading are not held for long.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import asyncpg
import orjson

SECONDS_ASIDE = 0.05
_SECONDS_TO_END = 2.0


class Pool:
    """Connects when first asked. `lend` gives a clean connection, `lend_aside` perhaps one whose last transaction is still to be ended."""

    def __init__(self, dsn: str, *, size: int, settings: Mapping[str, str]) -> None:
        self._dsn = dsn
        self._size = size
        self._settings = dict(settings)
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()
        self._aside: list[tuple[Any, asyncio.TimerHandle]] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._waiting = 0

    @property
    def in_use(self) -> int:
        if self._pool is None:
            return 0
        lent: int = self._pool.get_size() - self._pool.get_idle_size()
        return lent - len(self._aside) - len(self._ending)

    async def lend(self, timeout: float) -> Any:
        connection, unended = await self.lend_aside(timeout)
        if unended:
            try:
                await connection.execute("COMMIT", timeout=timeout)
            except BaseException:
                await self.give_back(connection, broken=True)
                raise
        return connection

    async def lend_aside(self, timeout: float) -> tuple[Any, bool]:
        """A connection, and whether `COMMIT` has to come before anything else on it."""
        while self._aside:
            # The one used last: those that are not needed come to rest.
            connection, expiry = self._aside.pop()
            expiry.cancel()
            if not connection.is_closed():
                return connection, True
            await self.give_back(connection, broken=True)
        pool = await self._opened()
        self._waiting += 1
        try:
            return await pool.acquire(timeout=timeout), False
        finally:
            self._waiting -= 1

    def set_aside(self, connection: Any) -> None:
        """Takes back a connection whose transaction has only read and is still open."""
        if self._waiting or self._pool is None:
            self._end_soon(connection)
            return
        expiry = asyncio.get_running_loop().call_later(SECONDS_ASIDE, self._expire, connection)
        self._aside.append((connection, expiry))

    async def give_back(self, connection: Any, *, broken: bool = False) -> None:
        """Takes back a connection whose transaction is ended, or one that is of no more use."""
        if self._pool is None:
            return
        if broken:
            # One whose other end has vanished has left the pool already, and says so.
            with suppress(asyncpg.InterfaceError):
                connection.terminate()
        await self._pool.release(connection)

    async def close(self) -> None:
        if self._pool is None:
            return
        aside, self._aside = self._aside, []
        for connection, expiry in aside:
            expiry.cancel()
            self._end_soon(connection)
        await asyncio.gather(*self._ending, return_exceptions=True)
        pool, self._pool = self._pool, None
        try:
            await asyncio.wait_for(pool.close(), timeout=5.0)
        except TimeoutError:
            pool.terminate()

    def _expire(self, connection: Any) -> None:
        self._aside = [(each, expiry) for each, expiry in self._aside if each is not connection]
        self._end_soon(connection)

    def _end_soon(self, connection: Any) -> None:
        task = asyncio.create_task(self._end(connection), name="pool-end")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, connection: Any) -> None:
        try:
            await connection.execute("COMMIT", timeout=_SECONDS_TO_END)
        except BaseException:  # noqa: BLE001 - there was nothing to keep; a connection that cannot say so is dropped
            await self.give_back(connection, broken=True)
        else:
            await self.give_back(connection)

    async def _opened(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await asyncpg.create_pool(
                        self._dsn,
                        min_size=0,
                        max_size=self._size,
                        init=_teach_json,
                        # Every setting we make is transaction-local, so there is nothing to reset.
                        reset=_nothing_to_reset,
                        statement_cache_size=512,
                        max_cached_statement_lifetime=0,
                        max_inactive_connection_lifetime=0,
                        timeout=5.0,
                        command_timeout=None,
                        server_settings=self._settings,
                    )
        return self._pool


async def _nothing_to_reset(_connection: Any) -> None:
    return None


async def _teach_json(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda value: orjson.loads(value[1:]),
        format="binary",
    )

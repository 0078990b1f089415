"""Connections of one role, lent one at a time.

Whoever has only read need not wait for COMMIT, for there is nothing to be kept: the connection is set aside as it is. The
next to read in the same workspace goes on in its transaction, where each statement sees what is committed by then; anybody
else sends COMMIT together with a BEGIN of their own. Nobody speaks on it in between, and should nobody come for it within
moments, or the transaction grow old, it is ended, so that the locks of reading are not held for long.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

SECONDS_ASIDE = 0.05
# However many read one after another in it.
SECONDS_OPEN = 1.0
_SECONDS_TO_END = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A transaction in which nothing has been done but to read: pinned to one workspace, begun at `since` of the loop's time."""

    connection: Any
    workspace_id: UUID | None
    since: float

    @property
    def is_young(self) -> bool:
        return asyncio.get_running_loop().time() - self.since < SECONDS_OPEN


class Pool:
    """Connects when first asked. `lend` gives a clean connection, `lend_aside` perhaps one in a reader's transaction.

    It counts by itself how many are out, so that whoever waits takes over from a reader at once, transaction and all.
    """

    def __init__(self, dsn: str, *, size: int, settings: Mapping[str, str]) -> None:
        self._dsn = dsn
        self._size = size
        self._settings = dict(settings)
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()
        # How many more may go out; lent, set aside and being ended are all out.
        self._left = size
        self._aside: list[tuple[Reading, asyncio.TimerHandle]] = []
        self._ending: set[asyncio.Task[None]] = set()
        # Each is told a Reading to go on with, or None for a place among those that may go out.
        self._waiting: deque[asyncio.Future[Reading | None]] = deque()

    @property
    def in_use(self) -> int:
        return self._size - self._left - len(self._aside) - len(self._ending)

    async def lend(self, timeout: float) -> Any:
        """A connection on which nothing is open; TimeoutError when none comes free in time."""
        connection, reading = await self._lend(timeout, None, clean=True)
        if reading is not None:
            try:
                await connection.execute("COMMIT", timeout=timeout)
            except BaseException:
                await self.give_back(connection, broken=True)
                raise
        return connection

    async def lend_aside(self, timeout: float, workspace_id: UUID | None) -> tuple[Any, Reading | None]:
        """A connection, and what is still open on it: if it can be, a transaction of that workspace."""
        return await self._lend(timeout, workspace_id)

    async def _lend(self, timeout: float, workspace_id: UUID | None, *, clean: bool = False) -> tuple[Any, Reading | None]:
        until = asyncio.get_running_loop().time() + timeout
        while (reading := await self._turn(until, workspace_id, clean=clean)) is not None:
            if not reading.connection.is_closed():
                return reading.connection, reading
            await self.give_back(reading.connection, broken=True)
        try:
            pool = await self._opened()
            return await pool.acquire(timeout=max(until - asyncio.get_running_loop().time(), 0.01)), None
        except BaseException:
            self._one_more()
            raise

    def set_aside(self, reading: Reading) -> None:
        """Takes back a connection whose transaction has only read and is still open."""
        if self._pool is None:
            self._end_soon(reading.connection)
        elif not self._tell(reading):
            expiry = asyncio.get_running_loop().call_later(SECONDS_ASIDE, self._expire, reading)
            self._aside.append((reading, expiry))

    async def give_back(self, connection: Any, *, broken: bool = False) -> None:
        """Takes back a connection whose transaction is ended, or one that is of no more use."""
        try:
            if self._pool is None:
                return
            if broken:
                # One whose other end has vanished has left the pool already, and says so.
                with suppress(asyncpg.InterfaceError):
                    connection.terminate()
            await self._pool.release(connection)
        finally:
            self._one_more()

    async def close(self) -> None:
        if self._pool is None:
            return
        aside, self._aside = self._aside, []
        for reading, expiry in aside:
            expiry.cancel()
            self._end_soon(reading.connection)
        await asyncio.gather(*self._ending, return_exceptions=True)
        pool, self._pool = self._pool, None
        try:
            await asyncio.wait_for(pool.close(), timeout=5.0)
        except TimeoutError:
            pool.terminate()

    async def _turn(self, until: float, workspace_id: UUID | None, *, clean: bool) -> Reading | None:
        """What was set aside, or None when there is room for one more to go out; the latter first for who wants it clean."""
        if self._aside and not (clean and self._left):
            reading, expiry = self._aside.pop(self._best(workspace_id))
            expiry.cancel()
            return reading
        if self._left:
            self._left -= 1
            return None
        turn: asyncio.Future[Reading | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout_at(until):
                return await turn
        except BaseException:
            # Told at the very moment of giving up: it is somebody else's turn.
            if turn.done() and not turn.cancelled():
                told = turn.result()
                if told is None:
                    self._one_more()
                else:
                    self.set_aside(told)
            raise

    def _one_more(self) -> None:
        if not self._tell(None):
            self._left += 1

    def _tell(self, reading: Reading | None) -> bool:
        """Gives the turn to whoever has waited longest; False when nobody does."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(reading)
                return True
        return False

    def _best(self, workspace_id: UUID | None) -> int:
        """The place of one of that workspace, else of the last; the one used last each time, so that those not needed come to rest."""
        for place in range(len(self._aside) - 1, -1, -1):
            if self._aside[place][0].workspace_id == workspace_id:
                return place
        return -1

    def _expire(self, reading: Reading) -> None:
        self._aside = [(each, expiry) for each, expiry in self._aside if each is not reading]
        self._end_soon(reading.connection)

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

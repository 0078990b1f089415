"""Connections of one role, acquired by one transaction at a time.

A transaction that has only read is not committed: its connection is released with the transaction still open. The next
transaction that reads the same workspace, for the same reader where that makes a difference, continues it, and each of its statements sees what is committed by then; any other
sends COMMIT together with its own BEGIN. An open read that nobody continues within moments, or that grows old, is ended, so that
its locks are not held for long.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson

from chassis.db.errors import LOST, refusals

# How long an open read waits for the next reader, and how old it may grow however many follow each other.
SECONDS_UNUSED = 0.05
SECONDS_OPEN = 1.0
_SECONDS_TO_END = 2.0
_SECONDS_TO_CLOSE = 5.0
_LONGEST_WAIT = 10.0

_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


# The workspace, and for whom its rows are read where that makes a difference.
Sight: TypeAlias = tuple[UUID | None, UUID | None]


@dataclass(frozen=True, slots=True, eq=False)
class OpenRead:
    """A transaction that has only read: its connection, whose rows it sees (a workspace's, for a reader), and when it began (the loop's time)."""

    connection: Any
    sees: Sight
    since: float

    @property
    def is_young(self) -> bool:
        return asyncio.get_running_loop().time() - self.since < SECONDS_OPEN


class Pool:
    """Connects when first asked. `acquire` returns a connection on which nothing is open, `acquire_for_read` perhaps an open read.

    It counts how many connections are in use, so that a waiting transaction can continue an open read at once. asyncpg's own pool under
    it would do all of this a second time, for 50 microseconds a loan.
    `took` is told of every statement how many seconds it took.
    """

    def __init__(
        self, dsn: str, *, size: int, settings: Mapping[str, str], took: Callable[[str, float], None] = lambda _sql, _seconds: None
    ) -> None:
        self.took = took
        self._dsn = dsn
        self._size = size
        self._settings = dict(settings)
        # Every connection that is not known to be closed, and those of them that nobody uses; the one used last comes first.
        self._connections: set[_Connection] = set()
        self._unused: list[_Connection] = []
        self._closing = False
        # While it closes: set when a connection is taken back.
        self._taken_back = asyncio.Event()
        # How many more may be acquired; in use, released with an open read and being ended all count as acquired.
        self._left = size
        self._idle: list[tuple[OpenRead, asyncio.TimerHandle]] = []
        self._ending: set[asyncio.Task[None]] = set()
        # Each gets an open read to continue, or None for the right to acquire one more.
        self._waiting: deque[asyncio.Future[OpenRead | None]] = deque()

    @property
    def in_use(self) -> int:
        return self._size - self._left - len(self._idle) - len(self._ending)

    @property
    def waiting(self) -> int:
        """How many callers wait for a connection."""
        return sum(not turn.done() for turn in self._waiting)

    async def acquire(self, timeout: float | None = None) -> Any:
        """A connection on which nothing is open; Unavailable when none is free in time."""
        with refusals():
            connection, open_read = await self._acquire(_bounded(timeout), (None, None), clean=True)
            if open_read is not None:
                try:
                    await connection.execute("COMMIT", timeout=timeout)
                except BaseException:
                    await self.release(connection, broken=True)
                    raise
        return connection

    async def acquire_for_read(self, timeout: float | None, sees: Sight) -> tuple[Any, OpenRead | None]:
        """A connection, preferably with an open read that sees the same, and the read still open on it. Unavailable as above."""
        with refusals():
            return await self._acquire(_bounded(timeout), sees)

    async def _acquire(self, timeout: float, sees: Sight, *, clean: bool = False) -> tuple[Any, OpenRead | None]:
        until = asyncio.get_running_loop().time() + timeout
        while (open_read := await self._turn(until, sees, clean=clean)) is not None:
            if not open_read.connection.is_closed():
                return open_read.connection, open_read
            await self.release(open_read.connection, broken=True)
        try:
            return await self._unused_or_new(until), None
        except BaseException:
            self._one_more()
            raise

    def release_open(self, open_read: OpenRead) -> None:
        """Takes back a connection whose transaction has only read and is still open."""
        if self._closing or open_read.connection not in self._connections:
            self._end_soon(open_read.connection)
        elif not self._hand_over(open_read):
            expiry = asyncio.get_running_loop().call_later(SECONDS_UNUSED, self._expire, open_read)
            self._idle.append((open_read, expiry))

    async def release(self, connection: Any, *, broken: bool = False) -> None:
        """Takes back a connection whose transaction has ended; closes a `broken` one."""
        if broken:
            connection.terminate()
        if connection.is_closed():
            self._connections.discard(connection)
        else:
            self._unused.append(connection)
        self._one_more()

    async def close(self) -> None:
        """Waits up to five seconds for the connections in use to be released, then closes them all."""
        if self._closing:
            return
        self._closing, self._taken_back = True, asyncio.Event()
        idle, self._idle = self._idle, []
        for open_read, expiry in idle:
            expiry.cancel()
            self._end_soon(open_read.connection)
        await asyncio.gather(*self._ending, return_exceptions=True)
        try:
            async with asyncio.timeout(_SECONDS_TO_CLOSE):
                while self._left < self._size:
                    await self._taken_back.wait()
                    self._taken_back.clear()
                await asyncio.gather(*(connection.close() for connection in self._unused))
        except LOST:
            # Closed below, without a farewell.
            pass
        finally:
            for connection in self._connections:
                connection.terminate()
            self._connections.clear()
            self._unused.clear()
            self._closing = False

    async def _turn(self, until: float, sees: Sight, *, clean: bool) -> OpenRead | None:
        """An open read, or None for the right to acquire one more connection; `clean` prefers the latter. TimeoutError at `until`."""
        if self._idle and not (clean and self._left):
            open_read, expiry = self._idle.pop(self._pick_idle(sees))
            expiry.cancel()
            return open_read
        if self._left:
            self._left -= 1
            return None
        turn: asyncio.Future[OpenRead | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout_at(until):
                return await turn
        except BaseException:
            # The turn was granted just as this caller gave up: pass it to the next.
            if turn.done() and not turn.cancelled():
                given = turn.result()
                if given is None:
                    self._one_more()
                else:
                    self.release_open(given)
            raise

    def _one_more(self) -> None:
        if not self._hand_over(None):
            self._left += 1
            self._taken_back.set()

    def _hand_over(self, open_read: OpenRead | None) -> bool:
        """Gives an open read, or the right to acquire, to whoever has waited longest; False when nobody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(open_read)
                return True
        return False

    def _pick_idle(self, sees: Sight) -> int:
        """Index of the most recently used open read that sees the same, or of the most recently used one. The others time out."""
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place][0].sees == sees:
                return place
        return -1

    def _expire(self, open_read: OpenRead) -> None:
        self._idle = [(each, expiry) for each, expiry in self._idle if each is not open_read]
        self._end_soon(open_read.connection)

    def _end_soon(self, connection: Any) -> None:
        task = asyncio.create_task(self._end(connection), name="pool-end")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, connection: Any) -> None:
        try:
            await connection.execute("COMMIT", timeout=_SECONDS_TO_END)
        except BaseException:  # noqa: BLE001 - there was nothing to keep; a connection that fails to end is closed
            await self.release(connection, broken=True)
        else:
            await self.release(connection)

    async def _unused_or_new(self, until: float) -> _Connection:
        if self._closing:
            raise asyncpg.InterfaceError("the pool is being closed")
        while self._unused:
            connection = self._unused.pop()
            if not connection.is_closed():
                return connection
            # Its other end has vanished.
            self._connections.discard(connection)
        async with asyncio.timeout_at(until):
            connection = await asyncpg.connect(
                self._dsn,
                statement_cache_size=512,
                max_cached_statement_lifetime=0,
                timeout=5.0,
                command_timeout=None,
                server_settings=self._settings,
            )
            try:
                await _set_json_codec(connection)
                if self._closing:
                    raise asyncpg.InterfaceError("the pool is being closed")
            except BaseException:
                connection.terminate()
                raise
        self._connections.add(connection)
        return connection


async def _set_json_codec(connection: _Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda value: orjson.loads(value[1:]),
        format="binary",
    )


def _bounded(timeout: float | None) -> float:
    return _LONGEST_WAIT if timeout is None else min(timeout, _LONGEST_WAIT)

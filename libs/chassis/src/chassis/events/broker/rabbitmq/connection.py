"""A connection to RabbitMQ that comes back by itself and is set up anew each time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from yarl import URL

from chassis.backoff import Backoff

_BACKOFF = Backoff(first=0.1, longest=10.0)
_log = logging.getLogger(__name__)


class Lost(Exception):
    """The connection or the channel is gone. Its text is the class of the error that reported it."""


@contextmanager
def losses() -> Iterator[None]:
    """Raises Lost for every error by which aiormq reports a lost connection.

    Those are errors of four families, a bare Exception, and a CancelledError although no task was cancelled.
    """
    try:
        yield
    except Exception as error:
        heed_cancellation()
        raise Lost(type(error).__name__) from error
    except asyncio.CancelledError as error:
        if _is_cancelled():
            raise
        raise Lost(type(error).__name__) from error


def heed_cancellation() -> None:
    """Raises CancelledError if this task was cancelled and what it awaited has hidden that.

    aiormq answers a cancellation with the error that it knows of, and asyncio.wait_for with a result that came at the same moment.
    """
    if _is_cancelled():
        raise asyncio.CancelledError


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


@asynccontextmanager
async def connected(url: str | URL, *, name: str | None = None) -> AsyncIterator[AbstractConnection]:
    """A connection that is closed afterwards, in order if that can be done within two seconds. Raises as aio-pika does, and Lost never.

    One that did not come about is closed as well. aio-pika leaves it open, to be closed by the garbage collector whenever
    that comes by, in whatever event loop is running then, or in none.
    """
    connection = aio_pika.Connection(URL(url), client_properties={"connection_name": name} if name else None)
    try:
        await connection.connect(timeout=5.0)
        yield connection
    finally:
        try:
            with losses():
                async with asyncio.timeout(2.0):
                    await connection.close()
        except Lost:
            _log.info("the connection did not close in order", extra={"link": name})
        finally:
            # What failed to close is closed by asking again: there is nobody left to tell.
            await connection.close()


class Link:
    """Keeps one connection up. `equip` makes its channels; when any of them closes, all is made again."""

    def __init__(self, url: str, name: str, equip: Callable[[AbstractConnection], Awaitable[None]]) -> None:
        parts = URL(url)
        self._url = parts if "heartbeat" in parts.query else parts.update_query(heartbeat="10")
        self._name = name
        self._equip = equip
        self._up = asyncio.Event()
        self._broken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._companions: list[asyncio.Task[None]] = []

    @property
    def started(self) -> bool:
        return self._task is not None

    @property
    def is_up(self) -> bool:
        return self._up.is_set()

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._keep_up(), name=self._name)

    async def up(self, *, within: float) -> bool:
        """Whether it is up, waiting a little for it to come up."""
        if not self._up.is_set():
            try:
                async with asyncio.timeout(within):
                    await self._up.wait()
            except TimeoutError:
                return False
        return True

    def renew(self) -> None:
        """Drops the connection and sets up a new one."""
        self._broken.set()

    def watch(self, channel: AbstractChannel) -> None:
        """Renews the connection when this channel closes."""
        channel.close_callbacks.add(self._on_close)

    def accompany(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs `work` as long as the connection is up. If it fails, the connection is made anew."""

        async def run() -> None:
            try:
                with losses():
                    await work
            except Lost:
                self._broken.set()

        self._companions.append(asyncio.create_task(run(), name=f"{self._name}-companion"))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _on_close(self, *_: object) -> None:
        self._broken.set()

    async def _keep_up(self) -> None:
        failures = 0
        while True:
            heed_cancellation()
            self._broken.clear()
            try:
                with losses():
                    async with connected(self._url, name=self._name) as connection:
                        await self._live(connection)
                failures = 0
                _log.warning("the connection to the broker is gone", extra={"link": self._name})
            except Lost as lost:
                failures += 1
                _log.warning("the broker cannot be reached", extra={"link": self._name, "error": str(lost)})
            await asyncio.sleep(_BACKOFF.delay(max(failures, 1)))

    async def _live(self, connection: AbstractConnection) -> None:
        """Makes the channels, and returns when one of them, or the connection, has closed."""
        connection.close_callbacks.add(self._on_close)
        try:
            async with asyncio.timeout(30.0):
                await self._equip(connection)
            heed_cancellation()
            self._up.set()
            _log.info("connected to the broker", extra={"link": self._name})
            await self._broken.wait()
        finally:
            self._up.clear()
            for companion in self._companions:
                companion.cancel()
            self._companions.clear()

"""The instances of one service: a connection to each, and the one that a call goes to."""

import asyncio
import logging
from collections.abc import Callable

from chassis.rpc import status
from chassis.rpc.client.addresses import Address, Resolver
from chassis.rpc.client.connection import Connection

# Between two looks at what the names stand for.
SECONDS_BETWEEN_LOOKUPS = 5.0
# How long calls wait for an instance after the last one was lost: it may be restarting. Later ones are refused at once.
SECONDS_OF_PATIENCE = 10.0
# How long they wait where there never was one: it takes a moment to connect.
SECONDS_TO_CONNECT = 1.0
log = logging.getLogger(__name__)


class Instances:
    """Keeps a connection to every address of a service, finds new ones, and leaves those that are gone."""

    def __init__(self, peer: str, setting: str, connect: Callable[[Address, Callable[[], None]], Connection]) -> None:
        self._peer = peer
        self._resolver = Resolver(setting)
        self._connect = connect
        self._connections: dict[Address, Connection] = {}
        self._following: asyncio.Task[None] | None = None
        self._retiring: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._calls = 0
        # When the last usable instance was lost, in the loop's time; None while there is one.
        self._lost_at: float | None = None
        self._patience = SECONDS_TO_CONNECT

    @property
    def usable(self) -> list[Connection]:
        return [connection for connection in self._connections.values() if connection.usable]

    async def take(self, until: float) -> Connection:
        """The usable connection with the fewest calls under way, of those the one that was used least recently. One that has just failed comes last.

        Waits for one until `until`, in the loop's time. Raises Unavailable when there is none by then, or has been none for long.
        """
        if self._following is None:
            self._following = asyncio.create_task(self._follow(), name=f"instances-{self._peer}")
        loop = asyncio.get_running_loop()
        while not (usable := self.usable):
            if self._lost_at is None:
                self._lost_at = loop.time()
            patience = self._lost_at + self._patience
            if loop.time() >= patience:
                raise status.unavailable(self._peer)
            try:
                async with asyncio.timeout_at(min(until, patience)):
                    await self._changed.wait()
            except TimeoutError:
                raise status.unavailable(self._peer) from None
        self._lost_at = None
        preferred = [connection for connection in usable if connection.avoided_until <= loop.time()] or usable
        chosen = min(preferred, key=lambda connection: (connection.outstanding, connection.last_used))
        self._calls += 1
        chosen.last_used = self._calls
        return chosen

    async def close(self) -> None:
        tasks = [task for task in (self._following, *self._retiring) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in self._connections.values():
            await connection.close()
        self._connections.clear()

    async def _follow(self) -> None:
        while True:
            try:
                self._adopt(await self._resolver.resolve())
            except OSError:
                # The addresses that are known stay: a name server that is away takes nobody's calls.
                log.warning("the addresses of a service cannot be found", extra={"peer": self._peer})
            if not self._resolver.is_dynamic:
                return
            await asyncio.sleep(SECONDS_BETWEEN_LOOKUPS)

    def _adopt(self, found: frozenset[Address]) -> None:
        for address in found - self._connections.keys():
            self._connections[address] = self._connect(address, self._on_change)
        for address in self._connections.keys() - found:
            task = asyncio.create_task(self._connections.pop(address).retire(), name=f"retiring-{self._peer}")
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)

    def _on_change(self) -> None:
        if self.usable:
            self._lost_at = None
            self._patience = SECONDS_OF_PATIENCE
            # Wakes whoever waits now.
            self._changed.set()
            self._changed = asyncio.Event()
        elif self._lost_at is None:
            self._lost_at = asyncio.get_running_loop().time()

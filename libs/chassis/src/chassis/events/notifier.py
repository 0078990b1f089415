"""Wakes the relay after commits."""

import asyncio
import logging
from collections.abc import Callable

from chassis.db.database import Database
from chassis.db.errors import LOST
from chassis.errors import Refusal

_log = logging.getLogger(__name__)


class RelayNotifier:
    """Sends NOTIFY: once for all commits within `pause` seconds, and at most every `spacing` seconds.

    NOTIFY takes a lock on the whole database while it commits, so it is kept out of the transactions themselves and sent
    rarely. A NOTIFY that is lost delays events by about a second, because the relay polls. None is needed where `wake_own`
    wakes the relay of this very process and returns that it leads.
    """

    def __init__(
        self, database: Database, wake_own: Callable[[], bool] = lambda: False, *, pause: float = 0.01, spacing: float = 0.1
    ) -> None:
        self._database = database
        self._wake_own = wake_own
        self._pause = pause
        self._spacing = spacing
        self._wanted = False
        self._sending: asyncio.Task[None] | None = None

    def notify(self) -> None:
        """Schedules a NOTIFY and returns at once."""
        self._wanted = True
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(), name="relay-notifier")

    async def close(self) -> None:
        """Waits up to a second for the last NOTIFY."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=1.0)
            self._sending.cancel()

    async def _send(self) -> None:
        pause = self._pause
        while self._wanted:
            await asyncio.sleep(pause)
            pause = self._spacing
            # Before the NOTIFY, so that a commit made during it causes another.
            self._wanted = False
            if self._wake_own():
                continue
            try:
                async with self._database.connection(timeout=1.0) as connection:
                    await connection.execute(f"NOTIFY {self._database.schema}_outbox", timeout=1.0)
            except (Refusal, *LOST) as error:
                _log.info("the relay was not notified", extra={"error": type(error).__name__})

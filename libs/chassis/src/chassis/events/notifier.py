"""Wakes the relay after commits."""

import asyncio
import logging

from chassis.db.database import Database
from chassis.db.errors import LOST
from chassis.errors import Refusal

_log = logging.getLogger(__name__)


class Bell:
    """Wakes the relay after commits: one NOTIFY for all that were made within `pause` seconds, and rings at least `spacing` apart.

    NOTIFY takes a lock on the whole database while it commits, so it is kept out of the transactions themselves
    and is rung rarely. A ring that is lost costs no event: the relay looks by itself every second.
    """

    def __init__(self, database: Database, *, pause: float = 0.01, spacing: float = 0.05) -> None:
        self._database = database
        self._pause = pause
        self._spacing = spacing
        self._wanted = False
        self._ringing: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Says that a transaction with events has committed; returns at once."""
        self._wanted = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring(), name="outbox-bell")

    async def close(self) -> None:
        """Lets the last ring out."""
        if self._ringing is not None:
            await asyncio.wait([self._ringing], timeout=1.0)
            self._ringing.cancel()

    async def _ring(self) -> None:
        pause = self._pause
        while self._wanted:
            await asyncio.sleep(pause)
            pause = self._spacing
            # Before the NOTIFY, so that a commit made during it rings once more.
            self._wanted = False
            try:
                connection = await self._database.lend(timeout=1.0)
            except Refusal:
                return
            try:
                await connection.execute(f"NOTIFY {self._database.schema}_outbox", timeout=1.0)
            except LOST as error:
                _log.info("the relay was not woken", extra={"error": type(error).__name__})
                await self._database.give_back(connection, broken=True)
            except BaseException:
                await self._database.give_back(connection, broken=True)
                raise
            else:
                await self._database.give_back(connection)

"""What a service does by itself all the time: each loop begins anew when it fails, until all are stopped."""

import asyncio
import logging

from chassis.backoff import Backoff
from chassis.service.definition import Loop

_BACKOFF = Backoff(first=0.1, longest=5.0)
log = logging.getLogger(__name__)


class Loops:
    """The loops of one service."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, loop: Loop) -> None:
        self._tasks.append(asyncio.create_task(self._for_ever(loop)))

    async def stop(self) -> None:
        """Cancels all of them and returns when they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _for_ever(self, loop: Loop) -> None:
        failures = 0
        while True:
            try:
                await loop()
                return
            except Exception:
                log.exception("a loop failed and starts again", extra={"service": self._service})
            failures += 1
            await asyncio.sleep(_BACKOFF.delay(failures))

"""Work that goes on beside the services until it is stopped."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress


class BackgroundWork(ABC):
    """`_run` works from `start` until `stop` cancels it."""

    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @abstractmethod
    async def _run(self) -> None: ...

"""Polls for work, and handles several items at the same time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from chassis.cancellation import finish_despite_cancellation
from chassis.errors import Refusal
from chassis.observability.redaction import cause, place

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Poller(Generic[T]):
    """Claims items and handles up to `concurrency` of them at the same time.

    `claim(limit)` returns at most `limit` items that nobody else handles. A claim has to expire by itself: an item
    whose handling fails is logged, and is handled again when it can be claimed again. `log_fields(item)` is what may be
    logged of an item. The poller claims at once when it is woken or an item is done, otherwise every `interval` seconds.
    """

    def __init__(
        self,
        name: str,
        claim: Callable[[int], Awaitable[Sequence[T]]],
        handle: Callable[[T], Awaitable[None]],
        *,
        log_fields: Callable[[T], Mapping[str, str]],
        concurrency: int,
        interval: float,
        grace: float,
    ) -> None:
        self._name = name
        self._claim = claim
        self._handle = handle
        self._log_fields = log_fields
        self._concurrency = concurrency
        self._interval = interval
        self._grace = grace
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Makes the poller claim at once. Called when an item has become due."""
        self._woken.set()

    async def run(self) -> None:
        """Works until cancelled, then waits up to `grace` seconds for the items that are being handled."""
        try:
            while True:
                self._woken.clear()
                try:
                    # What has been claimed is handled, or its lease would have to run out first.
                    more = await finish_despite_cancellation(self._claim_and_start())
                except Refusal as refusal:
                    _log.warning("due work cannot be claimed", extra={"poller": self._name, "error": cause(refusal)})
                    more = False
                if not more or len(self._running) >= self._concurrency:
                    await self._wait()
        except asyncio.CancelledError:
            if self._running:
                await asyncio.wait(self._running, timeout=self._grace)
            raise

    async def _claim_and_start(self) -> bool:
        """Claims as many items as may be started now. Returns whether there may be more."""
        limit = self._concurrency - len(self._running)
        if limit <= 0:
            return True
        items = await self._claim(limit)
        for item in items:
            task = asyncio.create_task(self._handle_one(item), name=f"poller-{self._name}")
            self._running.add(task)
            task.add_done_callback(self._on_done)
        return len(items) == limit

    async def _handle_one(self, item: T) -> None:
        try:
            await self._handle(item)
        except Exception as error:  # noqa: BLE001 - the failure of one item must not stop the others
            facts = {"poller": self._name, "error": cause(error), "at": place(error), **self._log_fields(item)}
            _log.error("an item could not be handled", extra=facts)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._interval):
                await self._woken.wait()
        except TimeoutError:
            return

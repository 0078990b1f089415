"""Values that are fetched once for all who ask at the same time, and kept for a while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 256


class Remembered(Generic[T]):
    """Keeps the values that were asked for most recently, for `seconds`. What could not be fetched is not kept."""

    def __init__(self, seconds: float, *, most: int = _MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._fetching: dict[str, asyncio.Future[T]] = {}

    async def get(self, key: str, fetch: Callable[[], Awaitable[T]]) -> T:
        if self.age(key) < self._seconds:
            self._kept.move_to_end(key)
            return self._kept[key][1]
        fetching = self._fetching.get(key)
        if fetching is None:
            fetching = self._fetching[key] = asyncio.ensure_future(self._fetch(key, fetch))
            fetching.add_done_callback(lambda _: self._fetching.pop(key, None))
            # Those who ask may have gone when it fails.
            fetching.add_done_callback(lambda done: done.cancelled() or done.exception())
        # Shielded: the first who asked may go while others wait.
        return await asyncio.shield(fetching)

    def age(self, key: str) -> float:
        """For how many seconds it has been kept."""
        kept = self._kept.get(key)
        return float("inf") if kept is None else time.monotonic() - kept[0]

    def forget(self, key: str) -> None:
        self._kept.pop(key, None)

    async def _fetch(self, key: str, fetch: Callable[[], Awaitable[T]]) -> T:
        value = await fetch()
        self._kept[key] = (time.monotonic(), value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value

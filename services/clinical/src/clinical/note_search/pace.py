"""Lets others have the event loop while something is computed on it."""

import asyncio
import time

# Above it nobody should hold the loop; an answer to somebody else waits so long.
_SECONDS_AT_ONCE = 0.002


class Pace:
    """`await pace()` now and then within a computation: returns at once, or after others had their turn.

    With `rests`, the loop is left alone for as long as it was held, for work that nobody waits for.
    """

    def __init__(self, *, rests: bool = False) -> None:
        self._rests = rests
        self._since = time.perf_counter()

    async def __call__(self) -> None:
        held = time.perf_counter() - self._since
        if held >= _SECONDS_AT_ONCE:
            await asyncio.sleep(held if self._rests else 0)
            self._since = time.perf_counter()

    def start(self) -> None:
        """The loop is held from now on: something else was awaited."""
        self._since = time.perf_counter()

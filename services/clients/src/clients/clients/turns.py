"""Long work on the event loop, in turns with the work of others."""

import asyncio
import time

# Work looks at the clock after so little of it that it holds the loop for little longer than this.
_SECONDS = 0.001


class Turns:
    """The turns of one piece of work."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    async def give_way(self) -> None:
        """Lets others go on, if this has held the loop for a millisecond."""
        if time.perf_counter() - self._began > _SECONDS:
            await asyncio.sleep(0)
            self._began = time.perf_counter()

"""Whose password is verified next where there are more than can be at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chassis.errors import Refusal


class Turns:
    """At most `places` turns at a time, and `queue` that wait.

    Accounts that nobody guesses at come first, first come, first served. Of those that somebody guesses at, a source's first attempt
    comes before any further one, and the newest before older ones: a flood would otherwise fill the queue, and the owner's own attempt
    would be too late. Where the queue is full the oldest of these is refused, with `busy`.
    """

    def __init__(self, *, places: int, queue: int, busy: Callable[[], Refusal]) -> None:
        self._free = places
        self._queue = queue
        self._busy = busy
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._guessed: deque[asyncio.Future[None]] = deque()
        self._repeated: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *, is_guessed: bool, is_repeated: bool = False) -> AsyncIterator[None]:
        """Waits for a turn, which ends with the block. Raises `busy` where too many wait."""
        if self._free:
            self._free -= 1
        else:
            await self._wait((self._repeated if is_repeated else self._guessed) if is_guessed else self._waiting)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, waiting: deque[asyncio.Future[None]]) -> None:
        if len(self._waiting) + len(self._guessed) + len(self._repeated) >= self._queue:
            guesses = self._repeated or self._guessed
            if not guesses:
                raise self._busy()
            oldest = guesses.popleft()
            if not oldest.done():
                oldest.set_exception(self._busy())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in waiting:
                waiting.remove(turn)
            elif not turn.cancelled() and turn.exception() is None:
                # It was given a turn at the moment it was cancelled.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        for waiting in (self._waiting, self._guessed, self._repeated):
            while waiting:
                turn = waiting.popleft() if waiting is self._waiting else waiting.pop()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1

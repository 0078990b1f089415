"""Whose password is verified next where there are more than can be at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import IntEnum

from chassis.errors import Refusal


class Rank(IntEnum):
    """Lower ones come first."""

    # Of an account that nobody guesses at.
    ORDINARY = 0
    # Of an account that somebody guesses at, from a source that has not failed.
    GUESSED_AT = 1
    # The same, from a source that has.
    FAILED_BEFORE = 2


class Turns:
    """At most `places` turns at a time, and `queue` that wait, for `seconds` each.

    Within a rank, accounts take turns, and the attempts of an account come in their order: many attempts at one account wait for each
    other, and not others for them. Where the queue is full, the newest attempt at the account that most wait for is refused with `busy`,
    of the last rank; so is whoever has waited for `seconds`. So those who wait are those who will have their turn in time.
    """

    def __init__(self, *, places: int, queue: int, seconds: float, busy: Callable[[], Refusal]) -> None:
        self._free = places
        self._queue = queue
        self._seconds = seconds
        self._busy = busy
        # Of accounts that somebody waits for; the account whose turn it is comes first.
        self._waiting: dict[Rank, dict[bytes, deque[asyncio.Future[None]]]] = {rank: {} for rank in Rank}

    @property
    def are_taken(self) -> bool:
        """Whether whoever comes now has to wait."""
        return not self._free

    @asynccontextmanager
    async def turn(self, account: bytes, rank: Rank) -> AsyncIterator[None]:
        """Waits for a turn, which ends with the block. Raises `busy` where too many wait, or for too long."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(account, rank)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, account: bytes, rank: Rank) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[rank].setdefault(account, deque()).append(turn)
        if sum(len(turns) for accounts in self._waiting.values() for turns in accounts.values()) > self._queue:
            self._refuse_one()
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except BaseException as failure:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                # It was given its turn at the moment it gave up.
                self._pass_on()
            else:
                self._leave(turn, account, rank)
            if isinstance(failure, TimeoutError):
                raise self._busy() from None
            raise

    def _refuse_one(self) -> None:
        rank = max(rank for rank in Rank if self._waiting[rank])
        accounts = self._waiting[rank]
        account = max(reversed(accounts), key=lambda account: len(accounts[account]))
        turn = accounts[account][-1]
        self._leave(turn, account, rank)
        if not turn.done():
            turn.set_exception(self._busy())

    def _leave(self, turn: asyncio.Future[None], account: bytes, rank: Rank) -> None:
        turns = self._waiting[rank].get(account)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[rank][account]

    def _pass_on(self) -> None:
        for accounts in self._waiting.values():
            while accounts:
                account, turns = next(iter(accounts.items()))
                del accounts[account]
                turn = turns.popleft()
                if turns:
                    # The account's next attempt comes after one of every other's.
                    accounts[account] = turns
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1

"""Whose password is verified next: quickly decided, without a server."""

import asyncio

import pytest

from chassis.errors import Unavailable
from identity.credentials.turns import Rank, Turns

FOR_EVER = 1e9


def busy():
    return Unavailable("sign_in_busy", "Try again.")


class Queue:
    """One place, which is taken until `serve`, and those who wait for it."""

    def __init__(self, *, queue=10, seconds=FOR_EVER):
        self.turns = Turns(places=1, queue=queue, seconds=seconds, busy=busy)
        self.served = []
        self._next = asyncio.Event()

    async def come(self, name, rank=Rank.ORDINARY, account=None):
        """Somebody who waits, by default as the only one at an account."""
        task = asyncio.create_task(self._take(name, rank, (account or name).encode()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return task

    async def all_come(self, *names, rank=Rank.ORDINARY, account=None):
        return [await self.come(name, rank, account) for name in names]

    async def _take(self, name, rank, account):
        async with self.turns.turn(account, rank):
            self.served.append(name)
            await self._next.wait()
            self._next.clear()

    async def serve(self, tasks):
        """Ends one turn after the other until all have had one or were refused. Returns how each came out."""
        while not all(task.done() for task in tasks):
            self._next.set()
            await asyncio.sleep(0)
        return self.served


async def refused(*tasks):
    """Whether all of these were told to try again."""
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    return all(isinstance(outcome, Unavailable) for outcome in outcomes)


async def test_accounts_that_nobody_guesses_at_come_first_then_sources_that_have_not_failed():
    queue = Queue()
    tasks = [
        *await queue.all_come("running"),
        *await queue.all_come("again 1", "again 2", rank=Rank.FAILED_BEFORE),
        *await queue.all_come("guess 1", "guess 2", rank=Rank.GUESSED_AT),
        *await queue.all_come("first", "second"),
    ]
    assert await queue.serve(tasks) == ["running", "first", "second", "guess 1", "guess 2", "again 1", "again 2"]


@pytest.mark.parametrize("rank", Rank)
async def test_attempts_at_one_account_wait_for_each_other_and_others_not_for_them(rank):
    queue = Queue()
    tasks = [
        *await queue.all_come("running"),
        *await queue.all_come("flood 1", "flood 2", "flood 3", rank=rank, account="flooded"),
        *await queue.all_come("a colleague", rank=rank),
        *await queue.all_come("flood 4", rank=rank, account="flooded"),
        *await queue.all_come("another", rank=rank),
    ]
    assert await queue.serve(tasks) == ["running", "flood 1", "a colleague", "another", "flood 2", "flood 3", "flood 4"]


async def test_where_the_queue_is_full_the_newest_at_the_most_crowded_account_is_refused():
    queue = Queue(queue=4)
    tasks = [
        *await queue.all_come("running"),
        *await queue.all_come("flood 1", "flood 2", "flood 3", account="flooded"),
        *await queue.all_come("a colleague", "another", "a third"),
        *await queue.all_come("flood 4", account="flooded"),
    ]
    assert await queue.serve(tasks) == ["running", "flood 1", "a colleague", "another", "a third"]
    assert await refused(tasks[2], tasks[3], tasks[-1])


async def test_where_the_queue_is_full_the_last_rank_makes_room_and_no_rank_before_it():
    queue = Queue(queue=2)
    tasks = [
        *await queue.all_come("running"),
        *await queue.all_come("guess 1", "guess 2", rank=Rank.GUESSED_AT),
        *await queue.all_come("ordinary"),
        *await queue.all_come("again", rank=Rank.FAILED_BEFORE),
        *await queue.all_come("second"),
        *await queue.all_come("guess 3", rank=Rank.GUESSED_AT),
        *await queue.all_come("third"),
    ]
    assert await queue.serve(tasks) == ["running", "ordinary", "second"]
    assert await refused(tasks[1], tasks[2], tasks[4], tasks[6], tasks[7])


async def test_who_has_waited_too_long_is_refused_and_the_turn_goes_to_others():
    queue = Queue(seconds=0.0)
    running, late = [await queue.come(name) for name in ("running", "late")]
    await asyncio.wait([late])
    assert await refused(late)
    await queue.serve([running])
    next_one = await queue.come("next")
    assert await queue.serve([next_one]) == ["running", "next"]


async def test_who_gives_up_waiting_leaves_the_turn_to_others():
    queue = Queue()
    running, gone, last = await queue.all_come("running", "gone", "last")
    guess = await queue.come("guess", Rank.GUESSED_AT)
    gone.cancel()
    guess.cancel()
    await queue.serve([running, last])
    assert queue.served == ["running", "last"]

    # One that is given its turn and cancelled at the same moment passes it on.
    first, second, third = await queue.all_come("first", "second", "third")
    queue._next.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    await queue.serve([first, second, third])
    assert queue.served[2:] in (["first", "third"], ["first", "second", "third"])
    assert not queue.turns.are_taken


async def test_turns_are_taken_while_somebody_would_have_to_wait():
    queue = Queue()
    assert not queue.turns.are_taken
    running = await queue.come("running")
    assert queue.turns.are_taken
    await queue.serve([running])
    assert not queue.turns.are_taken

"""Whose password is verified next: quickly decided, without a server."""

import asyncio

import pytest

from chassis.errors import Unavailable
from identity.credentials.turns import Turns


def busy():
    return Unavailable("sign_in_busy", "Try again.")


class Queue:
    """One place, which is taken until `serve`, and those who wait for it."""

    def __init__(self, *, queue=10):
        self.turns = Turns(places=1, queue=queue, busy=busy)
        self.served = []
        self._served = asyncio.Event()
        self._next = asyncio.Event()

    async def come(self, name, *, is_guessed=False, is_repeated=False):
        task = asyncio.create_task(self._take(name, is_guessed, is_repeated))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return task

    async def _take(self, name, is_guessed, is_repeated):
        async with self.turns.turn(is_guessed=is_guessed, is_repeated=is_repeated):
            self.served.append(name)
            self._served.set()
            await self._next.wait()
            self._next.clear()

    async def serve(self, tasks):
        """Ends one turn after the other until all have had one or were refused."""
        while not all(task.done() for task in tasks):
            self._next.set()
            await asyncio.sleep(0)


async def test_ordinary_attempts_come_first_in_their_order_and_guessed_ones_newest_first():
    queue = Queue()
    names = ["running", "guess 1", "guess 2", "first", "guess 3", "second"]
    tasks = [await queue.come(name, is_guessed=name.startswith("guess")) for name in names]
    await queue.serve(tasks)

    assert queue.served == ["running", "first", "second", "guess 3", "guess 2", "guess 1"]


async def test_where_the_queue_is_full_the_oldest_guess_is_refused_and_the_newest_attempt_waits():
    queue = Queue(queue=2)
    names = ["running", "guess 1", "guess 2", "guess 3", "ordinary"]
    tasks = [await queue.come(name, is_guessed=name.startswith("guess")) for name in names]
    await queue.serve(tasks)

    assert queue.served == ["running", "ordinary", "guess 3"]
    for task in tasks[1:3]:
        with pytest.raises(Unavailable):
            await task


async def test_a_first_attempt_of_a_source_comes_before_the_guesses_of_those_that_have_failed():
    queue = Queue(queue=3)
    names = ["running", "again 1", "first", "again 2", "again 3"]
    tasks = [await queue.come(name, is_guessed=name != "running", is_repeated=name.startswith("again")) for name in names]
    await queue.serve(tasks)

    assert queue.served == ["running", "first", "again 3", "again 2"]
    with pytest.raises(Unavailable):
        await tasks[1]


async def test_where_only_ordinary_attempts_wait_another_one_is_refused():
    queue = Queue(queue=1)
    tasks = [await queue.come(name) for name in ("running", "waiting", "refused")]
    with pytest.raises(Unavailable):
        await tasks[2]
    await queue.serve(tasks)

    assert queue.served == ["running", "waiting"]


async def test_who_gives_up_waiting_leaves_the_turn_to_others():
    queue = Queue()
    running, gone, guess, last = [await queue.come(name, is_guessed=name == "guess") for name in ("running", "gone", "guess", "last")]
    gone.cancel()
    guess.cancel()
    await queue.serve([running, last])
    assert queue.served == ["running", "last"]

    # One that is given its turn and cancelled at the same moment passes it on.
    first, second, third = [await queue.come(name) for name in ("first", "second", "third")]
    queue._next.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    await queue.serve([first, second, third])
    assert queue.served[2:] in (["first", "third"], ["first", "second", "third"])

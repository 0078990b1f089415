"""What takes long leaves the loop to others."""

import asyncio
import time

from chassis.turns import in_turns


async def test_others_have_their_turns_while_something_long_is_computed():
    turns = []

    async def other():
        while True:
            turns.append(time.monotonic())
            await asyncio.sleep(0)

    def slow():
        for number in range(50):
            time.sleep(0.001)
            yield number

    beside = asyncio.create_task(other())
    await asyncio.sleep(0)
    before = len(turns)
    assert await in_turns(slow()) == list(range(50))
    beside.cancel()
    # Of fifty milliseconds, after every few.
    assert len(turns) - before >= 10


async def test_nothing_is_nothing():
    assert await in_turns(()) == []

"""Places that workspaces take in turn."""

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest

from clinical.attachments.turns import Turns

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


class Queue:
    """Calls that take a place one by one, and give it back when they are told to."""

    def __init__(self, places: int) -> None:
        self._turns = Turns(places)
        self._ends: list[asyncio.Event] = []
        self.begun: list[UUID] = []

    async def ask(self, *workspaces: UUID) -> list[asyncio.Task[None]]:
        tasks = [asyncio.ensure_future(self._work(workspace)) for workspace in workspaces]
        await asyncio.sleep(0)
        return tasks

    async def end_one(self) -> None:
        self._ends.pop(0).set()
        for _ in range(4):
            await asyncio.sleep(0)

    async def _work(self, workspace: UUID) -> None:
        async with self._turns.take(workspace):
            self.begun.append(workspace)
            end = asyncio.Event()
            self._ends.append(end)
            await end.wait()


async def test_one_that_asks_for_much_waits_between_the_others():
    queue = Queue(2)
    await queue.ask(ONE, ONE, ONE, ONE, ONE, TWO, THREE, TWO)
    assert queue.begun == [ONE, ONE]
    for _ in range(8):
        await queue.end_one()
    assert queue.begun == [ONE, ONE, ONE, TWO, THREE, ONE, TWO, ONE]
    await queue.ask(ONE, TWO, THREE)
    assert queue.begun[8:] == [ONE, TWO]


@pytest.mark.parametrize("given_a_place", [False, True])
async def test_one_that_gives_up_leaves_its_place_to_the_next(given_a_place):
    queue = Queue(1)
    _, waiting, _ = await queue.ask(ONE, ONE, TWO)
    if given_a_place:
        queue._turns._pass_on()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    if not given_a_place:
        await queue.end_one()
    await asyncio.sleep(0)
    assert queue.begun == [ONE, TWO]

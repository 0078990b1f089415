"""A poller handles every item it can claim, no more at a time than allowed, and stops in order."""

import asyncio

import pytest

from chassis.errors import Unavailable
from chassis.work.poller import Poller


class Work:
    """Items to be claimed, and a handler that can be held back."""

    def __init__(self, *items):
        self.waiting = list(items)
        self.limits = []
        self.started = []
        self.done = []
        self.held = asyncio.Event()
        self.held.set()
        self.refusals = 0

    async def claim(self, limit):
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("database_unavailable")
        self.limits.append(limit)
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    async def handle(self, item):
        self.started.append(item)
        await self.held.wait()
        if item == "broken":
            raise KeyError("Jane Doe")
        self.done.append(item)


@pytest.fixture
async def polling():
    """Starts pollers, and cancels them when the test is over."""
    tasks = []

    def start(work, **but):
        options = {"concurrency": 2, "interval": 0.01, "grace": 5.0, "log_fields": lambda item: {"item": "an id"}, **but}
        poller = Poller("test", work.claim, work.handle, **options)
        tasks.append(asyncio.create_task(poller.run()))
        return poller, tasks[-1]

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


async def test_every_item_is_handled_once(polling):
    work = Work(*range(20))
    polling(work)
    await until(lambda: len(work.done) == 20)
    assert sorted(work.started) == list(range(20))


async def test_no_more_items_are_claimed_than_may_be_handled_at_the_same_time(polling):
    work = Work(*range(5))
    work.held.clear()
    poller, _ = polling(work, concurrency=3)
    await until(lambda: len(work.started) == 3)
    for _ in range(3):
        poller.wake()
        await asyncio.sleep(0)
    assert work.started == [0, 1, 2]
    assert work.waiting == [3, 4]

    work.held.set()
    await until(lambda: len(work.done) == 5)
    assert max(work.limits) <= 3


async def test_a_finished_item_makes_room_at_once_and_not_at_the_next_poll(polling):
    work = Work(*range(6))
    polling(work, concurrency=1, interval=60.0)
    await until(lambda: len(work.done) == 6)
    assert work.done == list(range(6))


async def test_a_woken_poller_claims_at_once_and_not_at_the_next_poll(polling):
    work = Work()
    poller, _ = polling(work, interval=60.0)
    await until(lambda: work.limits == [2])
    work.waiting.append("new")
    poller.wake()
    await until(lambda: work.done == ["new"])
    assert work.started == ["new"]


async def test_an_item_that_became_due_is_found_at_the_next_poll(polling):
    work = Work()
    polling(work)
    await until(lambda: work.limits)
    work.waiting.append("due")
    await until(lambda: work.done == ["due"])
    assert work.started == ["due"]


async def test_an_item_that_fails_is_logged_without_its_content_and_does_not_stop_the_others(polling, caplog):
    work = Work("first", "broken", "last")
    polling(work)
    await until(lambda: work.done == ["first", "last"])
    (record,) = [record for record in caplog.records if record.message == "an item could not be handled"]
    assert (record.poller, record.item, record.error) == ("test", "an id", "KeyError")
    assert "Jane Doe" not in str(vars(record))


async def test_a_claim_that_is_refused_is_tried_again(polling, caplog):
    work = Work("item")
    work.refusals = 2
    polling(work)
    await until(lambda: work.done == ["item"])
    assert caplog.text.count("due work cannot be claimed") == 2


async def test_a_cancelled_poller_claims_nothing_more_and_finishes_what_it_has_begun(polling):
    work = Work("begun", "begun too", "never begun")
    work.held.clear()
    _, task = polling(work)
    await until(lambda: len(work.started) == 2)
    task.cancel()
    await asyncio.sleep(0)
    work.held.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.done == ["begun", "begun too"]
    assert work.waiting == ["never begun"]


async def test_a_poller_that_is_woken_and_cancelled_at_the_same_moment_stops(polling):
    work = Work()
    poller, task = polling(work, interval=60.0)
    await until(lambda: work.limits)
    await asyncio.sleep(0.01)

    poller.wake()
    task.cancel()

    await asyncio.wait([task], timeout=5)
    assert task.done()


async def test_what_was_claimed_as_the_poller_was_cancelled_is_handled(polling):
    work, asked, given = Work("claimed"), asyncio.Event(), asyncio.Event()
    claim = work.claim

    async def slow_claim(limit):
        claimed = await claim(limit)
        asked.set()
        await given.wait()
        return claimed

    work.claim = slow_claim
    _, task = polling(work)
    await asked.wait()
    task.cancel()
    await asyncio.sleep(0)
    given.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.done == ["claimed"]


async def test_a_cancelled_poller_waits_no_longer_than_the_grace(polling):
    work = Work("endless")
    work.held.clear()
    _, task = polling(work, grace=0.01)
    await until(lambda: work.started)
    task.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(task, return_exceptions=True)
    assert work.done == []
    work.held.set()

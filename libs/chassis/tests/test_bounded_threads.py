"""What keeps a processor busy waits its turn, and there is an end to the waiting."""

import asyncio
import threading

import pytest

from chassis.bounded_threads import BoundedThreads
from chassis.errors import Unavailable


async def test_as_many_run_as_there_are_threads_and_beyond_the_queue_they_are_refused():
    running, most, go_on, lock = 0, 0, threading.Event(), threading.Lock()

    def work():
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        go_on.wait(10)
        with lock:
            running -= 1
        return "done"

    threads = BoundedThreads("tested", threads=2, queue=3, code="busy", message="Later.")
    accepted = [asyncio.create_task(threads.run(work)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await threads.run(work)
    assert (refused.value.code, refused.value.message, refused.value.retry_after) == ("busy", "Later.", 1.0)
    go_on.set()
    assert await asyncio.gather(*accepted) == ["done"] * 3
    assert most == 2
    assert await threads.run(work) == "done"


async def test_a_caller_who_gives_up_does_not_make_room_before_the_work_is_done():
    go_on = threading.Event()
    threads = BoundedThreads("tested", threads=1, queue=1, code="busy", message="Later.")
    impatient = asyncio.create_task(threads.run(lambda: go_on.wait(10)))
    await asyncio.sleep(0.05)
    impatient.cancel()
    await asyncio.wait([impatient])
    with pytest.raises(Unavailable):
        await threads.run(int)
    go_on.set()

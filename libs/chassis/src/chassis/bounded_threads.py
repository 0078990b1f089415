"""Runs what keeps a processor busy in a few threads, with a queue that has an end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from chassis.errors import Unavailable

T = TypeVar("T")


class BoundedThreads:
    """At most `threads` pieces of work run at a time; beyond `queue` that run or wait, `run` raises Unavailable with this code."""

    def __init__(self, name: str, *, threads: int, queue: int, code: str, message: str) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        # Released when the work is done, not when its caller is cancelled: the thread is busy until then.
        self._queue = BoundedSemaphore(queue)
        self._code = code
        self._message = message

    async def run(self, work: Callable[[], T]) -> T:
        if not self._queue.acquire(blocking=False):
            raise Unavailable(self._code, self._message, retry_after=1.0)
        done = self._threads.submit(work)
        done.add_done_callback(lambda _: self._queue.release())
        return await asyncio.wrap_future(done)

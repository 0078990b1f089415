"""Computes what takes long in turns, so that nobody else waits for all of it."""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

# In seconds. The event loop is to be held for less than ten milliseconds, and what is done with the items comes on top.
_LONGEST = 0.003


async def in_turns(items: Iterable[T]) -> list[T]:
    """All items, which are computed as they are taken. After some milliseconds the loop does what else there is, and then this goes on."""
    taken: list[T] = []
    began = monotonic()
    for item in items:
        taken.append(item)
        if monotonic() - began > _LONGEST:
            await asyncio.sleep(0)
            began = monotonic()
    return taken

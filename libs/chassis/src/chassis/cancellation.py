"""Finishes an operation although its caller is cancelled."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def finish_despite_cancellation(ending: Awaitable[T]) -> T:
    """Awaits a commit or rollback to its end, and only then passes a cancellation on."""
    task = asyncio.ensure_future(ending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            # Cancelled again: a deadline and the caller's own end often come together.
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            # Retrieved, or the loop would report it as forgotten; the caller gets the cancellation.
            task.exception()
        raise

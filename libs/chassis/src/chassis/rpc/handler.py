"""What answers calls, whatever transport they come by."""

from collections.abc import AsyncIterator
from typing import Protocol

from chassis.context import RequestContext


class Handler(Protocol):
    """The answering side of one service."""

    @property
    def name(self) -> str: ...

    async def answer(self, path: str, raw: bytes, context: RequestContext, seconds: float | None) -> bytes:
        """The serialised reply to a serialised request. Raises a Refusal, or whatever failed unforeseen."""

    async def receive(self, path: str, messages: AsyncIterator[bytes], context: RequestContext, seconds: float | None) -> bytes:
        """As `answer`, for a request that comes in pieces: the serialised messages are read as fast as they are written to disk."""

    async def ready(self) -> bool:
        """Whether calls can be answered now."""

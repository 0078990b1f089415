"""What answers calls, whatever transport they come by."""

from typing import Protocol

from chassis.context import RequestContext


class Handler(Protocol):
    """The answering side of one service."""

    @property
    def name(self) -> str: ...

    async def answer(self, path: str, raw: bytes, context: RequestContext, seconds: float | None) -> bytes:
        """The serialised reply to a serialised request. Raises a Refusal, or whatever failed unforeseen."""

    async def ready(self) -> bool:
        """Whether calls can be answered now."""

"""One open stream: a bounded queue of what its reader is to be sent, and why it ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

# Events that wait for a reader who does not read. Whoever has more waiting is cut off, and goes on from the last one they got.
_MOST_WAITING = 256
# Seconds until a reader who is sent nothing is sent a sign of life. Proxies cut what is silent for longer.
HEARTBEAT_SECONDS = 15.0
_HEARTBEAT = b"event: heartbeat\ndata: {}\n\n"
# Milliseconds after which a browser comes back.
_BEGINNING = b"retry: 2000\n\n"


@dataclass(eq=False, slots=True)
class AlertStream:
    """`generation`, `position` and `audience` are up to what it was told, and as whom; None: it has to be asked for it alone."""

    workspace_id: UUID | None
    user_id: UUID | None
    token: str = field(repr=False)
    generation: str = ""
    position: int = 0
    audience: str | None = None
    _waiting: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING + 1), repr=False)
    has_ended: bool = False
    # Ends it when it has lasted for long enough.
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)

    def tell(self, event: bytes) -> bool:
        """Has the event sent. False when too many wait: then the stream has ended. Never waits for the reader."""
        if self.has_ended:
            return True
        if self._waiting.qsize() >= _MOST_WAITING:
            self.cut()
            return False
        self._waiting.put_nowait(event)
        return True

    def end(self) -> None:
        """Ends the stream when what waits is sent."""
        if not self.has_ended:
            self.has_ended = True
            self._waiting.put_nowait(None)

    def cut(self) -> None:
        """Ends the stream at once: what waits is not sent."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self.end()

    async def events(self) -> AsyncIterator[bytes]:
        """What the reader is sent, until the end."""
        yield _BEGINNING
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    event = await self._waiting.get()
            except TimeoutError:
                event = _HEARTBEAT
            if event is None:
                return
            yield event

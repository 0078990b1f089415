"""Places that workspaces take in turn."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class Turns:
    """So many places at the same time. However many calls of one workspace wait, another's next one waits for no more than one of them."""

    def __init__(self, places: int) -> None:
        self._free = places
        # The workspace whose turn is next comes first.
        self._waiting: dict[UUID, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def take(self, workspace_id: UUID) -> AsyncIterator[None]:
        """Waits for a place, which is taken while the block runs."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(workspace_id)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, workspace_id: UUID) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(workspace_id, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                # It was given a place in the same moment.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            workspace_id, turns = next(iter(self._waiting.items()))
            turn = turns.popleft()
            del self._waiting[workspace_id]
            if turns:
                self._waiting[workspace_id] = turns
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._free += 1

"""Keeps the indexes of all workspaces up to date in the background. Any number may run; one of them works at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from chassis.encryption.keyring import SealBroken
from chassis.observability.redaction import cause
from chassis.service.runtime import Runtime
from chassis.work.leader import LeaderElection
from clinical.note_search.indexing import Indexer

_INTERVAL = 1.0
# A workspace with which something failed is left alone for so long.
_SECONDS_LEFT_ALONE = 60.0
_INDEXED = Counter("caseload_notes_indexed_total", "Notes that the index of their workspace has taken in, again after each change.")
_log = logging.getLogger(__name__)


class IndexWorker:
    """Takes changed notes in and, beside that, tidies the segments up: a large one takes a while, and changed notes do not wait for it."""

    def __init__(self, indexer: Indexer, dsn: str) -> None:
        self._indexer = indexer
        self._election = LeaderElection(dsn, "caseload search clinical", application="caseload-clinical-search", poll=_INTERVAL)
        self._untidy: dict[UUID, None] = {}
        self._left_alone: dict[UUID, float] = {}

    async def run(self) -> None:
        """Works until cancelled. Survives the loss of the database."""
        await self._election.run(self._lead)

    async def _lead(self, session: Any) -> None:
        async with asyncio.TaskGroup() as tasks:
            tidying = tasks.create_task(self._tidy())
            while not self._election.stopping.is_set():
                now = asyncio.get_running_loop().time()
                self._left_alone = {workspace_id: until for workspace_id, until in self._left_alone.items() if until > now}
                due = await self._indexer.due(list(self._left_alone))
                # A step of each, so that none waits until another has no more work.
                has_moved = [await self._try(workspace_id, self._take_in) for workspace_id in due]
                # A leader whose session has ended learns it here.
                await session.fetchval("SELECT 1")
                await asyncio.sleep(0 if any(has_moved) else _INTERVAL)
            tidying.cancel()

    async def _take_in(self, workspace_id: UUID) -> bool:
        taken = await self._indexer.take_in(workspace_id)
        _INDEXED.inc(taken)
        self._untidy[workspace_id] = None
        return taken > 0

    async def _tidy(self) -> None:
        while True:
            untidy, self._untidy = self._untidy, {}
            has_moved = [await self._try(workspace_id, self._tidy_up) for workspace_id in untidy]
            await asyncio.sleep(0 if any(has_moved) else _INTERVAL)

    async def _tidy_up(self, workspace_id: UUID) -> bool:
        is_more = await self._indexer.tidy(workspace_id)
        if is_more:
            self._untidy[workspace_id] = None
        return is_more

    async def _try(self, workspace_id: UUID, step: Callable[[UUID], Awaitable[bool]]) -> bool:
        """Whether the step has changed something.

        An index that does not open is made anew; whatever else fails is tried again later, and keeps no other workspace waiting.
        """
        try:
            try:
                return await step(workspace_id)
            except SealBroken:
                _log.error("an index does not open and is made anew", extra={"workspace_id": str(workspace_id)})
                await self._indexer.rebuild(workspace_id)
        except Exception as error:  # noqa: BLE001 - whatever failed, the other workspaces have their turn
            facts = {"workspace_id": str(workspace_id), "error": cause(error)}
            _log.error("an index could not be brought up to date", extra=facts)
            self._left_alone[workspace_id] = asyncio.get_running_loop().time() + _SECONDS_LEFT_ALONE
        return False


def index_loop(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    """The worker of this process, with an election on a session of its own."""
    return IndexWorker(Indexer(runtime.database, runtime.keys), runtime.settings.database_url.get_secret_value()).run

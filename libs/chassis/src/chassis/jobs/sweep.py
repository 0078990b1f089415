"""Deletes the files of jobs: those that have expired or belong to a job that was not done, pieces that no file has, and all of an erased workspace."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from chassis.db.errors import LOST
from chassis.errors import NotFound, Unavailable
from chassis.jobs.files import VERSION
from chassis.jobs.store import JobStore
from chassis.storage.base import Blobs, new_key
from chassis.work.unit_of_work import UnitOfWork

_INTERVAL = timedelta(hours=1)
# Much longer than a piece is stored before the step that keeps it.
_SPARED = timedelta(days=1)
_AT_ONCE = 200

_log = logging.getLogger(__name__)


class Sweeper:
    """Of one service: `dsn` is the relay role's, which finds jobs of all workspaces; `background` makes units of work."""

    def __init__(self, name: str, dsn: str, store: JobStore, blobs: Blobs, background: Callable[[UUID], UnitOfWork]) -> None:
        self._name = name
        self._dsn = dsn
        self._store = store
        self._blobs = blobs
        self._background = background

    async def run(self) -> None:
        """Sweeps every hour, until cancelled. What cannot be reached is tried again in the next round."""
        while True:
            await asyncio.sleep(_INTERVAL.total_seconds())
            try:
                await self.remove_expired()
                if removed := await self.remove_orphans(datetime.now(UTC)):
                    _log.warning("pieces of files that no job has are removed", extra={"service": self._name, "pieces": removed})
            except (Unavailable, NotFound) as refusal:
                # NotFound: a file went while it was looked at.
                _log.warning("files of jobs could not be swept", extra={"service": self._name, "code": refusal.code})
            except LOST as error:
                _log.warning("files of jobs could not be swept", extra={"service": self._name, "code": type(error).__name__})

    async def remove_expired(self) -> int:
        """Deletes the files of jobs that nobody can read any more. Returns their number."""
        session = await asyncpg.connect(self._dsn)
        removed = 0
        try:
            while found := await session.fetch(_expired(self._name), _AT_ONCE):
                for row in found:
                    await self._remove(row["workspace_id"], row["id"])
                removed += len(found)
        finally:
            await session.close()
        return removed

    async def _remove(self, workspace_id: UUID, job_id: UUID) -> None:
        while pieces := await self._some_pieces(workspace_id, job_id):
            await _delete(self._blobs, workspace_id, pieces)
            async with self._background(workspace_id) as work:
                await work.db.run(self._store.remove_pieces, ids=pieces)
        async with self._background(workspace_id) as work:
            await work.db.run(self._store.forget_file, id=job_id)

    async def _some_pieces(self, workspace_id: UUID, job_id: UUID) -> list[UUID]:
        async with self._background(workspace_id) as work:
            return [row["id"] for row in await work.db.all(self._store.some_pieces, job_id=job_id, limit=_AT_ONCE)]

    async def remove_orphans(self, now: datetime) -> int:
        """Deletes pieces that were stored a day ago and kept by no step: their worker ended in between. Returns their number."""
        removed = 0
        async for keys in self._blobs.stored_before(now - _SPARED):
            by_workspace: dict[UUID, set[UUID]] = defaultdict(set)
            for workspace_id, piece_id in (map(UUID, key.split("/")) for key in keys):
                if piece_id.version == VERSION:
                    by_workspace[workspace_id].add(piece_id)
            for workspace_id, ids in by_workspace.items():
                async with self._background(workspace_id) as work:
                    kept = {row["id"] for row in await work.db.all(self._store.known_pieces, ids=sorted(ids))}
                await _delete(self._blobs, workspace_id, sorted(ids - kept))
                removed += len(ids - kept)
        return removed


async def remove_all(blobs: Blobs, workspace_id: UUID) -> int:
    """Deletes a batch of the files of an erased workspace. Returns how many pieces they were."""
    pieces = [piece for key in await blobs.of_workspace(workspace_id) if (piece := UUID(key.split("/")[1])).version == VERSION][:_AT_ONCE]
    await _delete(blobs, workspace_id, pieces)
    return len(pieces)


async def _delete(blobs: Blobs, workspace_id: UUID, pieces: list[UUID]) -> None:
    await asyncio.gather(*(blobs.delete(new_key(workspace_id, piece)) for piece in pieces))


def _expired(schema: str) -> str:
    return (
        f"SELECT workspace_id, id FROM {schema}.jobs WHERE file_sealed IS NOT NULL AND file_expires_at < now() AND finished_at IS NOT NULL"
        " ORDER BY file_expires_at LIMIT $1"
    )

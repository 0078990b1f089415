"""Deletes the files of jobs: those that have expired or belong to a job that was not done, pieces that no file has, and all of an erased workspace."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from chassis.db.errors import LOST
from chassis.errors import NotFound, Unavailable
from chassis.jobs.files import VERSION
from chassis.jobs.store import JobStore
from chassis.service.runtime import Runtime
from chassis.storage.base import Blobs, new_key

_INTERVAL = timedelta(hours=1)
# Much longer than a piece is stored before the step that keeps it.
_SPARED = timedelta(days=1)
_AT_ONCE = 200

_log = logging.getLogger(__name__)


async def remove_expired(runtime: Runtime, store: JobStore) -> int:
    """Deletes the files of jobs that nobody can read any more. Returns their number."""
    session = await asyncpg.connect(runtime.relay_dsn)
    removed = 0
    try:
        while found := await session.fetch(_expired(runtime.name), _AT_ONCE):
            for row in found:
                await _remove(runtime, store, row["workspace_id"], row["id"])
            removed += len(found)
    finally:
        await session.close()
    return removed


async def _remove(runtime: Runtime, store: JobStore, workspace_id: UUID, job_id: UUID) -> None:
    pieces = [row["id"] for row in await _in_workspace(runtime, workspace_id, store, job_id)]
    while pieces:
        await _delete(runtime.job_blobs, workspace_id, pieces)
        async with runtime.background(workspace_id) as work:
            await work.db.run(store.remove_pieces, ids=pieces)
        pieces = [row["id"] for row in await _in_workspace(runtime, workspace_id, store, job_id)]
    async with runtime.background(workspace_id) as work:
        await work.db.run(store.forget_file, id=job_id)


async def _in_workspace(runtime: Runtime, workspace_id: UUID, store: JobStore, job_id: UUID) -> list[asyncpg.Record]:
    async with runtime.background(workspace_id) as work:
        return list(await work.db.all(store.some_pieces, job_id=job_id, limit=_AT_ONCE))


async def remove_orphans(runtime: Runtime, store: JobStore, now: datetime) -> int:
    """Deletes pieces that were stored a day ago and kept by no step: their worker ended in between. Returns their number."""
    removed = 0
    async for keys in runtime.job_blobs.stored_before(now - _SPARED):
        by_workspace: dict[UUID, set[UUID]] = defaultdict(set)
        for workspace_id, piece_id in (map(UUID, key.split("/")) for key in keys):
            if piece_id.version == VERSION:
                by_workspace[workspace_id].add(piece_id)
        for workspace_id, ids in by_workspace.items():
            async with runtime.background(workspace_id) as work:
                kept = {row["id"] for row in await work.db.all(store.known_pieces, ids=sorted(ids))}
            await _delete(runtime.job_blobs, workspace_id, sorted(ids - kept))
            removed += len(ids - kept)
    return removed


async def remove_all(blobs: Blobs, workspace_id: UUID) -> int:
    """Deletes a batch of the files of an erased workspace. Returns how many pieces they were."""
    pieces = [piece for key in await blobs.of_workspace(workspace_id) if (piece := UUID(key.split("/")[1])).version == VERSION][:_AT_ONCE]
    await _delete(blobs, workspace_id, pieces)
    return len(pieces)


async def _delete(blobs: Blobs, workspace_id: UUID, pieces: list[UUID]) -> None:
    await asyncio.gather(*(blobs.delete(new_key(workspace_id, piece)) for piece in pieces))


def sweep_loop(runtime: Runtime, store: JobStore) -> Callable[[], Awaitable[None]]:
    """A loop that does so every hour. What cannot be reached is tried again in the next round."""

    async def run() -> None:
        while True:
            await asyncio.sleep(_INTERVAL.total_seconds())
            try:
                await remove_expired(runtime, store)
                if removed := await remove_orphans(runtime, store, datetime.now(UTC)):
                    _log.warning("pieces of files that no job has are removed", extra={"service": runtime.name, "pieces": removed})
            except (Unavailable, NotFound) as refusal:
                # NotFound: a file went while it was looked at.
                _log.warning("files of jobs could not be swept", extra={"service": runtime.name, "code": refusal.code})
            except LOST as error:
                _log.warning("files of jobs could not be swept", extra={"service": runtime.name, "code": type(error).__name__})

    return run


def _expired(schema: str) -> str:
    return (
        f"SELECT workspace_id, id FROM {schema}.jobs WHERE file_sealed IS NOT NULL AND file_expires_at < now() AND finished_at IS NOT NULL"
        " ORDER BY file_expires_at LIMIT $1"
    )

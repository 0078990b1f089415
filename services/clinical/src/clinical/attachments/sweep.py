"""Finds files in the file store itself: those that no attachment belongs to, and all of an erased workspace. Finds attachments whose file is gone.

A process that ends between storing a file and committing its row leaves a file, which is removed. A row without its file is nothing that the
suite does: a store was lost, or restored from another day than the database. It is reported.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from prometheus_client import Gauge

from caseload.clinical.v1 import events_pb2
from chassis.db.errors import LOST
from chassis.errors import NotFound, Unavailable
from chassis.service.runtime import Runtime
from chassis.storage.base import Blobs, new_key
from clinical.attachments import store
from clinical.holds import legal_holds

# Much longer than any upload takes: time to notice that this is not the database that the files belong to.
_SPARED = timedelta(days=7)
_INTERVAL = timedelta(hours=6)
# Attachments have ids of this version. Checkpoints, which may be in the same directory, have ids of version 5.
_VERSION = 7
_AT_ONCE = 200

# What is being deleted meanwhile may have lost its file a moment before its row was read.
_OLD_ENOUGH = timedelta(hours=1)
_BATCH = 1_000
_ROWS = """
    SELECT workspace_id, id FROM clinical.attachments
    WHERE (workspace_id, id) > ($1, $2) AND created_at < $3 ORDER BY workspace_id, id LIMIT $4
"""
_NONE = UUID(int=0)
_MISSING = Gauge("caseload_files_missing", "Attachments whose file is not in the store.")

_log = logging.getLogger(__name__)


async def remove_orphans(runtime: Runtime, now: datetime) -> int:
    """Deletes files older than a week that no attachment refers to, by announcing AttachmentRemoved for each. Returns their number.

    Where anything of a workspace is under a legal hold, its files stay.
    """
    removed = 0
    async for keys in runtime.blobs.stored_before(now - _SPARED):
        by_workspace: dict[UUID, set[UUID]] = defaultdict(set)
        for workspace_id, file_id in (map(UUID, key.split("/")) for key in keys):
            if file_id.version == _VERSION:
                by_workspace[workspace_id].add(file_id)
        for workspace_id, ids in by_workspace.items():
            async with runtime.background(workspace_id) as work:
                # A database that does not know the workspace at all is perhaps not the one that these files belong to.
                if not (await work.db.one(store.is_known))["found"]:
                    continue
                orphans = ids - {row["id"] for row in await work.db.all(store.known, ids=sorted(ids))}
                # Whose they were nobody can say.
                if orphans and await runtime.once(legal_holds).is_any(work):
                    continue
                for file_id in sorted(orphans):
                    work.emit(events_pb2.AttachmentRemoved(attachment_id=str(file_id)))
            removed += len(orphans)
    return removed


async def find_missing(runtime: Runtime, now: datetime) -> int:
    """Reports attachments whose file is not in the store: each in the log, their number as a metric. Returns it."""
    missing, place = 0, (_NONE, _NONE)
    session = await asyncpg.connect(runtime.relay_dsn)
    try:
        while rows := await session.fetch(_ROWS, *place, now - _OLD_ENOUGH, _BATCH):
            place = (rows[-1]["workspace_id"], rows[-1]["id"])
            for key in await runtime.blobs.missing([new_key(row["workspace_id"], row["id"]) for row in rows]):
                missing += await _report(runtime, *map(UUID, key.split("/")))
    finally:
        await session.close()
    _MISSING.set(missing)
    return missing


async def _report(runtime: Runtime, workspace_id: UUID, attachment_id: UUID) -> bool:
    """Logs that the attachment has no file, unless it was deleted since it was read."""
    async with runtime.background(workspace_id) as work:
        known = bool(await work.db.all(store.known, ids=[attachment_id]))
    if known:
        _log.error("a file is missing", extra={"workspace_id": str(workspace_id), "attachment_id": str(attachment_id)})
    return known


async def remove_all(blobs: Blobs, workspace_id: UUID) -> int:
    """Deletes a batch of the files of an erased workspace, whether or not an attachment referred to them. Returns their number."""
    files = [key for key in await blobs.of_workspace(workspace_id) if UUID(key.split("/")[1]).version == _VERSION][:_AT_ONCE]
    await asyncio.gather(*map(blobs.delete, files))
    return len(files)


def sweep_loop(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    """A loop that removes orphaned files and looks for missing ones every six hours. What cannot be reached is tried again in the next round."""

    async def run() -> None:
        while True:
            # First: somebody who has just restored the wrong database has time to stop.
            await asyncio.sleep(_INTERVAL.total_seconds())
            try:
                if removed := await remove_orphans(runtime, datetime.now(UTC)):
                    _log.warning("files without an attachment are removed", extra={"files": removed})
                await find_missing(runtime, datetime.now(UTC))
            except (Unavailable, NotFound) as refusal:
                # NotFound: a file went while it was looked at.
                _log.warning("files could not be swept", extra={"code": refusal.code})
            except LOST as error:
                _log.warning("files could not be swept", extra={"code": type(error).__name__})

    return run

"""Finds files in the file store itself: those that no attachment belongs to, and all of an erased workspace.

A process that ends between storing a file and committing its row leaves one without an attachment.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from caseload.clinical.v1 import events_pb2
from chassis.errors import NotFound, Unavailable
from chassis.service.runtime import Runtime
from chassis.storage.base import Blobs
from clinical.attachments import store

# Much longer than any upload takes: time to notice that this is not the database that the files belong to.
_SPARED = timedelta(days=7)
_INTERVAL = timedelta(hours=6)
# Attachments have ids of this version. Checkpoints, which may be in the same directory, have ids of version 5.
_VERSION = 7
_AT_ONCE = 200

_log = logging.getLogger(__name__)


async def remove_orphans(runtime: Runtime, now: datetime) -> int:
    """Deletes files older than a week that no attachment refers to, by announcing AttachmentRemoved for each. Returns their number."""
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
                for file_id in sorted(orphans):
                    work.emit(events_pb2.AttachmentRemoved(attachment_id=str(file_id)))
            removed += len(orphans)
    return removed


async def remove_all(blobs: Blobs, workspace_id: UUID) -> int:
    """Deletes a batch of the files of an erased workspace, whether or not an attachment referred to them. Returns their number."""
    files = [key for key in await blobs.of_workspace(workspace_id) if UUID(key.split("/")[1]).version == _VERSION][:_AT_ONCE]
    await asyncio.gather(*map(blobs.delete, files))
    return len(files)


def sweep_loop(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    """A loop that removes orphaned files every six hours. What cannot be reached is tried again in the next round."""

    async def run() -> None:
        while True:
            # First: somebody who has just restored the wrong database has time to stop.
            await asyncio.sleep(_INTERVAL.total_seconds())
            try:
                if removed := await remove_orphans(runtime, datetime.now(UTC)):
                    _log.warning("files without an attachment are removed", extra={"files": removed})
            except (Unavailable, NotFound) as refusal:
                # NotFound: a file went while it was looked at.
                _log.warning("files could not be swept", extra={"code": refusal.code})

    return run

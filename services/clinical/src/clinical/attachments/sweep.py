"""Finds files that no attachment belongs to: a process that ends between storing a file and committing its row leaves one."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from caseload.clinical.v1 import events_pb2
from chassis.errors import NotFound, Unavailable
from chassis.service.runtime import Runtime
from clinical.attachments import store

# Much longer than any upload takes: time to notice that this is not the database that the files belong to.
_SPARED = timedelta(days=7)
_INTERVAL = timedelta(hours=6)
# Attachments have ids of this version. Checkpoints, which may be in the same directory, have ids of version 5.
_VERSION = 7

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

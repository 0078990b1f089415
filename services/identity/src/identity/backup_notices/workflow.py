"""Announces in every active workspace that something is wrong with the installation's backups."""

from uuid import UUID

from caseload.identity.v1 import events_pb2
from chassis.service.runtime import Runtime
from identity.backup_notices import store

_AT_ONCE = 500


async def announce(runtime: Runtime) -> int:
    """Returns in how many workspaces. What becomes of it in each, its own rules say. Raises Unavailable."""
    told, after = 0, UUID(int=0)
    while True:
        async with runtime.database.transaction(None, seconds=10.0) as tx:
            found = [row["workspace_id"] for row in await tx.all(store.active_after, after=after, limit=_AT_ONCE)]
        for workspace_id in found:
            async with runtime.background(workspace_id) as work:
                work.emit(events_pb2.BackupsTroubled(is_only_workspace=told == 0 and len(found) == 1))
        told += len(found)
        if len(found) < _AT_ONCE:
            return told
        after = found[-1]

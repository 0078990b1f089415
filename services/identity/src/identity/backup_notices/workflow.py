"""Announces in every active workspace that something is wrong with the installation's backups."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import asyncpg

from caseload.identity.v1 import events_pb2
from chassis.db.errors import refusals
from chassis.service.runtime import Runtime
from identity.backup_notices import store

_AT_ONCE = 500
_SECONDS = 10.0


async def told_since(runtime: Runtime, moment: datetime) -> set[UUID]:
    """The workspaces in which it was announced after the moment, by whichever process. Raises Unavailable."""
    with refusals():
        session = await asyncpg.connect(runtime.relay_dsn, timeout=_SECONDS, command_timeout=_SECONDS)
        try:
            found = await session.fetch(store.TOLD_SINCE, events_pb2.BackupsTroubled.DESCRIPTOR.full_name, moment)
        finally:
            session.terminate()
    return {UUID(str(row["workspace_id"])) for row in found}


async def announce(runtime: Runtime, *, but: Collection[UUID] = ()) -> int:
    """Returns in how many workspaces. What becomes of it in each, its own rules say. Raises Unavailable."""
    told, active, after = 0, 0, UUID(int=0)
    while True:
        async with runtime.database.transaction(None, seconds=_SECONDS) as tx:
            found = [row["workspace_id"] for row in await tx.all(store.active_after, after=after, limit=_AT_ONCE)]
        is_only = active == 0 and len(found) == 1
        active += len(found)
        for workspace_id in found:
            if workspace_id not in but:
                async with runtime.background(workspace_id) as work:
                    work.emit(events_pb2.BackupsTroubled(is_only_workspace=is_only))
                told += 1
        if len(found) < _AT_ONCE:
            return told
        after = found[-1]

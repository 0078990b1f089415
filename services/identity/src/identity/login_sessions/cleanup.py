"""Deletes what has expired: revocations, throttle buckets, magic links and login sessions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from chassis.db.database import Database
from chassis.service.runtime import Runtime
from identity.credentials import store as credentials
from identity.credentials.rules import DECOY_WORKSPACE, FORGOTTEN_AFTER
from identity.login_sessions import store
from identity.people import store as people

_INTERVAL = timedelta(minutes=15)
_REVOCATIONS_KEPT = timedelta(hours=1)
_MAGIC_LINKS_KEPT = timedelta(days=1)
_LOGIN_SESSIONS_KEPT = timedelta(days=7)


async def delete_expired(database: Database, now: datetime) -> None:
    """Delete the rows of all workspaces whose time has passed; one transaction per workspace."""
    async with database.transaction(None) as tx:
        await tx.run(store.delete_old_revocations, before=now - _REVOCATIONS_KEPT)
        await tx.run(credentials.delete_old_buckets, before=now - max(FORGOTTEN_AFTER.values()))
        workspaces = [row["workspace_id"] for row in await tx.all(people.workspaces_with_users)]
    for workspace_id in (DECOY_WORKSPACE, *workspaces):
        async with database.transaction(workspace_id) as tx:
            await tx.run(credentials.delete_expired_magic_links, before=now - _MAGIC_LINKS_KEPT)
            await tx.run(store.delete_expired_login_sessions, before=now - _LOGIN_SESSIONS_KEPT)


def cleanup_loop(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    """A loop that deletes expired rows every 15 minutes."""

    async def run() -> None:
        while True:
            await delete_expired(runtime.database, datetime.now(UTC))
            await asyncio.sleep(_INTERVAL.total_seconds())

    return run

"""Deletes what has expired: revocations, throttle buckets, magic links and login sessions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.db.database import Database
from chassis.db.statement import Statement
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from identity.credentials import store as credentials
from identity.credentials.rules import DECOY_WORKSPACE, FORGOTTEN_AFTER
from identity.login_sessions import store
from identity.people import store as people
from identity.settings import IdentitySettings

_INTERVAL = timedelta(minutes=15)
# Sessions take their refresh tokens along, up to a hundred and more each.
_AT_ONCE = 200
_REVOCATIONS_KEPT = timedelta(hours=1)
_SECONDS = 30.0


async def delete_expired(runtime: Runtime, now: datetime) -> None:
    """Delete the rows of all workspaces whose time has passed, 200 to a transaction. Login sessions leave audit lines."""
    settings: IdentitySettings = runtime.settings
    database = runtime.database
    await _delete(database, None, store.delete_old_revocations, now - _REVOCATIONS_KEPT)
    await _delete(database, None, credentials.delete_old_buckets, now - max(FORGOTTEN_AFTER.values()))
    async with database.transaction(None, seconds=_SECONDS) as tx:
        workspaces = [row["workspace_id"] for row in await tx.all(people.workspaces_with_users)]
    for workspace_id in (DECOY_WORKSPACE, *workspaces):
        links_before = now - timedelta(days=settings.magic_links_days)
        await _delete(database, workspace_id, credentials.delete_expired_magic_links, links_before)
        sessions_before = now - timedelta(days=settings.login_sessions_days)
        await _delete_login_sessions(runtime, workspace_id, sessions_before)


async def _delete_login_sessions(runtime: Runtime, workspace_id: UUID, before: datetime) -> None:
    deleted = _AT_ONCE
    while deleted == _AT_ONCE:
        async with runtime.background(workspace_id) as work:
            rows = await work.db.all(store.delete_expired_login_sessions, before=before, limit=_AT_ONCE)
            deleted = len(rows)
            users = sorted({row["user_id"] for row in rows})
            facts = {"login_sessions": deleted}
            record_effect(work, "delete_expired_login_sessions", options_pb2.RESOURCE_USER, options_pb2.ACTION_DELETE, users, **facts)


async def _delete(database: Database, workspace_id: UUID | None, statement: Statement, before: datetime) -> None:
    deleted = _AT_ONCE
    while deleted == _AT_ONCE:
        async with database.transaction(workspace_id, seconds=_SECONDS) as tx:
            deleted = await tx.run(statement, before=before, limit=_AT_ONCE)


def cleanup_loop(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    """A loop that deletes expired rows every 15 minutes."""

    async def run() -> None:
        while True:
            await delete_expired(runtime, datetime.now(UTC))
            await asyncio.sleep(_INTERVAL.total_seconds())

    return run

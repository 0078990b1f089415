"""Clears away what is over: revocations that void nothing any more, old tries, links and sign-ins."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from chassis.db.database import Database
from chassis.service.runtime import Runtime
from identity.sign_in import rules, store

_EVERY = timedelta(minutes=15)
_REVOCATIONS_KEPT = timedelta(hours=1)
_LINKS_KEPT = timedelta(days=1)
_SESSIONS_KEPT = timedelta(days=7)


async def clear(database: Database, now: datetime) -> None:
    async with database.transaction(None) as tx:
        await tx.run(store.forget_revocations, before=now - _REVOCATIONS_KEPT)
        await tx.run(store.forget_old_tries, before=now - max(rules.QUIET.values()))
        in_use = [row["workspace_id"] for row in await tx.all(store.workspaces_in_use)]
    for workspace_id in (rules.NOWHERE, *in_use):
        async with database.transaction(workspace_id) as tx:
            await tx.run(store.forget_links, before=now - _LINKS_KEPT)
            await tx.run(store.forget_sessions, before=now - _SESSIONS_KEPT)


def clearing(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    async def clear_for_ever() -> None:
        while True:
            await clear(runtime.database, datetime.now(UTC))
            await asyncio.sleep(_EVERY.total_seconds())

    return clear_for_ever

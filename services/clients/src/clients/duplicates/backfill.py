"""Gives clients from before there were match keys theirs. Any number may run: a client that has some is left alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

from chassis.errors import NotFound
from chassis.observability.redaction import cause
from chassis.paging import BEGINNING
from chassis.service.runtime import Runtime
from clients.clients import mapping
from clients.clients.match_keys import match_keys
from clients.duplicates import store

_INTERVAL = 60.0
_SECONDS_TO_LOOK = 5.0
_log = logging.getLogger(__name__)


def backfill_loop(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    """Looks for workspaces with such clients, at the start and every minute."""

    async def run() -> None:
        while True:
            async with runtime.database.transaction(None, seconds=_SECONDS_TO_LOOK) as tx:
                waiting = [row["workspace_id"] for row in await tx.all(store.waiting)]
            for workspace_id in waiting:
                try:
                    await backfill(runtime, workspace_id)
                except Exception as error:  # noqa: BLE001 - whatever failed, the other workspaces have their turn
                    facts = {"workspace_id": str(workspace_id), "error": cause(error)}
                    _log.error("clients could not be given what they are compared by", extra=facts)
            await asyncio.sleep(_INTERVAL)

    return run


async def backfill(runtime: Runtime, workspace_id: UUID) -> None:
    """All clients of one workspace, batch by batch."""
    after: UUID | None = BEGINNING
    while after is not None:
        after = await _next_batch(runtime, workspace_id, after)


async def _next_batch(runtime: Runtime, workspace_id: UUID, after: UUID) -> UUID | None:
    """Returns the last client of the batch; None when there are no more."""
    try:
        keys = await runtime.keys.of(workspace_id)
    except NotFound:
        # Of an erased workspace nothing is left to be compared.
        keys = None
    async with runtime.background(workspace_id) as work:
        rows = await work.db.all(store.without_keys, after=after) if keys is not None else []
        if keys is None or not rows:
            await work.db.run(store.done, workspace_id=workspace_id)
            return None
        added = [(row["id"], key) for row in rows for key in match_keys(mapping.to_message(row, keys), keys)]
        await work.db.run(
            store.add_keys,
            client_ids=[client_id for client_id, _ in added],
            kinds=[key.kind for _, key in added],
            versions=[key.index_version for _, key in added],
            tokens=[key.token for _, key in added],
        )
    return UUID(str(rows[-1]["id"]))

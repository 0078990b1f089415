"""Published checkpoints: copies of the newest checkpoint of each chain, kept in the file store, where no database role can change them.

A chain that was truncated or rewritten in the database contradicts its published checkpoint.
"""

import asyncio
import json
import logging
from typing import Any
from uuid import UUID, uuid5

from prometheus_client import Counter

from audit.trail import store
from audit.trail.chain import Checkpoint
from chassis.db.database import Database
from chassis.errors import NotFound, Refusal
from chassis.service.runtime import Runtime
from chassis.storage.base import Blobs, new_key

_log = logging.getLogger(__name__)

# Time to read what a checkpoint says.
_SECONDS = 10.0

_CONTRADICTED = Counter("caseload_audit_contradictions_total", "Times a chain was found to contradict its published checkpoint.")


class CheckpointPublisher:
    """Publishes the newest checkpoint of each chain, at most `every` seconds after the chain has grown."""

    def __init__(self, database: Database, blobs: Blobs, *, every: float) -> None:
        self._database = database
        self._blobs = blobs
        self._every = every
        self._due: dict[UUID, float] = {}

    def schedule(self, workspace_id: UUID) -> None:
        """Makes the workspace's checkpoint due in `every` seconds, unless it is due already. Called when the chain has grown."""
        self._due.setdefault(workspace_id, asyncio.get_running_loop().time() + self._every)

    async def publish_due(self) -> None:
        """Publishes the checkpoints that are due. One that fails is tried again later."""
        now = asyncio.get_running_loop().time()
        for workspace_id in [each for each, due in self._due.items() if due <= now]:
            try:
                await self.publish(workspace_id)
            except Refusal as refusal:
                self._due[workspace_id] = now + max(self._every, 5.0)
                _log.warning("a checkpoint could not be published", extra={"workspace_id": str(workspace_id), "code": refusal.code})
            else:
                del self._due[workspace_id]

    async def publish(self, workspace_id: UUID) -> None:
        """Replaces the published checkpoint by the chain's newest one.

        If the chain contradicts the published checkpoint, that one stays, because it is evidence.
        """
        published = await self.published(workspace_id)
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
            entry = None if published is None else await tx.maybe(store.entry_at, sequence=published.sequence)
            newest = await tx.one(store.checkpoint)
        if published is not None and (entry is None or entry["hash"] != published.hash):
            _CONTRADICTED.inc()
            _log.error("a chain contradicts its checkpoint", extra={"workspace_id": str(workspace_id), "sequence": published.sequence})
            return
        written: dict[str, Any] = {"workspace_id": str(workspace_id), "sequence": newest["sequence"], "hash": newest["hash"].hex()}
        await self._blobs.put(_key(workspace_id), json.dumps(written).encode(), "application/json")

    async def published(self, workspace_id: UUID) -> Checkpoint | None:
        """The workspace's published checkpoint, or None before the first. Raises Unavailable if the file store does not answer."""
        try:
            read = json.loads(await self._blobs.get(_key(workspace_id)))
        except NotFound:
            return None
        return Checkpoint(read["sequence"], bytes.fromhex(read["hash"]))


def checkpoint_publisher(runtime: Runtime) -> CheckpointPublisher:
    return CheckpointPublisher(runtime.database, runtime.blobs, every=runtime.settings.checkpoint_seconds)


def _key(workspace_id: UUID) -> str:
    return new_key(workspace_id, uuid5(workspace_id, "caseload audit checkpoint"))

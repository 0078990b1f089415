"""Copies of chain heads in the file store, out of the database's reach: a chain that was cut or rewritten contradicts its own."""

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from prometheus_client import Counter

from audit.trail import store
from chassis.db.database import Database
from chassis.errors import NotFound, Refusal
from chassis.service.runtime import Runtime
from chassis.storage.base import Blobs, new_key

_log = logging.getLogger(__name__)

_CONTRADICTED = Counter("caseload_audit_contradictions_total", "Times a chain was found to contradict its checkpoint.")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The hash a chain once had at a sequence, and so must have for ever."""

    sequence: int
    hash: bytes


class Checkpoints:
    """The newest checkpoint of each workspace, at most `every` seconds behind its chain."""

    def __init__(self, database: Database, blobs: Blobs, *, every: float) -> None:
        self._database = database
        self._blobs = blobs
        self._every = every
        self._due: dict[UUID, float] = {}

    def moved(self, workspace_id: UUID) -> None:
        """Says that the workspace's chain has grown."""
        self._due.setdefault(workspace_id, asyncio.get_running_loop().time() + self._every)

    async def copy_due(self) -> None:
        """Takes the checkpoints whose time has come; what the file store does not take now is tried again later."""
        now = asyncio.get_running_loop().time()
        for workspace_id in [each for each, due in self._due.items() if due <= now]:
            try:
                await self.copy(workspace_id)
            except Refusal as refusal:
                self._due[workspace_id] = now + max(self._every, 5.0)
                _log.warning("a checkpoint could not be taken", extra={"workspace_id": str(workspace_id), "code": refusal.code})
            else:
                del self._due[workspace_id]

    async def copy(self, workspace_id: UUID) -> None:
        """Replaces the checkpoint by the chain's present head, unless the chain contradicts it: then it is evidence and stays."""
        known = await self.newest(workspace_id)
        async with self._database.transaction(workspace_id) as tx:
            then = None if known is None else await tx.maybe(store.seal_at, sequence=known.sequence)
            head = await tx.one(store.head)
        if known is not None and (then is None or then["hash"] != known.hash):
            _CONTRADICTED.inc()
            _log.error("a chain contradicts its checkpoint", extra={"workspace_id": str(workspace_id), "sequence": known.sequence})
            return
        written: dict[str, Any] = {"workspace_id": str(workspace_id), "sequence": head["sequence"], "hash": head["hash"].hex()}
        await self._blobs.put(_key(workspace_id), json.dumps(written).encode(), "application/json")

    async def newest(self, workspace_id: UUID) -> Checkpoint | None:
        """The workspace's checkpoint, or None before the first; Unavailable when the file store does not answer."""
        try:
            read = json.loads(await self._blobs.get(_key(workspace_id)))
        except NotFound:
            return None
        return Checkpoint(read["sequence"], bytes.fromhex(read["hash"]))


def checkpoints(runtime: Runtime) -> Checkpoints:
    return Checkpoints(runtime.database, runtime.blobs, every=runtime.settings.checkpoint_seconds)


def _key(workspace_id: UUID) -> str:
    return new_key(workspace_id, uuid5(workspace_id, "caseload audit checkpoint"))

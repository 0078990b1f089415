"""Published checkpoints: copies of the newest checkpoint of each chain, kept in the file store, where no database role can change them.

A chain that was truncated or rewritten in the database contradicts its published checkpoint.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from prometheus_client import Counter

from audit.trail import proofs, store
from audit.trail.chain import Checkpoint
from audit.trail.verification import hash_at
from chassis.db.database import Database
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import NotFound, Refusal
from chassis.observability.redaction import cause
from chassis.service.runtime import Runtime
from chassis.storage.base import Blobs, new_key

_log = logging.getLogger(__name__)

# Time to read what a checkpoint says.
_SECONDS = 10.0
# How many checkpoints are published at once, of those in the table and of those in memory. One that hangs holds up no more than its own batch, and no chain.
_AT_ONCE = 16
_POLL = 0.25
_SECONDS_TO_TRY_AGAIN = 5.0

_CONTRADICTED = Counter(
    "caseload_audit_contradictions_total", "Times a chain was found that contradicts its published checkpoint, or that audit did not write."
)

TakeOver = Callable[[UUID], Awaitable[None]]


class CheckpointPublisher:
    """Publishes the newest checkpoint of each chain, about `every` seconds after the chain has grown.

    Which chains have grown is kept in a table, written with their entries, so that none is forgotten when audit stops. It is in memory as well,
    where nobody who can write into the database hides one.
    """

    def __init__(self, database: Database, keys: Keys, blobs: Blobs, *, every: float, unsigned_until: datetime | None = None) -> None:
        self._database = database
        self._keys = keys
        self._blobs = blobs
        self.every = timedelta(seconds=every)
        self._unsigned_until = unsigned_until
        # Of the chains that this process has continued: the loop's time at which each is due.
        self._grown: dict[UUID, float] = {}

    def note_growth(self, workspace_id: UUID) -> None:
        """Makes the workspace's checkpoint due, unless it is already. Called when its chain has grown."""
        self._grown.setdefault(workspace_id, asyncio.get_running_loop().time() + self.every.total_seconds())

    async def run(self, take_over: TakeOver) -> None:
        """Publishes what is due until cancelled, while chains grow. `take_over` is told of a chain that a release before proofs has left."""
        while True:
            try:
                more = await self.publish_due(take_over)
            except Refusal as refusal:
                _log.warning("due checkpoints cannot be read", extra={"code": refusal.code})
                await asyncio.sleep(_SECONDS_TO_TRY_AGAIN)
            else:
                if not more:
                    await asyncio.sleep(_POLL)

    async def publish_due(self, take_over: TakeOver | None = None) -> bool:
        """Publishes a batch of those that are due. One that fails is due again later. Returns whether there may be more."""
        async with self._database.transaction(None, seconds=_SECONDS) as tx:
            due = [row["workspace_id"] for row in await tx.all(store.due_for_witness, limit=_AT_ONCE)]
        now = asyncio.get_running_loop().time()
        # Beside the table's, whatever somebody else has written there.
        remembered = [each for each, moment in self._grown.items() if moment <= now and each not in due][:_AT_ONCE]
        await asyncio.gather(*(self._publish_or_postpone(workspace_id, take_over) for workspace_id in (*due, *remembered)))
        return _AT_ONCE in {len(due), len(remembered)}

    async def _publish_or_postpone(self, workspace_id: UUID, take_over: TakeOver | None) -> None:
        delay = self.every
        # Before the chain is read: what it grows by from now on is due later.
        grown = self._grown.pop(workspace_id, None) is not None
        try:
            sequence = await self.publish(workspace_id, take_over)
        except Exception as error:  # noqa: BLE001 - whatever failed, the others have their turn
            told = {"code": error.code} if isinstance(error, Refusal) else {"error": cause(error)}
            _log.warning("a checkpoint could not be published", extra={"workspace_id": str(workspace_id), **told})
            sequence, delay = -1, max(self.every, timedelta(seconds=_SECONDS_TO_TRY_AGAIN))
            if grown:
                self._grown[workspace_id] = asyncio.get_running_loop().time() + delay.total_seconds()
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
            if not await tx.run(store.witnessed, sequence=sequence):
                await tx.run(store.postpone_witness, delay=delay)

    async def publish(self, workspace_id: UUID, take_over: TakeOver | None = None) -> int:
        """Replaces the published checkpoint by the chain's newest one. Returns the sequence up to which there is nothing more to do.

        If the chain contradicts the published checkpoint, or was continued by somebody else, that one stays, because it is evidence.
        """
        published, keys = await self.published(workspace_id), await self._keys.of(workspace_id)
        found, newest = await self._read(workspace_id, published, keys)
        contradicts = published is not None and found != published.hash
        if not contradicts and newest["proof"] is None and take_over and proofs.may_lack_proof(published, self._unsigned_until):
            await take_over(workspace_id)
            _, newest = await self._read(workspace_id, published, keys)
        checkpoint = Checkpoint(newest["sequence"], newest["hash"])
        is_ours = proofs.holds(newest["proof"], proofs.of_checkpoint(checkpoint, keys))
        if contradicts or not is_ours:
            _CONTRADICTED.inc()
            _log.error(
                _fault(published, contradicts=contradicts),
                extra={"workspace_id": str(workspace_id), "sequence": published.sequence if published else None},
            )
            return checkpoint.sequence
        written: dict[str, Any] = {"workspace_id": str(workspace_id), "sequence": checkpoint.sequence, "hash": checkpoint.hash.hex()}
        await self._blobs.put(checkpoint_key(workspace_id), json.dumps({**written, "is_proven": True}).encode(), "application/json")
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
            await tx.run(store.note_published, sequence=checkpoint.sequence)
        return checkpoint.sequence

    async def published(self, workspace_id: UUID) -> Checkpoint | None:
        """The workspace's published checkpoint, or None before the first. Raises Unavailable if the file store does not answer.

        One that was published and is gone is told as a checkpoint that no chain has: without a hash.
        """
        # First: whatever is noted as published by now is in the file store.
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
            row = await tx.maybe(store.checkpoint)
        try:
            read = json.loads(await self._blobs.get(checkpoint_key(workspace_id)))
        except NotFound:
            noted = None if row is None else row["published_sequence"]
            return None if noted is None else Checkpoint(noted, b"")
        return Checkpoint(read["sequence"], bytes.fromhex(read["hash"]), read.get("is_proven", False))

    async def _read(self, workspace_id: UUID, published: Checkpoint | None, keys: WorkspaceKeys) -> tuple[bytes | None, Any]:
        """The hash of the chain where the published checkpoint is, and the newest checkpoint."""
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
            found = None if published is None else await hash_at(tx, published.sequence, keys)
            return found, await tx.one(store.checkpoint)


def checkpoint_publisher(runtime: Runtime) -> CheckpointPublisher:
    settings = runtime.settings
    return CheckpointPublisher(
        runtime.database, runtime.keys, runtime.blobs, every=settings.checkpoint_seconds, unsigned_until=settings.unsigned_events_until
    )


def _fault(published: Checkpoint | None, *, contradicts: bool) -> str:
    if not contradicts:
        return "a chain was continued by somebody without its keys"
    is_gone = published is not None and not published.hash
    return "a published checkpoint is gone" if is_gone else "a chain contradicts its published checkpoint"


def checkpoint_key(workspace_id: UUID) -> str:
    """Where the file store has the workspace's published checkpoint."""
    return new_key(workspace_id, uuid5(workspace_id, "caseload audit checkpoint"))

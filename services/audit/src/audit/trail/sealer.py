"""The one sealer of a deployment: gives what has arrived its place in its workspace's chain."""

import asyncio
import logging
from hashlib import blake2b
from uuid import UUID

from prometheus_client import Counter, Gauge

from audit.trail import store
from audit.trail.chain import GENESIS, link
from audit.trail.checkpoints import Checkpoints
from chassis.db.database import Database
from chassis.db.errors import refusals
from chassis.errors import Refusal, Unavailable

_log = logging.getLogger(__name__)

_SEALED = Counter("caseload_audit_sealed_total", "Events that have been given their place in a chain.")
_WAITING = Gauge("caseload_audit_unsealed", "Events that wait for their seal.")
_LAG = Gauge("caseload_audit_lag_seconds", "Age of the oldest event that waits for its seal.")

_LOCK = int.from_bytes(blake2b(b"caseload audit sealer", digest_size=8).digest(), signed=True)


class Sealer:
    """Seals in batches, workspace by workspace, in the order of arrival.

    Any number may run; a session's advisory lock picks the one that works, and another takes over when that session
    ends. The lock spares work. What makes a fork impossible is the row lock on the chain's head and the primary key
    of the seals, so a sealer that wrongly believes itself the only one does no harm.
    """

    def __init__(self, database: Database, checkpoints: Checkpoints, *, batch: int = 500, look_every: float = 0.25) -> None:
        self._database = database
        self._checkpoints = checkpoints
        self._batch = batch
        # The queue is almost always empty, and asking it costs less than a NOTIFY in every recording transaction.
        self._look_every = look_every
        self.leading = False

    async def run(self) -> None:
        """Works until cancelled; outlives the loss of the database."""
        while True:
            try:
                await self._lead()
            except Refusal as refusal:
                _log.warning("the sealer lost its database", extra={"code": refusal.code})
            await asyncio.sleep(1.0)

    async def _lead(self) -> None:
        connection = await self._database.lend()
        try:
            with refusals():
                while True:
                    # Asked again and again, not waited for: a statement that waits holds a snapshot, and vacuum with it.
                    if not self.leading and not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                        await asyncio.sleep(self._look_every)
                        continue
                    self.leading = True
                    # The look goes through the session that holds the lock, so a lock that is lost is noticed at once.
                    waiting = await connection.fetch(store.workspaces_waiting.sql)
                    _WAITING.set(sum(row["events"] for row in waiting))
                    _LAG.set(max((row["age"] for row in waiting), default=0.0))
                    more = await self._seal_all([row["workspace_id"] for row in waiting])
                    await self._checkpoints.copy_due()
                    if not more:
                        await asyncio.sleep(self._look_every)
        finally:
            self.leading = False
            # Closed, not given back: a pooled connection would take the lock along.
            await self._database.give_back(connection, broken=True)

    async def _seal_all(self, workspaces: list[UUID]) -> bool:
        """One batch of each; True when some workspace may have more at once. One that fails does not hold up the others."""
        more = False
        for workspace_id in workspaces:
            try:
                more |= await self.seal(workspace_id) == self._batch
            except Unavailable:
                raise
            except Refusal as refusal:
                _log.error("a chain cannot be continued", extra={"workspace_id": str(workspace_id), "code": refusal.code})
        return more

    async def seal(self, workspace_id: UUID) -> int:
        """Seals the next batch of the workspace in one transaction; how many events that was."""
        async with self._database.transaction(workspace_id) as tx:
            await tx.run(store.begin_chain, hash=GENESIS)
            head = await tx.one(store.hold_head)
            events = await tx.all(store.waiting, limit=self._batch)
            if not events:
                return 0
            hashes = [head["hash"]]
            sequences = list(range(head["sequence"] + 1, head["sequence"] + 1 + len(events)))
            for sequence, event in zip(sequences, events, strict=True):
                hashes.append(link(hashes[-1], sequence, event))
            await tx.run(
                store.add_seals,
                sequences=sequences,
                event_ids=[event["id"] for event in events],
                event_times=[event["created_at"] for event in events],
                previous_hashes=hashes[:-1],
                hashes=hashes[1:],
            )
            await tx.run(store.move_head, new_sequence=sequences[-1], new_hash=hashes[-1])
            await tx.run(store.end_wait, arrivals=[event["arrival"] for event in events])
        _SEALED.inc(len(events))
        self._checkpoints.moved(workspace_id)
        return len(events)

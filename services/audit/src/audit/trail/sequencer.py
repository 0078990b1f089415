"""Appends recorded events to the hash chain of their workspace."""

import asyncio
import logging
from typing import Any
from uuid import UUID

from prometheus_client import Counter, Gauge

from audit.trail import store
from audit.trail.chain import GENESIS, entry_hash
from audit.trail.checkpoints import CheckpointPublisher, checkpoint_publisher
from chassis.backoff import Backoff
from chassis.db.database import Database
from chassis.db.errors import refusals
from chassis.errors import Refusal, Unavailable
from chassis.service.runtime import Runtime
from chassis.work.leader import LeaderElection

_log = logging.getLogger(__name__)

_SEQUENCED = Counter("caseload_audit_sealed_total", "Events that were appended to a chain.")
_WAITING = Gauge("caseload_audit_unsealed", "Events that were recorded and are not in a chain yet.")
_LAG = Gauge("caseload_audit_lag_seconds", "Age of the oldest event that is not in a chain yet.")

# Part of the lock's key, so every version of the service has to use this name: two names would mean two leaders.
_ELECTION = "caseload audit sealer"
_BACKOFF = Backoff(first=0.2, longest=2.0)
# Time to append a batch.
_SECONDS = 30.0


class Sequencer:
    """Appends events in batches, workspace by workspace, in the order in which they were recorded.

    Any number may run. The election lets one of them work, which saves work but is not needed for correctness: a row
    lock on the chain's newest checkpoint and the primary key of the entries make a fork impossible, even when two
    sequencers work at the same time.
    """

    def __init__(
        self, database: Database, publisher: CheckpointPublisher, election: LeaderElection, *, batch: int = 500, poll: float = 0.25
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._election = election
        self._batch = batch
        # Almost every poll finds nothing, and still costs less than a NOTIFY in every transaction that records events.
        self._poll = poll

    @property
    def leading(self) -> bool:
        """Whether this sequencer is the one that works."""
        return self._election.leading

    async def run(self) -> None:
        """Works until cancelled. Survives the loss of the database."""
        await self._election.run(self._lead)

    async def append_batch(self, workspace_id: UUID) -> int:
        """Appends the next batch of the workspace's waiting events in one transaction. Returns their number."""
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
            await tx.run(store.begin_chain, hash=GENESIS)
            newest = await tx.one(store.lock_checkpoint)
            events = await tx.all(store.list_waiting, limit=self._batch)
            if not events:
                return 0
            hashes = [newest["hash"]]
            sequences = list(range(newest["sequence"] + 1, newest["sequence"] + 1 + len(events)))
            for sequence, event in zip(sequences, events, strict=True):
                hashes.append(entry_hash(hashes[-1], sequence, event))
            await tx.run(
                store.append_entries,
                sequences=sequences,
                event_ids=[event["id"] for event in events],
                event_times=[event["created_at"] for event in events],
                previous_hashes=hashes[:-1],
                hashes=hashes[1:],
            )
            await tx.run(store.advance_checkpoint, new_sequence=sequences[-1], new_hash=hashes[-1])
            await tx.run(store.remove_waiting, arrivals=[event["arrival"] for event in events])
        _SEQUENCED.inc(len(events))
        self._publisher.schedule(workspace_id)
        return len(events)

    async def _lead(self, session: Any) -> None:
        while not self._election.stopping.is_set():
            # Read on the session that holds the lock, so that a lost session is noticed by the next poll at the latest.
            with refusals():
                waiting = await session.fetch(store.workspaces_waiting.sql)
            _WAITING.set(sum(row["events"] for row in waiting))
            _LAG.set(max((row["age"] for row in waiting), default=0.0))
            more = await self._append_all([row["workspace_id"] for row in waiting])
            await self._publisher.publish_due()
            if not more:
                await asyncio.sleep(self._poll)

    async def _append_all(self, workspaces: list[UUID]) -> bool:
        """Appends one batch per workspace. Returns whether some workspace may have more waiting events.

        A workspace whose chain cannot be continued does not delay the others. Raises Unavailable.
        """
        more = False
        for workspace_id in workspaces:
            try:
                more |= await self.append_batch(workspace_id) == self._batch
            except Unavailable:
                raise
            except Refusal as refusal:
                _log.error("a chain cannot be continued", extra={"workspace_id": str(workspace_id), "code": refusal.code})
        return more


def sequencer(runtime: Runtime) -> Sequencer:
    """The sequencer of this process, with an election on a session of its own."""
    dsn = runtime.settings.database_url.get_secret_value()
    election = LeaderElection(dsn, _ELECTION, application="caseload-audit-sequencer", poll=0.25, backoff=_BACKOFF)
    return Sequencer(runtime.database, checkpoint_publisher(runtime), election)

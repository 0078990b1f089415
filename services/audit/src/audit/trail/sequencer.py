"""Appends recorded events to the hash chain of their workspace."""

import asyncio
import logging
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from prometheus_client import Counter, Gauge

from audit.trail import listing, proofs, store
from audit.trail.chain import GENESIS, Checkpoint, fields_of, place
from audit.trail.checkpoints import CheckpointPublisher, checkpoint_publisher
from chassis.backoff import Backoff
from chassis.db.database import Database
from chassis.db.errors import refusals
from chassis.encryption.key_store import Keys
from chassis.errors import Refusal, Unavailable
from chassis.observability.redaction import cause
from chassis.service.runtime import Runtime
from chassis.turns import in_turns
from chassis.work.leader import LeaderElection

_log = logging.getLogger(__name__)

_SEQUENCED = Counter("caseload_audit_sealed_total", "Events that were appended to a chain.")
_WAITING = Gauge("caseload_audit_unsealed", "Events that were recorded and are not in a chain yet.")
_UNPROVEN = Counter(
    "caseload_audit_unproven_total", "Rows of the trail's tables that audit did not write and that were kept out of a chain."
)
_LAG = Gauge("caseload_audit_lag_seconds", "Age of the oldest event that is not in a chain yet.")

# Part of the lock's key, so every version of the service has to use this name: two names would mean two leaders.
_ELECTION = "caseload audit sealer"
_BACKOFF = Backoff(first=0.2, longest=2.0)
# Time to append a batch.
_SECONDS = 30.0
_SECONDS_BETWEEN_COUNTS = 15.0


class _NotOurs(Exception):
    """The newest checkpoint of a chain has no proof that audit wrote it."""


class Sequencer:
    """Appends events in batches, workspace by workspace, in the order in which they were recorded.

    Any number may run. The election lets one of them work, which saves work but is not needed for correctness: a row
    lock on the chain's newest checkpoint and the primary key of the entries make a fork impossible, even when two
    sequencers work at the same time.

    An event without the proof that audit recorded it is left out of its chain, and a chain that somebody else has continued is not
    continued. What an earlier release has recorded has no proof: it is taken until `unsigned_until`, or when the chain is taken over.
    """

    def __init__(
        self,
        database: Database,
        keys: Keys,
        publisher: CheckpointPublisher,
        election: LeaderElection,
        *,
        batch: int = 1_000,
        poll: float = 0.25,
        unsigned_until: datetime | None = None,
    ) -> None:
        self._database = database
        self._keys = keys
        self._publisher = publisher
        self._unsigned_until = unsigned_until
        self._not_ours: set[UUID] = set()
        # How far a workspace's backlog was read, while more of it waits: a batch does not pass again over what the ones before have left.
        self._reached: dict[UUID, int] = {}
        self._counted_at = 0.0
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

    async def append_batch(self, workspace_id: UUID, *, from_before: bool = False) -> int:
        """Handles the next batch of the workspace's waiting events in one transaction. Returns how many of them wait no longer.

        One whose event is gone waits for ever: it is evidence. `from_before` takes what has no proof, as a release before proofs has left it.
        """
        keys = await self._keys.of(workspace_id)
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
            await tx.execute(listing.look_up_each)
            await tx.run(store.begin_chain, hash=GENESIS, proof=proofs.of_checkpoint(Checkpoint(0, GENESIS), keys))
            newest = await tx.one(store.lock_checkpoint)
            if not proofs.holds(newest["proof"], proofs.of_checkpoint(Checkpoint(newest["sequence"], newest["hash"]), keys)) and not (
                from_before and newest["proof"] is None
            ):
                raise _NotOurs
            batch = await tx.all(store.list_waiting, after=self._reached.get(workspace_id, 0), limit=self._batch)
            self._reached.pop(workspace_id, None)
            if len(batch) == self._batch:
                self._reached[workspace_id] = batch[-1]["arrival"]
            waiting = [event for event in batch if event["id"] is not None]
            if not waiting and newest["proof"] is not None:
                return 0
            from_before = from_before or proofs.in_upgrade(self._unsigned_until)
            # Encoded once, for the proof and for the hash.
            encoded = await in_turns((event, fields_of(event)) for event in waiting)
            proven = await in_turns(proofs.holds(event["proof"], proofs.of_fields(fields, keys)) for event, fields in encoded)
            taken = [
                (event, fields)
                for (event, fields), is_proven in zip(encoded, proven, strict=True)
                if is_proven or (from_before and event["proof"] is None)
            ]
            events = [event for event, _ in taken]
            hashes = [newest["hash"]]
            sequences = list(range(newest["sequence"] + 1, newest["sequence"] + 1 + len(events)))
            for sequence, (_, fields) in zip(sequences, taken, strict=True):
                hashes.append(sha256(place(hashes[-1], sequence) + fields).digest())
            await tx.run(
                store.append_entries,
                sequences=sequences,
                event_ids=[event["id"] for event in events],
                event_times=[event["created_at"] for event in events],
                previous_hashes=hashes[:-1],
                hashes=hashes[1:],
            )
            last = Checkpoint(newest["sequence"] + len(events), hashes[-1])
            await tx.run(
                store.advance_checkpoint, new_sequence=last.sequence, new_hash=last.hash, new_proof=proofs.of_checkpoint(last, keys)
            )
            await tx.run(store.remove_waiting, arrivals=[event["arrival"] for event in waiting])
            await tx.run(store.await_witness, sequence=last.sequence, delay=self._publisher.every)
            await tx.run(store.await_head, sequence=last.sequence)
        self._publisher.note_growth(workspace_id)
        _SEQUENCED.inc(len(events))
        appended = {event["id"] for event in events}
        self._report([event["id"] for event in waiting if event["id"] not in appended], workspace_id)
        return len(waiting)

    def _report(self, unproven: list[UUID], workspace_id: UUID) -> None:
        _UNPROVEN.inc(len(unproven))
        for event_id in unproven:
            facts = {"workspace_id": str(workspace_id), "event_id": str(event_id)}
            _log.error("an event that audit did not take from any service was kept out of the chain", extra=facts)

    async def _take_over(self, workspace_id: UUID) -> None:
        """Continues a chain that a release before proofs has left."""
        while await self.append_batch(workspace_id, from_before=True):
            pass
        self._not_ours.discard(workspace_id)
        _log.info("a chain from before proofs is continued", extra={"workspace_id": str(workspace_id)})

    async def _lead(self, session: Any) -> None:
        publishing = asyncio.create_task(self._publisher.run(self._take_over))
        try:
            await self._append_while_leading(session, publishing)
        finally:
            publishing.cancel()
            await asyncio.wait((publishing,))

    async def _append_while_leading(self, session: Any, publishing: asyncio.Task[None]) -> None:
        with refusals():
            await session.execute(store.read_by_index)
        while not self._election.stopping.is_set():
            if publishing.done():
                publishing.result()
            # Read on the session that holds the lock, so that a lost session is noticed by the next poll at the latest.
            with refusals():
                waiting = await session.fetch(store.workspaces_waiting.sql, *store.workspaces_waiting.arguments({}))
                await self._count(session)
            _LAG.set(max((row["age"] for row in waiting), default=0.0))
            more = await self._append_all([row["workspace_id"] for row in waiting])
            if not more:
                await asyncio.sleep(self._poll)

    async def _count(self, session: Any) -> None:
        """Counts what waits, now and then: of a large backlog this takes a while."""
        now = asyncio.get_running_loop().time()
        if now - self._counted_at >= _SECONDS_BETWEEN_COUNTS:
            self._counted_at = now
            _WAITING.set(await session.fetchval(store.count_waiting.sql))

    async def _append_all(self, workspaces: list[UUID]) -> bool:
        """Appends one batch per workspace. Returns whether some workspace may have more waiting events.

        A workspace whose chain cannot be continued does not delay the others. Raises Unavailable.
        """
        more = False
        for workspace_id in workspaces:
            try:
                await self.append_batch(workspace_id)
                more |= workspace_id in self._reached
            except Unavailable:
                raise
            except _NotOurs:
                await self._leave_to_publisher(workspace_id)
            except Refusal as refusal:
                _log.error("a chain cannot be continued", extra={"workspace_id": str(workspace_id), "code": refusal.code})
            except Exception as error:  # noqa: BLE001 - whatever was written into this one's rows, the others have their turn
                _log.error("a chain cannot be continued", extra={"workspace_id": str(workspace_id), "error": cause(error)})
        return more

    async def _leave_to_publisher(self, workspace_id: UUID) -> None:
        """Asks for a comparison with the published checkpoint, which tells a chain from before proofs from a forged one."""
        if workspace_id not in self._not_ours:
            self._not_ours.add(workspace_id)
            _log.error("a chain cannot be continued", extra={"workspace_id": str(workspace_id), "code": "no_proof"})
            async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
                await tx.run(store.await_witness, sequence=0, delay=timedelta())


def sequencer(runtime: Runtime) -> Sequencer:
    """The sequencer of this process, with an election on a session of its own."""
    dsn = runtime.settings.database_url.get_secret_value()
    election = LeaderElection(dsn, _ELECTION, application="caseload-audit-sequencer", poll=0.25, backoff=_BACKOFF)
    publisher = checkpoint_publisher(runtime)
    return Sequencer(runtime.database, runtime.keys, publisher, election, unsigned_until=runtime.settings.unsigned_events_until)

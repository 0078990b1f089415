"""Verifies every chain again and again, segment by segment: each step is a short transaction, and the next goes on where it ended."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from audit.trail import listing, verification, verification_store
from audit.trail.chain import ChainVerifier, Checkpoint
from audit.trail.checkpoints import CheckpointPublisher
from audit.trail.progress import Progress
from audit.trail.verification import check_from_anchor, verify_up_to
from caseload.audit.v1 import events_pb2
from chassis.db.database import Database
from chassis.db.transaction import Transaction
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Refusal
from chassis.observability.redaction import cause
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)

_BREAKS = Counter("caseload_audit_breaks_total", "Breaks that the background verification has found in chains; each is counted once.")
_VERIFIED = Counter("caseload_audit_verified_total", "Entries of chains that the background verification has recomputed.")

_SECONDS = 30.0
# A step is over sooner; of a process that has ended, others go on after this.
_LEASE = timedelta(minutes=1)
_IDLE = 1.0
# After a step of a pass it rests so many times as long as the step took: less, the later the chain was whose turn it was, and not at all where it was
# so many seconds late. What is new is verified without a rest.
_REST = 3.0
_LATE = 10.0
# Where the events of a pass begin. Nothing that PostgreSQL keeps is before the first moment of the calendar, which the driver writes as -infinity.
_FIRST, _FIRST_ID = datetime(1, 1, 2, tzinfo=UTC), UUID(int=0)
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class BackgroundVerification:
    """First makes anchors of what is new, then goes on with the pass: the chain from its beginning, its end, then the events themselves.

    A pass that is through begins again `every` so many seconds later. Any number may run: each workspace is one's at a time.
    `background` begins a piece of this service's own work in a workspace (see runtime.py).
    """

    def __init__(
        self,
        database: Database,
        keys: Keys,
        publisher: CheckpointPublisher,
        background: Callable[[UUID], UnitOfWork],
        *,
        every: float,
        unsigned_until: datetime | None = None,
    ) -> None:
        self._database = database
        self._background = background
        self._keys = keys
        self._publisher = publisher
        self._every = timedelta(seconds=every)
        self._unsigned_until = unsigned_until

    async def run(self) -> None:
        """Verifies until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                late = await self.step()
            except Refusal as refusal:
                _log.warning("chains cannot be verified at the moment", extra={"code": refusal.code})
                late = None
            await asyncio.sleep(_IDLE if late is None else rest_after(loop.time() - began, late=late))

    async def step(self) -> float | None:
        """Takes the next step with the chain that is due first. Returns for how many seconds it was due, None where none was."""
        async with self._database.transaction(None, seconds=_SECONDS) as tx:
            recalled = await tx.all(verification_store.recall, longest=2 * max(self._every, _LEASE))
            row = await tx.maybe(verification_store.claim, lease=_LEASE)
        for each in recalled:
            _log.error("the verification of a chain was put off by somebody else", extra={"workspace_id": str(each["workspace_id"])})
        if row is None:
            return None
        try:
            while await self._advance(row["workspace_id"]):
                pass
        except Refusal:
            raise
        except Exception as error:  # noqa: BLE001 - whatever was written into this one's rows, the others have their turn
            _log.error("a chain cannot be verified", extra={"workspace_id": str(row["workspace_id"]), "error": cause(error)})
        return float(row["late"])

    async def _advance(self, workspace_id: UUID) -> bool:
        """One step of one chain, and its progress, in one transaction. Returns whether the next is of what is new."""
        keys, published = await self._keys.of(workspace_id), await self._publisher.published(workspace_id)
        async with self._background(workspace_id) as work:
            tx = work.db
            await tx.execute(listing.look_up_each)
            row = await tx.one(verification_store.progress)
            progress = Progress.read(row, keys)
            before = progress.first_break
            standing = await tx.one(verification_store.standing)
            is_sweep, is_new = False, standing["entries"] >= progress.anchor.sequence + verification.SEGMENT
            if is_new:
                found, is_over = await self._extend(tx, progress, keys), False
            elif progress.cursor.sequence < progress.anchor.sequence:
                found, is_over = await self._go_on(tx, progress, keys), False
            elif progress.swept is None:
                verifier = ChainVerifier(progress.anchor.sequence, progress.anchor.hash)
                await check_from_anchor(tx, verifier, standing, published, keys, self._unsigned_until)
                found, is_over = verifier.first_break, False
                progress.swept = (_FIRST, _FIRST_ID)
            else:
                is_sweep, (found, is_over) = True, await self._sweep(tx, progress, standing)
            if found is not None:
                progress.first_break = found
            elif is_over:
                progress.first_break, progress.passed_at = None, datetime.now(UTC)
            if is_over or found is not None:
                progress.begin_again()
            columns = {f"new_{name}": value for name, value in progress.columns(keys).items()}
            delay = self._every if is_over or found is not None else timedelta()
            is_kept = await tx.run(verification_store.keep_progress, old_proof=row["proof"], delay=delay, **columns)
            # What a sweep finds is after the chain's end, so the same break has another number when the chain has grown.
            is_told = found is not None and found != before and not (is_sweep and before is not None)
            # Of two who find it at the same time, one tells it.
            is_told = is_told and bool(is_kept)
            if is_told:
                work.emit(events_pb2.TrailBroken(sequence=found))
        if is_told:
            _BREAKS.inc()
            _log.error("a chain is broken", extra={"workspace_id": str(workspace_id), "sequence": found})
        return is_new and found is None

    async def _extend(self, tx: Transaction, progress: Progress, keys: WorkspaceKeys) -> int | None:
        """Verifies the segment after the anchor, whose end is the new anchor. Returns the break."""
        verifier = ChainVerifier(progress.anchor.sequence, progress.anchor.hash)
        if not await verify_up_to(tx, verifier, progress.anchor.sequence + verification.SEGMENT, keys):
            return verifier.first_break
        _VERIFIED.inc(verification.SEGMENT)
        was_at_the_end = progress.cursor == progress.anchor
        progress.anchor = Checkpoint(verifier.sequence, verifier.hash)
        if was_at_the_end and progress.cursor.sequence:
            progress.cursor = progress.anchor
        return None

    async def _go_on(self, tx: Transaction, progress: Progress, keys: WorkspaceKeys) -> int | None:
        """Verifies the next segment of this pass. Returns the break."""
        verifier = ChainVerifier(progress.cursor.sequence, progress.cursor.hash)
        upto = min(progress.cursor.sequence + verification.SEGMENT, progress.anchor.sequence)
        if not await verify_up_to(tx, verifier, upto, keys):
            return verifier.first_break
        _VERIFIED.inc(verifier.sequence - progress.cursor.sequence)
        progress.cursor = Checkpoint(verifier.sequence, verifier.hash)
        if verifier.sequence < upto or (verifier.sequence == progress.anchor.sequence and verifier.hash != progress.anchor.hash):
            # The whole chain after some place was computed anew, or is gone: somebody rewrote it since it was verified.
            return verifier.sequence + (verifier.sequence < upto)
        return None

    async def _sweep(self, tx: Transaction, progress: Progress, standing: Any) -> tuple[int | None, bool]:
        """Holds the next events against the chain. Returns the break, which is after the chain's end, and whether these were the last."""
        created_at, event_id = progress.swept or (_FIRST, _FIRST_ID)
        after = _BEFORE_ALL if created_at == _FIRST else created_at
        try:
            async with tx.savepoint():
                events = await tx.all(verification_store.events_after, created_at=after, id=event_id, limit=verification.SEGMENT)
        except verification.UNREADABLE:
            return standing["entries"] + 1, False
        gone = await tx.all(verification_store.waiting_without_event, limit=verification.SEGMENT)
        if gone or not all(event["is_proven"] for event in events):
            return standing["entries"] + 1, False
        if events:
            progress.swept = (events[-1]["created_at"], events[-1]["id"])
        return None, len(events) < verification.SEGMENT


def rest_after(seconds: float, *, late: float) -> float:
    """For how long to rest after a step that took so many seconds, with a chain that was so many seconds late: others get the processor while there is time."""
    return seconds * _REST * max(0.0, 1.0 - late / _LATE)


def background_verification(runtime: Runtime, publisher: CheckpointPublisher) -> BackgroundVerification:
    settings = runtime.settings
    return BackgroundVerification(
        runtime.database,
        runtime.keys,
        publisher,
        runtime.background,
        every=settings.verification_seconds,
        unsigned_until=settings.unsigned_events_until,
    )

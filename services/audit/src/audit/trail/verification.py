"""Verifies the hash chain of a workspace from its first entry to its newest checkpoint."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.trail import proofs, store
from audit.trail.chain import GENESIS, ChainVerifier, Checkpoint, Entry
from chassis.db.transaction import Transaction
from chassis.encryption.records import WorkspaceKeys

_AT_ONCE = 1_000
_MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Verification:
    """The number of entries in the chain, the newest hash, and the sequence of the first entry that is wrong, if any.

    `unproven` has the ids, up to a hundred, of events that are in the tables and that audit did not take from any service.
    """

    entries: int
    newest_hash: bytes
    first_break: int | None
    unproven: tuple[UUID, ...] = ()


async def verify(
    tx: Transaction, published: Checkpoint | None, keys: WorkspaceKeys, *, unsigned_until: datetime | None = None
) -> Verification:
    """Recomputes every hash of the workspace's chain, and the proof that audit wrote the last one.

    An event that waits to be appended is no break. An event that neither waits nor is in the chain is one.
    `published` has to be read before the transaction begins: the chain may grow meanwhile, and still contains it.
    """
    await tx.execute(store.force_index_scans)
    counts = await tx.one(store.chain_counts)
    entries = counts["entries"]
    newest = Checkpoint(counts["sequence"] or 0, counts["hash"] or GENESIS)
    verifier = ChainVerifier()
    if published is not None and await _verify_up_to(tx, verifier, published.sequence):
        verifier.check_published(published)
    if await _verify_up_to(tx, verifier, entries) and verifier.check_end(newest):
        lacks_proof = counts["proof"] is None and (newest.sequence == 0 or proofs.may_lack_proof(published, unsigned_until))
        if not (lacks_proof or proofs.holds(counts["proof"], proofs.of_checkpoint(newest, keys))):
            # Continued by somebody else: from where is not known, but what was published is audit's.
            verifier.first_break = 1 + (published.sequence if published is not None else 0)
        elif counts["events"] != entries + counts["waiting"]:
            # Every entry has its event, so the surplus events were inserted without being recorded: the break is after the end.
            verifier.first_break = newest.sequence + 1
    unproven = []
    if counts["events"] != entries + counts["waiting"]:
        unproven = await tx.all(store.unproven_events, limit=_MOST_NAMED)
    return Verification(entries, newest.hash, verifier.first_break, tuple(row["id"] for row in unproven))


async def _verify_up_to(tx: Transaction, verifier: ChainVerifier, sequence: int) -> bool:
    """Verifies the entries up to `sequence`, or up to the last one if there are fewer. Returns False at a break."""
    while verifier.first_break is None and verifier.sequence < sequence:
        rows = await tx.all(store.entries_after, after=verifier.sequence, limit=min(_AT_ONCE, sequence - verifier.sequence))
        if not rows:
            break
        for row in rows:
            entry = Entry(row["sequence"], row["event_id"], row["previous_hash"], row["entry_hash"])
            if not verifier.check_next(entry, row if row["id"] is not None else None):
                break
    return verifier.first_break is None

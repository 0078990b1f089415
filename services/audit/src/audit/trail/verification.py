"""Verifies the hash chain of a workspace: from its first entry, or from where the background verification has got to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from audit.closed_runs.runs import run_with
from audit.trail import listing, proofs, store, verification_store
from audit.trail.chain import GENESIS, ChainVerifier, Checkpoint, Entry
from audit.trail.progress import Progress
from chassis.db.transaction import Record, Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Unavailable

# Entries that the background verification takes at a time; an anchor is the end of one.
SEGMENT = 4_096
# A call verifies no more entries than so many segments have.
_SEGMENTS_IN_A_CALL = 4
# Entries that are read and hashed before others have their turn.
_AT_ONCE = 250
_MOST_NAMED = 100
# What reading a row ends with that has what audit never wrote: a time before our era, a document that is nested too deeply. Views of narrow months
# refuse such rows themselves: an id that is none, two rows where there is one.
UNREADABLE = (OverflowError, ValueError, RecursionError, asyncpg.DataError, asyncpg.CardinalityViolationError)


@dataclass(frozen=True, slots=True)
class Verification:
    """The sequence of the last entry in the chain, the newest hash, and the sequence of the first entry that is wrong, if any.

    `unproven` has the ids, up to a hundred, of events that are in the tables and that audit did not take from any service.
    """

    entries: int
    newest_hash: bytes
    first_break: int | None
    unproven: tuple[UUID, ...] = ()


async def verify(
    tx: Transaction, published: Checkpoint | None, keys: WorkspaceKeys, *, unsigned_until: datetime | None = None
) -> Verification:
    """Recomputes every hash of the workspace's chain, and the proof that audit wrote the last one. Takes as long as the chain is.

    An event that waits to be appended is no break. An event that neither waits nor is in the chain is one.
    `published` has to be read before the transaction begins: the chain may grow meanwhile, and still contains it.
    """
    await tx.execute(listing.look_up_each)
    counts = await tx.one(verification_store.chain_counts)
    verifier = ChainVerifier()
    await check_to_the_end(tx, verifier, counts, published, keys, unsigned_until)
    unproven: list[Record] = []
    if counts["events"] != counts["entries"] + counts["waiting"]:
        unproven = await tx.all(verification_store.unproven_events, limit=_MOST_NAMED)
        if verifier.first_break is None:
            # Every entry has its event, so the surplus events were inserted without being recorded: the break is after the end.
            verifier.first_break = verifier.sequence + 1
    return Verification(counts["entries"], counts["hash"] or GENESIS, verifier.first_break, tuple(row["id"] for row in unproven))


async def verify_recent(
    tx: Transaction, published: Checkpoint | None, keys: WorkspaceKeys, *, unsigned_until: datetime | None = None
) -> Verification:
    """The same for a call: verifies what came after the last anchor, and answers for all before it what the background verification has found.

    A chain without an anchor is verified from its beginning. Raises Unavailable where more came after it than a call verifies.
    """
    await tx.execute(listing.look_up_each)
    progress = Progress.read(await tx.maybe(verification_store.progress), keys)
    standing = await tx.one(verification_store.standing)
    if standing["entries"] - progress.anchor.sequence > _SEGMENTS_IN_A_CALL * SEGMENT:
        raise Unavailable(
            "verification_under_way", "The trail has grown faster than it was verified; ask again in a minute.", retry_after=30.0
        )
    if not progress.anchor.sequence:
        return await verify(tx, published, keys, unsigned_until=unsigned_until)
    verifier = ChainVerifier(progress.anchor.sequence, progress.anchor.hash)
    await check_from_anchor(tx, verifier, standing, published, keys, unsigned_until)
    # Of what came before the anchor the last pass has told; all later breaks are of this call.
    if progress.first_break is not None and progress.first_break <= progress.anchor.sequence:
        verifier.first_break = progress.first_break
    newest = await tx.all(verification_store.newest_events, limit=SEGMENT)
    unproven = tuple(row["id"] for row in newest if not row["is_proven"])[:_MOST_NAMED]
    if verifier.first_break is None and (
        unproven or progress.first_break or await tx.all(verification_store.waiting_without_event, limit=SEGMENT)
    ):
        verifier.first_break = verifier.sequence + 1
    return Verification(standing["entries"], standing["hash"] or GENESIS, verifier.first_break, unproven)


async def check_from_anchor(
    tx: Transaction,
    verifier: ChainVerifier,
    standing: Record,
    published: Checkpoint | None,
    keys: WorkspaceKeys,
    unsigned_until: datetime | None,
) -> None:
    """Checks the chain after the verifier's place, and that it has the anchor's own entry and the published checkpoint's still."""
    anchor = Checkpoint(verifier.sequence, verifier.hash)
    if not await _has(tx, anchor, keys):
        verifier.first_break = min(standing["entries"] + 1, anchor.sequence)
    elif published is not None and published.sequence <= anchor.sequence and not await _has(tx, published, keys):
        verifier.first_break = published.sequence
    else:
        await check_to_the_end(tx, verifier, standing, published, keys, unsigned_until)


async def check_to_the_end(
    tx: Transaction,
    verifier: ChainVerifier,
    standing: Record,
    published: Checkpoint | None,
    keys: WorkspaceKeys,
    unsigned_until: datetime | None,
) -> None:
    """Verifies the entries after the verifier's place, on the way the published checkpoint, at the end the newest one and its proof."""
    newest = Checkpoint(standing["sequence"] or 0, standing["hash"] or GENESIS)
    if published is not None and published.sequence > verifier.sequence and await verify_up_to(tx, verifier, published.sequence, keys):
        verifier.check_published(published)
    if await verify_up_to(tx, verifier, standing["entries"], keys) and verifier.check_end(newest):
        lacks_proof = standing["proof"] is None and (newest.sequence == 0 or proofs.may_lack_proof(published, unsigned_until))
        if not (lacks_proof or proofs.holds(standing["proof"], proofs.of_checkpoint(newest, keys))):
            # Continued by somebody else: from where is not known, but what was published is audit's.
            verifier.first_break = 1 + (published.sequence if published is not None else 0)


async def verify_up_to(tx: Transaction, verifier: ChainVerifier, sequence: int, keys: WorkspaceKeys) -> bool:
    """Verifies the entries up to `sequence`, or up to the last one if there are fewer. Returns False at a break.

    Of entries whose month was dropped there are hashes alone, which audit has proved: they are passed over.
    """
    at_once = _AT_ONCE
    while verifier.first_break is None and verifier.sequence < sequence:
        limit = min(at_once, sequence - verifier.sequence)
        try:
            async with tx.savepoint():
                rows = await tx.all(verification_store.entries_after, after=verifier.sequence, limit=limit)
        except UNREADABLE:
            # One of them, which is found one by one.
            at_once = 1
            if limit == 1:
                verifier.first_break = verifier.sequence + 1
            continue
        if not rows and not await pass_over(tx, verifier, sequence, keys):
            break
        for row in rows:
            is_over = row["sequence"] != verifier.sequence + 1 and await pass_over(tx, verifier, sequence, keys)
            if row["sequence"] <= verifier.sequence:
                # Of an entry that is there twice, or whose event was dropped.
                verifier.first_break = row["sequence"]
            if is_over or verifier.first_break is not None:
                break
            entry = Entry(row["sequence"], row["event_id"], row["previous_hash"], row["entry_hash"])
            try:
                is_next = verifier.check_next(entry, row if row["id"] is not None else None)
            except UNREADABLE:
                # A number that JSON has no form for.
                is_next, verifier.first_break = False, verifier.sequence + 1
            if not is_next:
                break
    return verifier.first_break is None


async def pass_over(tx: Transaction, verifier: ChainVerifier, sequence: int, keys: WorkspaceKeys) -> bool:
    """Goes on behind a closed run, but no further than `sequence`. Returns whether there was one that continues the chain."""
    run = await run_with(tx, verifier.sequence + 1, keys)
    if run is None or run.hash_before(verifier.sequence + 1) != verifier.hash:
        return False
    verifier.sequence = min(run.last, sequence)
    verifier.hash = run.hash_of(verifier.sequence)
    return True


async def _has(tx: Transaction, checkpoint: Checkpoint, keys: WorkspaceKeys) -> bool:
    return checkpoint.sequence == 0 or await hash_at(tx, checkpoint.sequence, keys) == checkpoint.hash


async def hash_at(tx: Transaction, sequence: int, keys: WorkspaceKeys) -> bytes | None:
    """The hash of the chain at this sequence, also if its month was dropped; None where there is no such entry."""
    entry = await tx.maybe(store.entry_at, sequence=sequence)
    if entry is not None:
        found: bytes = entry["hash"]
        return found
    run = await run_with(tx, sequence, keys)
    return None if run is None else run.hash_of(sequence)

"""Walks a workspace's chain from its first seal to its head and says where it first does not hold."""

from dataclasses import dataclass

from audit.trail import store
from audit.trail.chain import GENESIS, Seal, Walk
from audit.trail.checkpoints import Checkpoint
from chassis.db.transaction import Transaction

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """How many events are sealed, the newest hash, and the sequence at which the chain first does not hold, if any."""

    events: int
    head: bytes
    first_break: int | None


async def verify(tx: Transaction, checkpoint: Checkpoint | None) -> Finding:
    """Recomputes every hash. An event that still waits for its seal is no break; one that neither waits nor is sealed is.

    The checkpoint is read before the chain, which may have grown since and must still hold what it says.
    """
    await tx.execute(store.walk_indexes)
    standing = await tx.one(store.standing)
    sealed, head_sequence, head = standing["seals"], standing["sequence"] or 0, standing["hash"] or GENESIS
    walk = Walk()
    if checkpoint is not None and await _go(tx, walk, checkpoint.sequence):
        walk.meet(checkpoint.sequence, checkpoint.hash)
    if await _go(tx, walk, sealed) and walk.arrive(head_sequence, head) and standing["events"] != sealed + standing["waiting"]:
        # Everything sealed is there, so what is too many was never sealed: it stands after the head, in nobody's name.
        walk.broken = head_sequence + 1
    return Finding(sealed, head, walk.broken)


async def _go(tx: Transaction, walk: Walk, sequence: int) -> bool:
    """Walks on to the sequence, or to where the chain ends before it; False at a break."""
    while walk.broken is None and walk.sequence < sequence:
        links = await tx.all(store.chain, after=walk.sequence, limit=min(_AT_ONCE, sequence - walk.sequence))
        if not links:
            break
        for link in links:
            seal = Seal(link["sequence"], link["event_id"], link["previous_hash"], link["seal_hash"])
            if not walk.step(seal, link if link["id"] is not None else None):
                break
    return walk.broken is None

"""Walks a workspace's chain from its first seal to its head and says where it first does not hold."""

from dataclasses import dataclass

from audit.trail import store
from audit.trail.chain import GENESIS, Seal, Walk
from chassis.db import Transaction

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """How many events are sealed, the newest hash, and the sequence at which the chain first does not hold, if any."""

    events: int
    head: bytes
    first_break: int | None


async def verify(tx: Transaction) -> Finding:
    """Recomputes every hash. An event that still waits for its seal is no break; one that neither waits nor is sealed is."""
    standing = await tx.one(store.standing)
    head_sequence, head = standing["sequence"] or 0, standing["hash"] or GENESIS
    walk = Walk()
    while walk.broken is None and walk.sequence < standing["seals"]:
        links = await tx.all(store.chain, after=walk.sequence, limit=min(_AT_ONCE, standing["seals"] - walk.sequence))
        for link in links:
            seal = Seal(link["sequence"], link["event_id"], link["previous_hash"], link["seal_hash"])
            if not walk.step(seal, link if link["id"] is not None else None):
                break
        if not links:
            break
    if walk.broken is None and walk.arrive(head_sequence, head) and standing["events"] != standing["seals"] + standing["waiting"]:
        # Everything sealed is there, so what is too many was never sealed: it stands after the head, in nobody's name.
        walk.broken = head_sequence + 1
    return Finding(standing["seals"], head, walk.broken)

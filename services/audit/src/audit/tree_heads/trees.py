"""The two kinds of trees, as far as the database has them: over the chain of a workspace, and over the heads of all."""

from collections.abc import Sequence

from audit.closed_runs.runs import run_with
from audit.tree_heads import merkle, store
from chassis.db.transaction import Transaction

# Kept levels go up to this one: a trillion leaves.
_HIGHEST = 5 * merkle.STRIDE
# Nodes that are added in one transaction, each of 256 hashes.
AT_ONCE = 64


class DamagedTree(Exception):
    """Hashes that a tree is made of are not there."""


def of_chain(tx: Transaction) -> merkle.ReadNodes:
    """Reads nodes of the tree over the chain of the transaction's workspace, whose leaves are the hashes of the entries."""

    async def read(level: int, first: int, count: int) -> list[bytes]:
        if level:
            rows = await tx.all(store.chain_node_hashes, level=level, first=first, end=first + count)
            return _whole([row["hash"] for row in rows], count)
        return _whole([merkle.leaf_hash(each) for each in await _entry_hashes(tx, first, first + count)], count)

    return read


async def _entry_hashes(tx: Transaction, first: int, end: int) -> list[bytes]:
    """The hashes of the entries of these leaves, as far as they are there; of those whose month was dropped from their closed runs."""
    found = {row["sequence"]: row["hash"] for row in await tx.all(store.chain_hashes, first=first, end=end)}
    for sequence in range(first + 1, end + 1):
        if sequence not in found and (run := await run_with(tx, sequence)):
            found |= {each: run.hash_of(each) for each in range(sequence, min(run.last, end) + 1)}
        if sequence not in found:
            break
    return [found[sequence] for sequence in sorted(found)]


def of_log(tx: Transaction) -> merkle.ReadNodes:
    """Reads nodes of the log of heads."""

    async def read(level: int, first: int, count: int) -> list[bytes]:
        rows = await tx.all(store.log_hashes, level=level, first=first, end=first + count)
        return _whole([row["hash"] for row in rows], count)

    return read


async def extend_chain(tx: Transaction, size: int) -> bool:
    """Keeps nodes that the tree over so many entries has and that are not kept yet, some at a time. Returns whether there may be more."""
    for level in range(merkle.STRIDE, _HIGHEST + 1, merkle.STRIDE):
        kept = (await tx.one(store.chain_nodes_kept, level=level))["number"]
        end = min(size >> level, kept + AT_ONCE)
        if kept < end:
            hashes = await merkle.new_nodes(level, kept, end, of_chain(tx))
            await tx.run(store.keep_chain_nodes, level=level, indices=list(range(kept, end)), hashes=hashes)
            return True
    return False


async def extend_log(tx: Transaction, size: int, leaves: Sequence[bytes]) -> None:
    """Adds leaves to the log of this size. Two that do so at the same time violate its primary key, and one of them comes to nothing."""
    await tx.run(store.keep_log_nodes, level=0, indices=list(range(size, size + len(leaves))), hashes=list(leaves))
    for level in range(merkle.STRIDE, _HIGHEST + 1, merkle.STRIDE):
        first, end = size >> level, (size + len(leaves)) >> level
        if first == end:
            return
        hashes = await merkle.new_nodes(level, first, end, of_log(tx))
        await tx.run(store.keep_log_nodes, level=level, indices=list(range(first, end)), hashes=hashes)


async def all_hashes(ranges: Sequence[merkle.Range], read: merkle.ReadNodes) -> list[bytes]:
    """The hashes of the ranges. Raises DamagedTree."""
    return [await merkle.hash_of(each, read) for each in ranges]


def _whole(hashes: list[bytes], count: int) -> list[bytes]:
    if len(hashes) != count:
        raise DamagedTree(f"{count - len(hashes)} of {count} hashes of a tree are not there")
    return hashes

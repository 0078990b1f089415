"""Merkle trees as RFC 6962 has them (section 2.1): which hashes a root, an audit path and a consistency proof are made of.

A tree is asked for by ranges of its leaves, `(first, end)`. Standard library only.
"""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256

Range = tuple[int, int]
# Hashes of whole subtrees: of so many leaves (2 to the power of `level`), from the one at `index` of that level on.
ReadNodes = Callable[[int, int, int], Awaitable[Sequence[bytes]]]

# Nodes are kept for every eighth level, as in tiles of 256 hashes.
STRIDE = 8
EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose hashes are the audit path of a leaf in a tree of this size, from the leaf's sibling up (2.1.1)."""
    path, first, end = [], 0, size
    while end - first > 1:
        middle = first + _left(end - first)
        path.append((middle, end) if index < middle else (first, middle))
        first, end = (first, middle) if index < middle else (middle, end)
    return path[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that the tree of `old` leaves is the beginning of the one of `new` (2.1.2). None where either is trivial."""
    if not 0 < old < new:
        return []
    path, first, end, is_whole = [], 0, new, True
    while old != end - first:
        size = _left(end - first)
        middle = first + size
        if old <= size:
            path.append((middle, end))
            end = middle
        else:
            path.append((first, middle))
            first, old, is_whole = middle, old - size, False
    return ([] if is_whole else [(first, end)]) + path[::-1]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root of the tree over these, which are hashes of leaves, or of subtrees of one size."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


async def hash_of(leaves: Range, read: ReadNodes) -> bytes:
    """The hash of a range that a root, an audit path or a consistency proof is made of."""
    first, end = leaves
    if end == first:
        return EMPTY
    # From the largest whole subtrees at the left to the smallest at the right.
    parts: list[bytes] = []
    while first < end:
        level = (end - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        kept = level - level % STRIDE
        count = 1 << (level - kept)
        parts.append(root_of(await read(kept, first >> kept, count)))
        first += 1 << level
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found


async def new_nodes(level: int, first: int, end: int, read: ReadNodes) -> list[bytes]:
    """The nodes of a kept level from `first` to `end`, each of 256 of the kept level beneath."""
    return [root_of(await read(level - STRIDE, index << STRIDE, 1 << STRIDE)) for index in range(first, end)]


def _left(size: int) -> int:
    """The largest power of two that is smaller than the size."""
    return 1 << (size - 1).bit_length() - 1

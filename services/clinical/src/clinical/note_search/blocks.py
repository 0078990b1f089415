"""Entries in the order of their keys, cut into blocks.

An entry says how many bytes its key shares with the key before it, and has the rest of the key and the value, each after its length. Each block
can be read by itself. The block index has a separator before each block: no key of the block is less, and every key before it is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

# What a block holds before the next one begins; one entry may be longer.
BLOCK_BYTES = 8 * 1024
# Blocks differ in length by multiples of this, so that they tell less of what is in them.
_PADDED_TO = 256
_LONGEST_KEY = 255

Entry = tuple[bytes, bytes]


class Cutter:
    """Cuts entries into blocks. Keys rise, and have 1 to 255 bytes."""

    def __init__(self) -> None:
        self._block = bytearray()
        self._before = b""
        self._separators = [b""]

    def add(self, key: bytes, value: bytes) -> bytes | None:
        """The block that is complete, as the entry is the first of the next one."""
        if not 1 <= len(key) <= _LONGEST_KEY or key <= self._before:
            raise ValueError("keys rise, and have 1 to 255 bytes")
        shared = _shared(self._before, key)
        complete = None
        if self._block and len(self._block) + len(key) + len(value) > BLOCK_BYTES:
            complete = _padded(self._block)
            self._separators.append(key[: shared + 1])
            self._block, shared = bytearray(), 0
        self._block += bytes((shared, len(key) - shared)) + key[shared:] + _number(len(value)) + value
        self._before = key
        return complete

    def finish(self) -> tuple[bytes, "BlockIndex"]:
        """The last block, and where everything is."""
        return _padded(self._block), BlockIndex(self._separators)


def entries(block: bytes) -> Iterator[Entry]:
    """What a block holds."""
    key, place, end = b"", 0, len(block)
    while place + 1 < end and block[place + 1]:
        shared, length = block[place], block[place + 1]
        place += 2
        key = key[:shared] + block[place : place + length]
        place += length
        size = block[place]
        place += 1
        if size & 0x80:
            size &= 0x7F
            shift = 7
            while True:
                more = block[place]
                place += 1
                size |= (more & 0x7F) << shift
                if not more & 0x80:
                    break
                shift += 7
        yield key, block[place : place + size]
        place += size


@dataclass(frozen=True, slots=True)
class BlockIndex:
    """Where a segment's entries are: the separators of its blocks, in order."""

    separators: Sequence[bytes]

    def blocks(self, first: bytes, last: bytes) -> range:
        """The numbers of the blocks that may have keys from `first` to `last`."""
        return range(max(bisect_right(self.separators, first) - 1, 0), bisect_right(self.separators, last))

    def beginning_with(self, prefix: bytes) -> range:
        """The numbers of the blocks that may have keys that begin so."""
        return range(max(bisect_right(self.separators, prefix) - 1, 0), bisect_left(self.separators, prefix + b"\xff" * 4))

    def to_bytes(self) -> bytes:
        return len(self.separators).to_bytes(4, "big") + bytes(map(len, self.separators)) + b"".join(self.separators)

    @classmethod
    def from_bytes(cls, data: bytes) -> "BlockIndex":
        number = int.from_bytes(data[:4], "big")
        text = data[4 + number :]
        return cls([text[start:end] for start, end in pairwise(accumulate(data[4 : 4 + number], initial=0))])


def _shared(before: bytes, key: bytes) -> int:
    length = 0
    for one, other in zip(before, key, strict=False):
        if one != other:
            break
        length += 1
    return length


def _number(value: int) -> bytes:
    """Seven bits to a byte, the lowest first; all but the last byte have the highest bit."""
    if value < 0x80:
        return bytes((value,))
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _padded(block: bytearray) -> bytes:
    return bytes(block) + bytes(-len(block) % _PADDED_TO)

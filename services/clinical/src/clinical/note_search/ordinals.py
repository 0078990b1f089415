"""Sets of a segment's notes, by their ordinals: sets of bits in memory, and bytes.

In memory a set is an int whose bit 2**n says whether note n is in it: united, intersected and counted at the speed of C. As bytes it
is what is shortest: the bits themselves, or the gaps between ordinals in one or two bytes each, where the largest gap stands for a step
that reaches no ordinal. All of them are read without a loop in Python.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, compress, islice, repeat
from operator import sub

_BITS, _BYTES, _PAIRS = b"\x00", b"\x01", b"\x02"
_STEP, _LONG_STEP = 0xFF, 0xFFFF
_TO_DIGITS = bytes.maketrans(b"\x00\x01", b"01")
_TO_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


def encode(ordinals: Sequence[int]) -> bytes:
    """Ordinals that rise, at least one, as bytes."""
    if len(ordinals) == 1 and ordinals[0] < _LONG_STEP:
        # Most words are in one note.
        return _BYTES + bytes(ordinals) if ordinals[0] < _STEP else _PAIRS + ordinals[0].to_bytes(2, "little")
    gaps = [ordinals[0], *map(sub, islice(ordinals, 1, None), ordinals)]
    highest = max(gaps)
    steps = 0 if highest < _STEP else sum(gap // _STEP for gap in gaps)
    long_steps = 0 if highest < _LONG_STEP else sum(gap // _LONG_STEP for gap in gaps)
    in_bytes, in_pairs, in_bits = len(gaps) + steps, 2 * (len(gaps) + long_steps), ordinals[-1] // 8 + 1
    if in_bits <= min(in_bytes, in_pairs):
        return _BITS + united([ordinals]).to_bytes(in_bits, "little")
    if in_bytes <= in_pairs:
        return _BYTES + bytes(_stepped(gaps, _STEP) if steps else gaps)
    pairs = list(_stepped(gaps, _LONG_STEP)) if long_steps else gaps
    return _PAIRS + struct.pack(f"<{len(pairs)}H", *pairs)


def encode_bits(bits: int) -> bytes:
    """The same of bits, at least one."""
    if bits.bit_count() * 8 >= bits.bit_length():
        return _BITS + bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return encode(list(members(bits)))


def decode(data: bytes) -> "int | list[int]":
    """The set as bits, or as ordinals that rise, whichever it is stored as."""
    kind, body = data[:1], data[1:]
    if kind == _BITS:
        return int.from_bytes(body, "little")
    gaps, step = (body, _STEP) if kind == _BYTES else (struct.unpack(f"<{len(body) // 2}H", body), _LONG_STEP)
    if step in gaps:
        return list(compress(accumulate(gaps), map(step.__ne__, gaps)))
    return list(accumulate(gaps))


def union(encoded: Iterable[bytes]) -> int:
    """All that is in any of the sets, as bits."""
    bits, lists = 0, []
    for data in encoded:
        members = decode(data)
        if isinstance(members, int):
            bits |= members
        else:
            lists.append(members)
    return bits | united(lists)


def united(lists: Sequence[Sequence[int]]) -> int:
    """The ordinals of all lists, each of which rises, as bits."""
    if not lists:
        return 0
    flags = bytearray(1 + max(members[-1] for members in lists))
    for ordinal in chain.from_iterable(lists):
        flags[ordinal] = 1
    flags.reverse()
    return int(flags.translate(_TO_DIGITS), 2)


def members(bits: int) -> Iterator[int]:
    """The ordinals in the set, the lowest first."""
    flags = f"{bits:b}".encode().translate(_TO_FLAGS)
    return compress(range(len(flags)), reversed(flags))


def _stepped(gaps: Iterable[int], step: int) -> Iterator[int]:
    for gap in gaps:
        yield from repeat(step, gap // step)
        yield gap % step

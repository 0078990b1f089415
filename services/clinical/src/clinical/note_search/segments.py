"""Segments: what their entries say, and how they are opened. A segment is known by its row; its blocks are read when they are needed.

A segment's notes have ordinals from 0, the newest session first. The keys of its entries begin with a letter for their kind:

    d  notes, 64 at a time: date and id of each, by the number of the first divided by 64
    f  the notes of a status, and those that are deleted
    i  a note's ordinal, by its id
    t  the notes with a word
    u  the notes with a beginning of words, where their own lists together are long
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.db.transaction import Record, Transaction
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from clinical.note_search import store
from clinical.note_search.blocks import BlockIndex, entries
from clinical.note_search.pace import Pace

NOTES, FACET, NOTE, WORD, BEGINNING = b"d", b"f", b"i", b"t", b"u"
NOTES_AT_ONCE = 64
DELETED = "deleted"
_PLACE = struct.Struct(">q16s")
PLACE_BYTES = _PLACE.size

# When a session was, in microseconds since 1970, and the note's id. The newest of a segment is the first.
Place = tuple[int, bytes]
BlockKey = tuple[UUID, int]


class SegmentGone(Exception):
    """A segment was replaced by another one while it was read."""


class SegmentBroken(SealBroken):
    """A segment does not open: it was changed in the database, or its key is gone."""

    def __init__(self, segment_id: UUID) -> None:
        super().__init__(f"the segment {segment_id} does not open")
        self.segment_id = segment_id


@dataclass(frozen=True, slots=True)
class Segment:
    """`dead` has the notes that count no longer; `beginnings` those with a list of their own."""

    id: UUID
    documents: int
    version: int
    dead: int
    beginnings: frozenset[str]
    index: BlockIndex

    @property
    def living(self) -> int:
        """The notes that count, as bits."""
        return (1 << self.documents) - 1 & ~self.dead


def open_segment(row: Record, keys: WorkspaceKeys) -> Segment:
    """The segment of a row. SegmentBroken where it does not open."""
    try:
        header = keys.open_bytes(row["header"], table="search_segments", row=row["id"], revision=0, column="header")
        dead = open_dead(row, keys)
    except SealBroken as broken:
        raise SegmentBroken(row["id"]) from broken
    length = int.from_bytes(header[4:8], "big")
    beginnings = header[8 : 8 + length].decode()
    return Segment(
        id=row["id"],
        documents=int.from_bytes(header[:4], "big"),
        version=row["version"],
        dead=dead,
        beginnings=frozenset(beginnings.split()),
        index=BlockIndex.from_bytes(header[8 + length :]),
    )


def open_dead(row: Record, keys: WorkspaceKeys) -> int:
    dead = keys.open_bytes(row["dead"], table="search_segments", row=row["id"], revision=row["version"], column="dead")
    return int.from_bytes(dead, "little")


def seal_header(segment_id: UUID, documents: int, beginnings: Iterable[str], index: BlockIndex, keys: WorkspaceKeys) -> bytes:
    listed = " ".join(beginnings).encode()
    header = documents.to_bytes(4, "big") + len(listed).to_bytes(4, "big") + listed + index.to_bytes()
    return keys.seal_bytes(header, table="search_segments", row=segment_id, revision=0, column="header")


def seal_dead(segment_id: UUID, version: int, documents: int, dead: int, keys: WorkspaceKeys) -> bytes:
    """All have the length that the segment's notes need, so that it tells nothing."""
    bits = dead.to_bytes((documents + 7) // 8, "little")
    return keys.seal_bytes(bits, table="search_segments", row=segment_id, revision=version, column="dead")


def seal_block(segment_id: UUID, number: int, block: bytes, keys: WorkspaceKeys) -> bytes:
    return keys.seal_bytes(block, table="search_blocks", row=segment_id, revision=number, column="content")


async def read_blocks(wanted: Sequence[BlockKey], db: Transaction, keys: WorkspaceKeys) -> dict[BlockKey, bytes]:
    """The blocks, opened. SegmentGone where one is not there any more, SegmentBroken where one does not open."""
    if not wanted:
        return {}
    found = await db.all(store.blocks, segment_ids=[segment_id for segment_id, _ in wanted], numbers=[number for _, number in wanted])
    if len(found) < len(wanted):
        raise SegmentGone
    return {(row["segment_id"], row["number"]): _open_block(row, keys) for row in found}


def _open_block(row: Record, keys: WorkspaceKeys) -> bytes:
    try:
        return keys.open_bytes(row["content"], table="search_blocks", row=row["segment_id"], revision=row["number"], column="content")
    except SealBroken as broken:
        raise SegmentBroken(row["segment_id"]) from broken


# --- entries


def facet_key(name: str) -> bytes:
    return FACET + name.encode()


def note_key(note_id: bytes) -> bytes:
    return NOTE + note_id


def notes_key(ordinal: int) -> bytes:
    """Of the entry that has this note."""
    return NOTES + (ordinal // NOTES_AT_ONCE).to_bytes(3, "big")


def pack_places(places: Iterable[Place]) -> bytes:
    return b"".join(_PLACE.pack(*place) for place in places)


def unpack_places(value: bytes) -> list[Place]:
    return list(_PLACE.iter_unpack(value))


def pack_ordinal(ordinal: int) -> bytes:
    return ordinal.to_bytes(3, "big")


def unpack_ordinal(value: bytes) -> int:
    return int.from_bytes(value, "big")


async def located(segment: Segment, ids: Iterable[bytes], blocks: Mapping[BlockKey, bytes], pace: Pace) -> dict[bytes, int]:
    """The ordinals of the notes that the segment has, by id."""
    by_block: dict[int, set[bytes]] = {}
    for note_id in ids:
        by_block.setdefault(block_of(segment, note_key(note_id)), set()).add(note_key(note_id))
    found: dict[bytes, int] = {}
    for number, wanted in by_block.items():
        found.update((key[1:], unpack_ordinal(value)) for key, value in entries(blocks[segment.id, number]) if key in wanted)
        await pace()
    return found


def block_of(segment: Segment, key: bytes) -> int:
    """The number of the only block that may have the key."""
    return segment.index.blocks(key, key)[0]

"""Makes segments: of notes, or of older segments."""

import heapq
from array import array
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Protocol
from uuid import UUID

from clinical.note_search import ordinals, segments
from clinical.note_search.blocks import BlockIndex, Cutter, Entry, entries
from clinical.note_search.notes import IndexedNote
from clinical.note_search.pace import Pace
from clinical.note_search.segments import BEGINNING, NOTE, NOTES, NOTES_AT_ONCE, WORD, BlockKey, Place, Segment

# Words are united to their beginnings up to this length, if what is stored for them is at least so long: it bounds what a search reads.
_LONGEST_BEGINNING = 3
LONG_BYTES = 64 * 1024
_UNITED_AT_ONCE = 16 * 1024
# What an entry costs beside its value, about.
_ENTRY_BYTES = 8
_BLOCKS_AT_ONCE = 32

# Reads blocks, opened.
Read = Callable[[Sequence[BlockKey]], Awaitable[Mapping[BlockKey, bytes]]]


class Target(Protocol):
    """Where a segment's blocks go."""

    async def put(self, block: bytes) -> None:
        """Takes the next block."""


async def write(made: AsyncIterator[Entry], target: Target, *, is_small: bool = False) -> tuple[BlockIndex, list[str]]:
    """Writes the entries, and those of long beginnings, which a small segment has none of. Where they are, and the beginnings."""
    cutter, beginnings = Cutter(), _Beginnings()
    async for key, value in made:
        if not is_small and key[:1] == WORD:
            beginnings.add(key[1:].decode(), value)
        if (block := cutter.add(key, value)) is not None:
            await target.put(block)
    long = beginnings.finish()
    for beginning, value in long.items():
        if (block := cutter.add(BEGINNING + beginning.encode(), value)) is not None:
            await target.put(block)
    block, index = cutter.finish()
    await target.put(block)
    return index, list(long)


async def of_notes(notes: Iterable[IndexedNote], pace: Pace) -> AsyncIterator[Entry]:
    """The entries of a new segment."""
    ordered = sorted(notes, key=lambda note: note.place, reverse=True)
    facets: dict[str, list[int]] = {}
    # By their first letters, so that no sorting takes long.
    words: dict[str, dict[str, list[int]]] = {}
    for ordinal, note in enumerate(ordered):
        for facet in note.facets:
            facets.setdefault(facet, []).append(ordinal)
        for word in note.words:
            words.setdefault(word[0], {}).setdefault(word, []).append(ordinal)
        await pace()
    for start in range(0, len(ordered), NOTES_AT_ONCE):
        yield segments.notes_key(start), segments.pack_places(note.place for note in ordered[start : start + NOTES_AT_ONCE])
    for facet in sorted(facets):
        yield segments.facet_key(facet), ordinals.encode(facets[facet])
    for note_id, ordinal in sorted((note.place[1], ordinal) for ordinal, note in enumerate(ordered)):
        yield segments.note_key(note_id), segments.pack_ordinal(ordinal)
    for letter in sorted(words):
        await pace()
        for word in sorted(words[letter]):
            yield WORD + word.encode(), ordinals.encode(words[letter][word])
            await pace()


class Merge:
    """One segment of several. `entries` has to be read to its end; then `moved` says what became of each note."""

    def __init__(self, merged: Sequence[Segment], read: Read, pace: Pace) -> None:
        self._merged = merged
        self._sources = [_Source(segment, read, pace) for segment in merged]
        self._pace = pace
        # By old segment and ordinal: the new ordinal, or -1 of a note that was dead before.
        self._new = [array("i", [-1]) * segment.documents for segment in merged]
        self.documents = 0

    def moved(self, segment_id: UUID, ordinals_: int) -> int:
        """The same notes in the new segment, as bits."""
        number = [segment.id for segment in self._merged].index(segment_id)
        places = sorted(self._new[number][ordinal] for ordinal in ordinals.members(ordinals_))
        living = places[bisect_right(places, -1) :]
        return ordinals.united([living]) if living else 0

    async def entries(self) -> AsyncIterator[Entry]:
        places = await self._place()
        size = NOTES_AT_ONCE * segments.PLACE_BYTES
        for start in range(0, len(places), size):
            yield segments.notes_key(start // segments.PLACE_BYTES), bytes(places[start : start + size])
        heads = [(source.key, number) for number, source in enumerate(self._sources) if source.key]
        heapq.heapify(heads)
        while heads:
            key, taken = heads[0][0], []
            while heads and heads[0][0] == key:
                number = heads[0][1]
                source = self._sources[number]
                taken.append((number, source.value))
                await source.advance()
                if source.key:
                    heapq.heapreplace(heads, (source.key, number))
                else:
                    heapq.heappop(heads)
            if (value := self._together(key, taken)) is not None:
                yield key, value
            await self._pace()

    async def _place(self) -> bytearray:
        """Gives the living notes of all segments new ordinals. Returns their places in the new order."""
        packed: list[list[bytes]] = []
        for source in self._sources:
            packed.append([])
            await source.advance()
            while source.key[:1] == NOTES:
                packed[-1].append(source.value)
                await source.advance()
        placed = bytearray()
        for (date, note_id), number, ordinal in heapq.merge(*(self._living(n, each) for n, each in enumerate(packed)), reverse=True):
            self._new[number][ordinal] = self.documents
            self.documents += 1
            placed += segments.pack_places([(date, note_id)])
            await self._pace()
        return placed

    def _living(self, number: int, packed: Iterable[bytes]) -> Iterator[tuple[Place, int, int]]:
        dead = set(ordinals.members(self._merged[number].dead))
        places = chain.from_iterable(map(segments.unpack_places, packed))
        return ((place, number, ordinal) for ordinal, place in enumerate(places) if ordinal not in dead)

    def _together(self, key: bytes, taken: Iterable[tuple[int, bytes]]) -> bytes | None:
        """The value of an entry in the new segment; None for one that it does not have."""
        if key[:1] == BEGINNING:
            return None
        if key[:1] == NOTE:
            places = [self._new[number][segments.unpack_ordinal(value)] for number, value in taken]
            return segments.pack_ordinal(max(places)) if max(places) >= 0 else None
        placed: list[int] = []
        for number, value in taken:
            members = ordinals.decode(value)
            placed += map(self._new[number].__getitem__, ordinals.members(members) if isinstance(members, int) else members)
        # Notes keep their order among those of their old segment, which is why this is quick.
        placed.sort()
        if placed[0] < 0:
            del placed[: bisect_right(placed, -1)]
        return ordinals.encode(placed) if placed else None


class _Source:
    """The entries of a segment, one after another, read some blocks at a time. After the last one the key is empty."""

    def __init__(self, segment: Segment, read: Read, pace: Pace) -> None:
        self.key, self.value = b"", b""
        self._segment = segment
        self._read = read
        self._pace = pace
        self._number = 0
        self._blocks: list[bytes] = []
        self._entries: Iterator[Entry] = iter(())

    async def advance(self) -> None:
        while (entry := next(self._entries, None)) is None:
            if not self._blocks:
                await self._fetch()
            if not self._blocks:
                self.key, self.value = b"", b""
                return
            self._entries = entries(self._blocks.pop())
        self.key, self.value = entry

    async def _fetch(self) -> None:
        last = min(self._number + _BLOCKS_AT_ONCE, len(self._segment.index.separators))
        wanted = [(self._segment.id, number) for number in range(self._number, last)]
        found = await self._read(wanted)
        self._blocks = [found[place] for place in reversed(wanted)]
        self._number = last
        self._pace.start()


class _Beginnings:
    """Unites the lists of words that begin alike, where they are long together. Words come in order."""

    def __init__(self) -> None:
        self._long: dict[str, bytes] = {}
        # The beginning of each length that the words have now.
        self._open = [_Beginning("") for _ in range(_LONGEST_BEGINNING)]

    def add(self, word: str, value: bytes) -> None:
        for length, beginning in enumerate(self._open, 1):
            # A word that is shorter has no beginning of this length.
            text = word[:length] if len(word) >= length else ""
            if text != beginning.text:
                self._close(beginning)
                self._open[length - 1] = _Beginning(text)
            if text:
                self._open[length - 1].add(value)

    def finish(self) -> dict[str, bytes]:
        """What is long, in order."""
        for beginning in self._open:
            self._close(beginning)
        return dict(sorted(self._long.items()))

    def _close(self, beginning: "_Beginning") -> None:
        if beginning.size >= LONG_BYTES:
            self._long[beginning.text] = ordinals.encode_bits(beginning.united())


class _Beginning:
    def __init__(self, text: str) -> None:
        self.text = text
        self.size = 0
        self._waiting: list[bytes] = []
        self._bytes_waiting = 0
        self._bits = 0

    def add(self, value: bytes) -> None:
        self.size += len(value) + _ENTRY_BYTES
        self._waiting.append(value)
        self._bytes_waiting += len(value)
        if self._bytes_waiting >= _UNITED_AT_ONCE:
            self.united()

    def united(self) -> int:
        self._bits |= ordinals.union(self._waiting)
        self._waiting, self._bytes_waiting = [], 0
        return self._bits

"""Finds notes of a whole workspace: in its segments, and among the notes that changed since, which are opened.

An answer costs six statements, however many notes there are, and one more for each 200 changed notes: whether the index was begun; the segments and the names of the changed notes, of
one moment; those notes; the blocks with the asked words; those with the first results; and the results, which the caller reads.
"""

import heapq
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from chassis.db.transaction import Record, Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Unavailable
from clinical.note_search import ordinals, segments, store
from clinical.note_search.blocks import entries
from clinical.note_search.levels import ERASED_FOR
from clinical.note_search.notes import opened_text, place
from clinical.note_search.pace import Pace
from clinical.note_search.rules import Search
from clinical.note_search.segments import BlockKey, Place, Segment, SegmentBroken, SegmentGone

# Changed notes that a search opens, the newest first. There are more while the notes from before the index are taken in.
MOST_OPENED = 1_500
_READ_AT_ONCE = 200
# A note has a row for each of its last saves.
_MOST_CHANGES = 4 * MOST_OPENED
_ATTEMPTS = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which notes are wanted beside those with the words."""

    statuses: Collection[str]
    with_deleted: bool
    # Notes that row security does not show the caller, so that the segments must not either.
    hidden: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of a page of results, the newest first; `total` on all pages. `is_complete`: no note was left out for want of time, or because the
    index does not open.
    """

    ids: Sequence[UUID]
    total: int
    is_complete: bool


@dataclass(slots=True)
class _Results:
    """What is found so far. `places` has the first results of each source, in order."""

    places: list[list[Place]] = field(default_factory=list)
    total: int = 0


async def find(search: Search, filters: Filters, db: Transaction, keys: WorkspaceKeys, *, limit: int, offset: int, now: datetime) -> Found:
    """A page of the workspace's notes that are found. Unavailable if its segments are replaced each time while they are read."""
    attempts, broken = 0, set[UUID]()
    while attempts < _ATTEMPTS:
        try:
            found = await _find(search, filters, db, keys, broken, limit=limit, offset=offset, now=now)
        except SegmentGone:
            attempts += 1
        except SegmentBroken as error:
            _log.error("a segment does not open and is left out of a search", extra={"segment_id": str(error.segment_id)})
            broken.add(error.segment_id)
        else:
            if not broken:
                return found
            # The worker finds that it does not open as well, and makes the index anew.
            await db.run(store.have_made_anew, ids=list(broken), erased_at=now - ERASED_FOR)
            await db.run(store.add_look, due_at=now)
            return replace(found, is_complete=False)
    raise Unavailable("list_changing", "The list changes while it is read; try again.", retry_after=1.0)


async def _find(
    search: Search,
    filters: Filters,
    db: Transaction,
    keys: WorkspaceKeys,
    broken: Collection[UUID],
    *,
    limit: int,
    offset: int,
    now: datetime,
) -> Found:
    # Asked first: whatever the index is given meanwhile is found.
    is_seen = not await db.all(store.unseen_notes)
    rows = await db.all(store.segments_and_changes, limit=_MOST_CHANGES)
    pace = Pace()
    opened = []
    for row in rows:
        if row["session_id"] is None and row["id"] not in broken:
            opened.append(segments.open_segment(row, keys))
            await pace()
    changed = list(dict.fromkeys(row["session_id"] for row in rows if row["session_id"] is not None))
    is_complete = is_seen and len(changed) <= MOST_OPENED and sum(row["session_id"] is not None for row in rows) < _MOST_CHANGES
    changed = changed[:MOST_OPENED]
    results = _Results()
    await _find_changed(changed, search, filters, db, keys, results, now=now)
    passed_over = [id_.bytes for id_ in dict.fromkeys((*changed, *filters.hidden))]
    await _find_indexed(opened, passed_over, search, filters, db, keys, results, most=offset + limit)
    page = islice(heapq.merge(*results.places, reverse=True), offset, offset + limit)
    return Found([UUID(bytes=note_id) for _, note_id in page], results.total, is_complete)


async def _find_changed(
    changed: Sequence[UUID],
    search: Search,
    filters: Filters,
    db: Transaction,
    keys: WorkspaceKeys,
    results: _Results,
    *,
    now: datetime,
) -> None:
    """Opens the notes that the segments do not have as they are."""
    pace = Pace()
    found: list[Place] = []
    for start in range(0, len(changed), _READ_AT_ONCE):
        rows = await db.all(store.notes, ids=changed[start : start + _READ_AT_ONCE])
        pace.start()
        for row in rows:
            if is_wanted(row, filters, now=now) and search.finds(opened_text(row, keys)):
                found.append(place(row))
            await pace()
    found.sort(reverse=True)
    results.places.append(found)
    results.total += len(found)


def is_wanted(row: Record, filters: Filters, *, now: datetime) -> bool:
    """Whether the filters let a note through. A deleted one whose time is over is let through by none."""
    if row["status"] not in filters.statuses:
        return False
    return row["deleted_at"] is None or (filters.with_deleted and row["permanent_delete_after"] > now)


async def _find_indexed(
    opened: Sequence[Segment],
    passed_over: Sequence[bytes],
    search: Search,
    filters: Filters,
    db: Transaction,
    keys: WorkspaceKeys,
    results: _Results,
    *,
    most: int,
) -> None:
    """Looks the words up in the segments, and reads the places of the first results of each."""
    pace = Pace()
    asked: dict[UUID, _Asked] = {}
    wanted: list[BlockKey] = []
    for segment in opened:
        asked[segment.id] = _Asked(segment, passed_over, search, filters)
        wanted += asked[segment.id].blocks
        await pace()
    blocks = await segments.read_blocks(wanted, db, keys)
    pace.start()
    first: dict[UUID, list[int]] = {}
    for segment_id, each in asked.items():
        bits = await each.found(blocks, pace)
        results.total += bits.bit_count()
        first[segment_id] = list(islice(ordinals.members(bits), most)) if bits else []
    await _read_places([segment for segment in opened if first[segment.id]], first, db, keys, results)


async def _read_places(
    opened: Iterable[Segment], first: Mapping[UUID, list[int]], db: Transaction, keys: WorkspaceKeys, results: _Results
) -> None:
    numbers = {
        segment.id: {key: segments.block_of(segment, key) for key in {segments.notes_key(ordinal) for ordinal in first[segment.id]}}
        for segment in opened
    }
    wanted = [(segment_id, number) for segment_id, by_key in numbers.items() for number in set(by_key.values())]
    blocks = await segments.read_blocks(wanted, db, keys)
    pace = Pace()
    for segment_id, by_key in numbers.items():
        places: dict[bytes, list[Place]] = {}
        for number in set(by_key.values()):
            places.update((key, segments.unpack_places(value)) for key, value in entries(blocks[segment_id, number]) if key in by_key)
            await pace()
        results.places.append([places[segments.notes_key(ordinal)][ordinal % segments.NOTES_AT_ONCE] for ordinal in first[segment_id]])


class _Asked:
    """What is asked of one segment, but for some of its notes, and the blocks that answer it."""

    def __init__(self, segment: Segment, passed_over: Sequence[bytes], search: Search, filters: Filters) -> None:
        self._segment = segment
        self._passed_over = passed_over
        self._search = search
        self._filters = filters
        self._ranges = {spelling: self._range(spelling) for spellings in search.words for spelling in spellings}
        self._facets = [segments.facet_key(name) for name in (*filters.statuses, segments.DELETED)]

    @property
    def blocks(self) -> set[BlockKey]:
        numbers = {number for each in self._ranges.values() for number in each}
        numbers |= {segments.block_of(self._segment, key) for key in self._facets}
        numbers |= {segments.block_of(self._segment, segments.note_key(note_id)) for note_id in self._passed_over}
        return {(self._segment.id, number) for number in numbers}

    async def found(self, blocks: Mapping[BlockKey, bytes], pace: Pace) -> int:
        """The ordinals of the segment's notes that are found, as bits."""
        segment = self._segment
        bits = segment.living
        for ordinal in (await segments.located(segment, self._passed_over, blocks, pace)).values():
            bits &= ~(1 << ordinal)
        bits &= self._filtered(blocks)
        for spellings in self._search.words:
            having = 0
            for spelling in spellings:
                if bits:
                    having |= await self._having(spelling, blocks, pace)
            bits &= having
        return bits

    def _filtered(self, blocks: Mapping[BlockKey, bytes]) -> int:
        *statuses, deleted = (self._value(key, blocks) for key in self._facets)
        bits = ordinals.union(value for value in statuses if value is not None)
        return bits if self._filters.with_deleted or deleted is None else bits & ~ordinals.union([deleted])

    async def _having(self, spelling: str, blocks: Mapping[BlockKey, bytes], pace: Pace) -> int:
        """The notes with a word that begins so."""
        key = self._key(spelling)
        bits = 0
        for number in self._ranges[spelling]:
            if spelling in self._segment.beginnings:
                lists = [value for entry, value in entries(blocks[self._segment.id, number]) if entry == key]
            else:
                lists = [value for entry, value in entries(blocks[self._segment.id, number]) if entry.startswith(key)]
            bits |= ordinals.union(lists)
            await pace()
        return bits

    def _range(self, spelling: str) -> range:
        key, index = self._key(spelling), self._segment.index
        return index.blocks(key, key) if spelling in self._segment.beginnings else index.beginning_with(key)

    def _key(self, spelling: str) -> bytes:
        return (segments.BEGINNING if spelling in self._segment.beginnings else segments.WORD) + spelling.encode()

    def _value(self, key: bytes, blocks: Mapping[BlockKey, bytes]) -> bytes | None:
        number = segments.block_of(self._segment, key)
        return next((value for entry, value in entries(blocks[self._segment.id, number]) if entry == key), None)

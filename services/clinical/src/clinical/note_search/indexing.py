"""Takes changed notes into a workspace's index, and makes few segments of many.

Each step ends in one transaction, and what it was about is work to be done until then: a process that ends within a step leaves at most
blocks that nobody reads, which the next step deletes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.db.database import Database
from chassis.db.transaction import Record, Transaction
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import NotFound
from clinical.note_search import build, levels, segments, store
from clinical.note_search.blocks import BlockIndex
from clinical.note_search.notes import IndexedNote, indexed, is_over
from clinical.note_search.pace import Pace
from clinical.note_search.segments import BlockKey, Segment, SegmentGone

# Where a segment's entries are, and the beginnings that have entries of their own.
_Parts = tuple[BlockIndex, list[str]]
# Notes that are taken in by one step, and about how many words of them: a note may have ten thousand different ones, which take a megabyte.
NOTES_AT_ONCE = 1_024
WORDS_AT_ONCE = 400_000
# A note has a row for each of its last saves.
_CHANGES_AT_ONCE = 4 * NOTES_AT_ONCE
_READ_AT_ONCE = 128
_LOOKS_AT_ONCE = 100
_DUE_AT_ONCE = 500
_BLOCKS_AT_ONCE = 64
_SECONDS = 30.0


class _TakenByAnother(Exception):
    """Another worker did the same work meanwhile."""


@dataclass(frozen=True, slots=True)
class _Changes:
    """The ids of rows of work, by the notes that they are about."""

    work_of: Mapping[UUID, list[int]]

    @property
    def notes(self) -> list[UUID]:
        return list(self.work_of)

    @property
    def work(self) -> list[int]:
        return [id_ for ids in self.work_of.values() for id_ in ids]

    def first(self, number: int) -> "_Changes":
        """Those about the first notes."""
        return _Changes(dict(islice(self.work_of.items(), number)))


class Indexer:
    """The indexes of all workspaces of a service."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    async def due(self, passed_over: Collection[UUID] = ()) -> list[UUID]:
        """Workspaces with work that is due, other than those that are passed over; none if there is no work."""
        async with self._database.transaction(None, seconds=_SECONDS) as db:
            rows = await db.all(store.due, now=datetime.now(UTC), passed_over=list(passed_over), limit=_DUE_AT_ONCE)
        return [row["workspace_id"] for row in rows]

    async def take_in(self, workspace_id: UUID) -> int:
        """Makes a segment of the notes that changed first. Returns how many there were: 0 when all are taken in."""
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as db:
            changes = _first(await db.all(store.changes, limit=_CHANGES_AT_ONCE))
        if not changes.notes:
            return 0
        keys = await self._keys_if_needed(workspace_id, changes)
        try:
            made = await self._made(workspace_id, changes, keys) if keys else None
            if made is not None:
                changes = changes.first(made.looked_at)
            async with self._database.transaction(workspace_id, seconds=_SECONDS) as db:
                await db.run(store.lock_index)
                await _add_unseen(db)
                if len(await db.all(store.remove_work, ids=changes.work)) < len(changes.work):
                    raise _TakenByAnother
                if made is not None and keys is not None:
                    await self._replace(made, changes, db, keys)
        except _TakenByAnother:
            return 0
        return len(changes.notes)

    async def tidy(self, workspace_id: UUID) -> bool:
        """Makes one segment of some, if it is time. False where nothing was to be done."""
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as db:
            looks = [row["id"] for row in await db.all(store.looks_due, now=datetime.now(UTC), limit=_LOOKS_AT_ONCE)]
            rows = await db.all(store.segments) if looks else []
            if rows:
                await db.run(store.remove_unfinished)
        if not looks:
            return False
        if rows:
            keys = await self._keys.of(workspace_id)
            chosen = set(_to_be_merged(rows, keys))
            if chosen:
                return await self._merge([row for row in rows if row["id"] in chosen], keys)
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as db:
            await db.run(store.lock_index)
            await _add_unseen(db)
            await db.all(store.remove_work, ids=looks)
        return False

    async def rebuild(self, workspace_id: UUID) -> None:
        """Gives the index up, and has all notes taken in again."""
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as db:
            await db.run(store.lock_index)
            await db.run(store.remove_all_segments)
            await db.run(store.add_all_notes, now=datetime.now(UTC))

    async def _keys_if_needed(self, workspace_id: UUID, changes: _Changes) -> WorkspaceKeys | None:
        """None where neither notes nor segments are left: a workspace that was erased gets no new keys."""
        async with self._database.transaction(workspace_id, seconds=_SECONDS) as db:
            is_needed = await db.all(store.notes, ids=changes.notes[:_READ_AT_ONCE]) or await db.all(store.segments)
            if not is_needed:
                is_needed = await db.all(store.notes, ids=changes.notes)
        return await self._keys.of(workspace_id) if is_needed else None

    async def _made(self, workspace_id: UUID, changes: _Changes, keys: WorkspaceKeys) -> "_Made":
        """A new segment, of the first notes as they are now or were since the work was read."""
        pace = Pace(rests=True)
        changed = changes.notes
        notes: list[IndexedNote] = []
        words = looked_at = 0
        while looked_at < len(changed) and words < WORDS_AT_ONCE:
            ids = changed[looked_at : looked_at + _READ_AT_ONCE]
            async with self._database.transaction(workspace_id, seconds=_SECONDS) as db:
                rows = {row["id"]: row for row in await db.all(store.notes, ids=ids)}
            pace.start()
            for row in map(rows.get, ids):
                if words >= WORDS_AT_ONCE:
                    break
                looked_at += 1
                # Nobody finds one whose time is over, although its row may be there for a moment.
                if row is not None and not is_over(row, datetime.now(UTC)):
                    notes.append(indexed(row, keys))
                    words += len(notes[-1].words)
                await pace()
        blocks = _InMemory()
        if not notes:
            return _Made([], [], None, looked_at)
        index, beginnings = await build.write(build.of_notes(notes, pace), blocks, is_small=True)
        return _Made([note.place[1] for note in notes], blocks.blocks, (index, beginnings), looked_at)

    async def _replace(self, made: "_Made", changes: _Changes, db: Transaction, keys: WorkspaceKeys) -> None:
        """Stores the new segment, and has older ones tell that its notes, and those that are gone, are dead in them."""
        now = datetime.now(UTC)
        rows = await db.all(store.segments)
        opened = [segments.open_segment(row, keys) for row in rows]
        ids = [id_.bytes for id_ in changes.notes]
        wanted = {(segment.id, segments.block_of(segment, segments.note_key(id_))) for segment in opened for id_ in ids}
        blocks = await segments.read_blocks(sorted(wanted), db, keys)
        pace = Pace()
        kept = set(made.ids)
        sizes = []
        is_erased = False
        for segment, row in zip(opened, rows, strict=True):
            places = await segments.located(segment, ids, blocks, pace)
            dead, erased_at = segment.dead, row["erased_at"]
            for ordinal in places.values():
                dead |= 1 << ordinal
            # A note that was saved again is dead already where it was indexed before, and its words are there none the less.
            gone = now if places.keys() - kept else None
            if dead != segment.dead or (gone is not None and erased_at is None):
                is_erased = is_erased or gone is not None
                erased_at = erased_at or gone
                sealed = segments.seal_dead(segment.id, segment.version + 1, segment.documents, dead, keys)
                await db.run(store.bury, id=segment.id, dead=sealed, erased_at=gone)
            sizes.append(levels.Size(segment.id, segment.documents, dead.bit_count(), erased_at))
        if made.parts is not None:
            new_id = uuid7()
            await _add_segment(new_id, len(made.ids), db, keys, is_ready=True, parts=made.parts)
            await _add_blocks(new_id, 0, made.blocks, db, keys)
            sizes.append(levels.Size(new_id, len(made.ids), 0, None))
        if is_erased:
            await db.run(store.add_look, due_at=now + levels.ERASED_FOR)
        if levels.to_be_merged(sizes, now):
            await db.run(store.add_look, due_at=now)

    async def _merge(self, rows: Sequence[Record], keys: WorkspaceKeys) -> bool:
        """Makes one segment of these. False where another worker replaced one of them meanwhile."""
        pace = Pace(rests=True)
        merged = [segments.open_segment(row, keys) for row in rows]
        merge = build.Merge(merged, partial(self._read_blocks, keys), pace)
        target = _InDatabase(uuid7(), self._database, keys)
        await target.begin()
        try:
            index, beginnings = await build.write(merge.entries(), target)
            await target.flush()
            async with self._database.transaction(keys.workspace_id, seconds=_SECONDS) as db:
                await db.run(store.lock_index)
                await self._finish(merged, merge, target, (index, beginnings), db, keys)
        except SegmentGone:
            return False
        return True

    async def _read_blocks(self, keys: WorkspaceKeys, wanted: Sequence[BlockKey]) -> dict[BlockKey, bytes]:
        async with self._database.transaction(keys.workspace_id, seconds=_SECONDS) as db:
            return await segments.read_blocks(wanted, db, keys)

    async def _finish(
        self, merged: Sequence[Segment], merge: build.Merge, target: "_InDatabase", parts: _Parts, db: Transaction, keys: WorkspaceKeys
    ) -> None:
        """Puts the new segment in the place of the old ones. Notes that died in these meanwhile are dead in it."""
        now = datetime.now(UTC)
        present = {row["id"]: row for row in await db.all(store.segments)}
        dead, erased_at = 0, None
        for segment in merged:
            row = present.get(segment.id)
            if row is None:
                raise SegmentGone
            died = segments.open_dead(row, keys) & ~segment.dead
            if died:
                dead |= merge.moved(segment.id, died)
                erased_at = erased_at or row["erased_at"]
        if merge.documents:
            header = segments.seal_header(target.id, merge.documents, parts[1], parts[0], keys)
            sealed = segments.seal_dead(target.id, 0, merge.documents, dead, keys)
            finished = await db.maybe(
                store.finish_segment, id=target.id, documents=merge.documents, header=header, dead=sealed, erased_at=erased_at
            )
            if finished is None:
                raise SegmentGone
        await db.run(store.remove_segments, ids=[*(segment.id for segment in merged), *([] if merge.documents else [target.id])])
        if erased_at is not None:
            await db.run(store.add_look, due_at=now + levels.ERASED_FOR)


@dataclass(frozen=True, slots=True)
class _Made:
    """A segment of these notes; without parts there are none. So many notes were looked at for it."""

    ids: list[bytes]
    blocks: list[bytes]
    parts: _Parts | None
    looked_at: int


class _InMemory:
    """Keeps a small segment's blocks."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    async def put(self, block: bytes) -> None:
        self.blocks.append(block)


class _InDatabase:
    """Stores a large segment's blocks, some at a time. Nobody reads them before the segment is ready."""

    def __init__(self, id_: UUID, database: Database, keys: WorkspaceKeys) -> None:
        self.id = id_
        self._database = database
        self._keys = keys
        self._waiting: list[bytes] = []
        self._stored = 0

    async def begin(self) -> None:
        async with self._database.transaction(self._keys.workspace_id, seconds=_SECONDS) as db:
            await _add_segment(self.id, 0, db, self._keys, is_ready=False, parts=(BlockIndex([]), []))

    async def put(self, block: bytes) -> None:
        self._waiting.append(block)
        if len(self._waiting) >= _BLOCKS_AT_ONCE:
            await self.flush()

    async def flush(self) -> None:
        """Stores what waits. SegmentGone where another worker took the segment for one that nobody finishes."""
        blocks, self._waiting = self._waiting, []
        try:
            async with self._database.transaction(self._keys.workspace_id, seconds=_SECONDS) as db:
                await _add_blocks(self.id, self._stored, blocks, db, self._keys)
        except NotFound as gone:
            raise SegmentGone from gone
        self._stored += len(blocks)


async def _add_unseen(db: Transaction) -> None:
    """Before there is a segment: has the notes from before the index taken in, too."""
    if not await db.all(store.segments):
        await db.run(store.add_unseen_notes, now=datetime.now(UTC))


async def _add_segment(id_: UUID, documents: int, db: Transaction, keys: WorkspaceKeys, *, is_ready: bool, parts: _Parts) -> None:
    await db.run(
        store.add_segment,
        id=id_,
        documents=documents,
        header=segments.seal_header(id_, documents, parts[1], parts[0], keys),
        dead=segments.seal_dead(id_, 0, documents, 0, keys),
        version=0,
        is_ready=is_ready,
    )


async def _add_blocks(segment_id: UUID, first: int, blocks: Sequence[bytes], db: Transaction, keys: WorkspaceKeys) -> None:
    rows = [
        {"segment_id": segment_id, "number": number, "content": segments.seal_block(segment_id, number, block, keys)}
        for number, block in enumerate(blocks, first)
    ]
    await db.many(store.add_block, rows)


def _first(rows: Sequence[Record]) -> _Changes:
    """The rows about the first notes, and no more notes than one step takes in."""
    work_of: dict[UUID, list[int]] = {}
    for row in rows:
        if row["session_id"] in work_of or len(work_of) < NOTES_AT_ONCE:
            work_of.setdefault(row["session_id"], []).append(row["id"])
    return _Changes(work_of)


def _to_be_merged(rows: Sequence[Record], keys: WorkspaceKeys) -> Sequence[UUID]:
    sizes = [levels.Size(row["id"], row["documents"], segments.open_dead(row, keys).bit_count(), row["erased_at"]) for row in rows]
    return levels.to_be_merged(sizes, datetime.now(UTC))

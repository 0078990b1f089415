"""Segments, made of notes and of each other, say of every word what a look at all notes says."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from clinical.note_search import build, ordinals
from clinical.note_search.blocks import entries
from clinical.note_search.lookup import Filters, _Asked
from clinical.note_search.notes import IndexedNote
from clinical.note_search.pace import Pace
from clinical.note_search.rules import search, words
from clinical.note_search.segments import DELETED, NOTE, BlockKey, Segment

HERE = UUID(int=3)
TEXTS = st.lists(st.sampled_from(["knee", "kneel", "kn", "elbow", "Müller", "140/90", "anna", "an"]), max_size=4).map(" ".join)
ALL = frozenset({"draft", "finalized", "archived"})


class Index:
    """Segments in memory, and the texts of the notes that they have."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.blocks: dict[BlockKey, bytes] = {}
        self.texts: dict[bytes, tuple[str, tuple[str, ...]]] = {}
        self.made = 0

    async def put(self, block: bytes) -> None:
        self.blocks[self._id, sum(segment_id == self._id for segment_id, _ in self.blocks)] = block

    @property
    def _id(self) -> UUID:
        return uuid5(HERE, str(self.made))

    async def read(self, wanted: Sequence[BlockKey]) -> dict[BlockKey, bytes]:
        return {place: self.blocks[place] for place in wanted}

    async def add(self, notes: dict[bytes, tuple[str, tuple[str, ...]]]) -> None:
        """A segment of notes; those that an earlier one has are dead in that."""
        self.made += 1
        for number, segment in enumerate(self.segments):
            held = [(key[1:], int.from_bytes(value)) for block in self._of(segment) for key, value in entries(block) if key[:1] == NOTE]
            dead = segment.dead
            for note_id, ordinal in held:
                dead |= (1 << ordinal) if note_id in notes else 0
            self.segments[number] = Segment(segment.id, segment.documents, 0, dead, segment.beginnings, segment.index)
        indexed = [IndexedNote((note_id[-1] % 3, note_id), facets, words(text)) for note_id, (text, facets) in notes.items()]
        index, beginnings = await build.write(build.of_notes(indexed, Pace()), self, is_small=True)
        self.segments.append(Segment(self._id, len(notes), 0, 0, frozenset(beginnings), index))
        self.texts |= notes

    async def merge(self) -> None:
        self.made += 1
        merge = build.Merge(self.segments, self.read, Pace())
        index, beginnings = await build.write(merge.entries(), self)
        for segment in self.segments:
            assert merge.moved(segment.id, segment.dead) == 0
        assert sum(merge.moved(segment.id, segment.living).bit_count() for segment in self.segments) == merge.documents
        self.segments = [Segment(self._id, merge.documents, 0, 0, frozenset(beginnings), index)]

    async def found(self, asked: str, filters: Filters, changed: Sequence[bytes] = ()) -> int:
        total = 0
        for segment in self.segments:
            each = _Asked(segment, changed, search(asked), filters)
            total += (await each.found(await self.read(list(each.blocks)), Pace())).bit_count()
        return total

    def expected(self, asked: str, filters: Filters, changed: Sequence[bytes] = ()) -> int:
        return sum(
            search(asked).finds(text) and facets[0] in filters.statuses and (filters.with_deleted or DELETED not in facets)
            for note_id, (text, facets) in self.texts.items()
            if note_id not in changed
        )

    def _of(self, segment: Segment) -> list[bytes]:
        return [block for (segment_id, _), block in self.blocks.items() if segment_id == segment.id]


notes = st.dictionaries(
    st.integers(0, 30).map(lambda number: UUID(int=number).bytes),
    st.tuples(TEXTS, st.sampled_from([("draft",), ("finalized",), ("finalized", DELETED), ("archived",)])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(notes, min_size=1, max_size=4), st.sampled_from([ALL, frozenset({"draft"})]), st.booleans())
async def test_what_is_found_is_what_a_look_at_all_notes_finds(several, statuses, with_deleted):
    index, filters = Index(), Filters(statuses, with_deleted)
    for each in several:
        await index.add(each)
    changed = list(several[0])[:3]
    for _ in range(2):
        for asked in ("k", "kne", "kneel", "mueller", "a 1", "elbow k", "x"):
            assert await index.found(asked, filters) == index.expected(asked, filters), asked
            assert await index.found(asked, filters, changed) == index.expected(asked, filters, changed), asked
        await index.merge()


async def test_beginnings_with_long_lists_have_lists_of_their_own(monkeypatch):
    monkeypatch.setattr(build, "LONG_BYTES", 64)
    index = Index()
    texts = {UUID(int=number).bytes: (f"knee{number} an{number % 7} b", ("draft",)) for number in range(200)}
    await index.add(texts)
    assert not index.segments[0].beginnings
    await index.merge()

    assert {"k", "kn", "kne", "a", "an"} <= index.segments[0].beginnings
    for asked in ("k", "kn", "kne", "knee", "a", "an", "an3", "b", "c"):
        assert await index.found(asked, Filters(ALL, with_deleted=False)) == index.expected(asked, Filters(ALL, with_deleted=False)), asked


async def test_many_notes_are_merged_in_order_over_many_blocks():
    index = Index()
    for start in (0, 500, 250):
        await index.add({UUID(int=number).bytes: (f"word{number} common", ("draft",)) for number in range(start, start + 500)})
    await index.merge()
    (segment,) = index.segments

    assert segment.documents == 1_000
    assert len(segment.index.separators) > 3
    assert await index.found("common", Filters(ALL, with_deleted=False)) == 1_000
    assert await index.found("word999", Filters(ALL, with_deleted=False)) == 1
    assert list(ordinals.members(segment.living)) == list(range(1_000))

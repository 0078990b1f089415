"""Search: by the index of a workspace, among changed notes, and among one client's notes; what becomes of words that are gone."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.encryption.keyring import SealBroken
from chassis.errors import Invalid, Unavailable
from clinical.note_search import indexing, lookup, rules
from clinical.note_search.blocks import entries
from clinical.note_search.indexing import Indexer
from clinical.note_search.pace import Pace
from clinical.sessions import searching

from .conftest import MONDAY, Practice

DRAFT, FINALIZED = pb.SESSION_STATUS_DRAFT, pb.SESSION_STATUS_FINALIZED


def indexer(practice: Practice) -> Indexer:
    runtime = practice.environment.runtime("clinical")
    return Indexer(runtime.database, runtime.keys)


async def waiting(practice: Practice) -> int:
    async with practice.environment.superuser() as db:
        return await db.fetchval(
            "SELECT count(*) FROM clinical.search_work WHERE workspace_id = $1 AND session_id IS NOT NULL", practice.workspace_id
        )


async def take_in(practice: Practice) -> None:
    """Returns when every change is in a segment. The service's own worker may take part."""
    while await waiting(practice):
        await indexer(practice).take_in(practice.workspace_id)


async def tidy(practice: Practice) -> None:
    while await indexer(practice).tidy(practice.workspace_id):
        pass


async def an_hour_passes(practice: Practice) -> None:
    """Has the segments tidied up as an hour after the worker has seen what was erased; the others are as they are."""
    async with practice.environment.superuser() as db:
        await db.execute(
            "UPDATE clinical.search_segments SET erased_at = erased_at - interval '2 hours' WHERE workspace_id = $1", practice.workspace_id
        )
        await db.execute(
            "UPDATE clinical.search_work SET due_at = now() WHERE workspace_id = $1 AND session_id IS NULL", practice.workspace_id
        )
    await tidy(practice)


async def merge_all(practice: Practice) -> None:
    """Has every segment made anew, whatever is in it."""
    async with practice.environment.superuser() as db:
        await db.execute(
            "UPDATE clinical.search_segments SET erased_at = now() - interval '2 hours' WHERE workspace_id = $1", practice.workspace_id
        )
        await db.execute("INSERT INTO clinical.search_work (workspace_id, due_at) VALUES ($1, now())", practice.workspace_id)
    await tidy(practice)


async def terms(practice: Practice) -> set[str]:
    """The words in all blocks of the workspace."""
    keys = await practice.environment.runtime("clinical").keys.of(practice.workspace_id)
    found = set()
    async with practice.environment.superuser() as db:
        for row in await db.fetch("SELECT * FROM clinical.search_blocks WHERE workspace_id = $1", practice.workspace_id):
            place = {"table": "search_blocks", "row": row["segment_id"], "revision": row["number"], "column": "content"}
            found |= {key[1:].decode() for key, _ in entries(keys.open_bytes(row["content"], **place)) if key[:1] == b"t"}
    return found


async def segments(practice: Practice) -> list[bool]:
    """Of each segment, whether it is ready."""
    async with practice.environment.superuser() as db:
        rows = await db.fetch("SELECT is_ready FROM clinical.search_segments WHERE workspace_id = $1", practice.workspace_id)
        return [row["is_ready"] for row in rows]


async def test_a_note_is_found_at_once_and_after_it_is_indexed(practice):
    note = await practice.write(subjective="Knee hurts", objective="swollen", assessment="bursitis", plan="cooling")
    for _ in range(2):
        for asked in ("kne", "SWOLL", "bursitis", "cool", "knee cooling"):
            assert await practice.ids(search=asked) == [note.id], asked
        for asked in ("nee", "knees", "knee elbow"):
            assert await practice.ids(search=asked) == [], asked
        await take_in(practice)


async def test_what_was_saved_over_is_not_found_and_what_was_saved_is(practice):
    note = await practice.write(subjective="knee")
    await take_in(practice)
    await practice.autosave(note, subjective="elbow")
    for _ in range(2):
        assert await practice.ids(search="knee") == []
        assert await practice.ids(search="elbow") == [note.id]
        await take_in(practice)
    signed = await practice.finalize(note)
    await practice.save(signed, subjective="shoulder", reason="Mistyped.")

    assert (await practice.ids(search="elbow"), await practice.ids(search="shoulder")) == ([], [note.id])


async def test_results_are_in_the_order_of_the_list_over_segments_and_changed_notes(practice):
    written = []
    for day in (5, 1, 9, 3, 7, 1, 8, 2):
        written.append(await practice.write(session_date=MONDAY + timedelta(days=day), subjective="knee", plan=f"day {day}"))
        if day in {9, 7, 8}:
            await take_in(practice)
    await tidy(practice)

    listed = await practice.ids()
    assert await practice.ids(search="knee") == listed
    paged = [await practice.page(search="knee", page=number, page_size=3) for number in (1, 2, 3, 4)]
    assert [note.id for page in paged for note in page.items] == listed
    assert {page.total for page in paged} == {8}
    assert not any(page.incomplete for page in paged)


async def test_a_search_goes_with_the_other_filters(practice):
    appointment_id = await practice.book()
    signed, draft = await practice.write(plan="knee"), await practice.write(plan="knee", appointment_id=appointment_id)
    other = await practice.write(client_id=await practice.new_client(), plan="knee")
    await practice.write(plan="elbow")
    deleted = await practice.write(plan="knee")
    await practice.finalize(signed)
    await practice.delete(deleted)
    for _ in range(2):
        for filters, expected in (
            ({}, [signed, draft, other]),
            ({"client_id": practice.client_id}, [signed, draft]),
            ({"appointment_id": appointment_id}, [draft]),
            ({"status": FINALIZED}, [signed]),
            ({"is_draft": True}, [draft, other]),
            ({"is_draft": False}, [signed]),
            ({"status": FINALIZED, "is_draft": True}, []),
            ({"include_deleted": True}, [signed, draft, other, deleted]),
            ({"include_deleted": True, "client_id": practice.client_id}, [signed, draft, deleted]),
        ):
            page = await practice.page(search="knee", **filters)
            assert {note.id for note in page.items} == {note.id for note in expected}, filters
            assert page.total == len(expected), filters
        await take_in(practice)


async def test_a_deleted_note_is_found_again_when_it_is_restored_and_not_after_it_is_erased(practice):
    note = await practice.write(plan="bursitis")
    await take_in(practice)
    await practice.delete(note)
    assert await practice.ids(search="bursitis") == []
    await take_in(practice)
    await practice.restore(note)
    assert await practice.ids(search="bursitis") == [note.id]
    await practice.delete(note)
    await practice.erase_note(note)
    for _ in range(2):
        assert await practice.ids(search="bursitis", include_deleted=True) == []
        await take_in(practice)


async def test_another_workspace_finds_nothing(practice, neighbour):
    await practice.write(plan="bursitis")
    await neighbour.write(plan="elbow")
    for _ in range(2):
        assert await neighbour.ids(search="bursitis") == []
        assert (await neighbour.page(search="e")).total == 1
        await take_in(practice)
        await take_in(neighbour)


async def test_words_of_an_erased_client_are_in_no_segment_after_the_time_that_is_said(practice):
    gone = await practice.new_client()
    await practice.write(client_id=gone, plan="bursitis")
    kept = await practice.write(plan="elbow")
    await take_in(practice)
    assert await terms(practice) == {"sleeps", "badly", "bursitis", "elbow"}

    await practice.erase(gone)
    await practice.environment.settle()
    assert (await practice.page(search="b")).total == 1
    await take_in(practice)
    async with practice.environment.superuser() as db:
        due = await db.fetchval(
            "SELECT min(due_at) - now() FROM clinical.search_work WHERE workspace_id = $1 AND session_id IS NULL", practice.workspace_id
        )
    assert due < timedelta(hours=1)
    await an_hour_passes(practice)

    assert await terms(practice) == {"sleeps", "badly", "elbow"}
    assert await practice.ids(search="elbow") == [kept.id]


async def test_words_of_an_erased_note_go_from_the_segments_that_had_it_before_it_was_saved_again(practice):
    client = await practice.new_client()
    gone = await practice.write(client_id=client, plan="bursitis")
    # With so many others that no segment is made anew for the part of its notes that is dead.
    for number in range(5):
        await practice.write(plan=f"elbow{number}")
    await take_in(practice)
    await practice.autosave(gone, plan="tendinitis")
    for number in range(5):
        await practice.write(plan=f"knee{number}")
    await take_in(practice)
    assert await terms(practice) >= {"bursitis", "tendinitis"}

    await practice.erase(client)
    await practice.environment.settle()
    await take_in(practice)
    await an_hour_passes(practice)

    assert not await terms(practice) & {"bursitis", "tendinitis"}
    assert (await practice.page(search="elbow")).total == 5
    assert (await practice.page(search="knee")).total == 5


async def test_segments_are_made_into_one_and_say_the_same(practice):
    written = []
    for number in range(9):
        written.append(await practice.write(session_date=MONDAY + timedelta(days=number), plan=f"knee number{number % 2}"))
        await take_in(practice)
    assert len(await segments(practice)) >= 4
    await tidy(practice)

    assert len(await segments(practice)) < 4
    assert await practice.ids(search="kn") == [note.id for note in reversed(written)]
    assert (await practice.page(search="number1")).total == 4


async def test_nothing_is_lost_where_a_merge_is_killed_in_its_middle(practice):
    for number in range(4):
        await practice.write(plan=f"knee {number}")
        await take_in(practice)
    async with practice.environment.superuser() as db:
        # What a process leaves that ended before its segment was ready.
        await db.execute(
            "INSERT INTO clinical.search_segments SELECT workspace_id, $2, documents, header, dead, version, false"
            " FROM clinical.search_segments WHERE workspace_id = $1 LIMIT 1",
            practice.workspace_id,
            uuid7(),
        )
    assert (await practice.page(search="knee")).total == 4
    await merge_all(practice)

    assert set(await segments(practice)) == {True}
    assert (await practice.page(search="knee")).total == 4


async def test_what_changes_while_it_is_indexed_is_found(practice):
    """Saves, deletions, searches, steps of the index and merges at the same time."""
    notes = [await practice.write(session_date=MONDAY + timedelta(days=number), plan="before") for number in range(8)]

    async def change(number: int) -> None:
        for word in ("knee", "elbow", "after"):
            await practice.autosave(notes[number], plan=f"{word} number{number}")
            assert (await practice.page(search=f"{word} number{number}")).total == 1
        if number % 4 == 0:
            await practice.delete(notes[number])

    async def index() -> None:
        for _ in range(6):
            await indexer(practice).take_in(practice.workspace_id)
            await merge_all(practice)

    await asyncio.gather(*(change(number) for number in range(8)), index())
    expected = [note.id for number, note in reversed(list(enumerate(notes))) if number % 4]
    for _ in range(2):
        assert await practice.ids(search="after") == expected
        assert await practice.ids(search="before") == []
        await take_in(practice)
        await merge_all(practice)


async def test_no_word_is_in_the_database_in_the_clear(practice):
    note = await practice.write(plan="canarytext")
    await take_in(practice)
    await practice.ids(search="canarytex")
    async with practice.environment.superuser() as db:
        for table in ("search_work", "search_segments", "search_blocks", "outbox"):
            rows = await db.fetch(f"SELECT t::text AS text FROM clinical.{table} AS t WHERE workspace_id = $1", practice.workspace_id)
            assert rows or table == "search_work"
            for row in rows:
                assert "canary" not in row["text"]
                assert b"canary".hex() not in row["text"]
    assert await practice.ids(search="canarytext") == [note.id]


async def test_an_index_that_was_changed_does_not_open_and_is_made_anew(practice):
    note = await practice.write(plan="knee")
    await take_in(practice)
    async with practice.environment.superuser() as db:
        await db.execute("UPDATE clinical.search_segments SET dead = header WHERE workspace_id = $1", practice.workspace_id)
    await practice.write(plan="elbow")
    with pytest.raises(SealBroken):
        await indexer(practice).take_in(practice.workspace_id)
    await indexer(practice).rebuild(practice.workspace_id)

    for _ in range(2):
        assert await practice.ids(search="knee") == [note.id]
        await take_in(practice)


@pytest.mark.parametrize("change", ["search_blocks SET content = '\\x00'", "search_segments SET header = '\\x00'"])
async def test_a_segment_that_does_not_open_is_left_out_until_the_worker_has_made_it_anew(practice, change):
    notes = [await practice.write(session_date=MONDAY + timedelta(days=number), plan="knee") for number in range(2)]
    await take_in(practice)
    async with practice.environment.superuser() as db:
        await db.execute(f"UPDATE clinical.{change} WHERE workspace_id = $1", practice.workspace_id)
    notes.append(await practice.write(session_date=MONDAY + timedelta(days=2), plan="knee"))
    page = await practice.page(search="knee")
    assert page.incomplete
    assert [note.id for note in page.items] == [notes[2].id]

    async with asyncio.timeout(60):
        while page.incomplete:
            await asyncio.sleep(0.05)
            page = await practice.page(search="knee")
    assert [note.id for note in page.items] == [note.id for note in reversed(notes)]


async def test_a_workspace_without_notes_gets_no_keys(practice):
    erased = uuid7()
    async with practice.environment.superuser() as db:
        await db.execute("INSERT INTO clinical.search_work (workspace_id, session_id, due_at) VALUES ($1, $2, now())", erased, uuid7())
        await indexer(practice).take_in(erased)
        left = "SELECT count(*) FROM clinical.{} WHERE workspace_id = $1"
        assert await db.fetchval(left.format("search_work"), erased) == 0
        assert await db.fetchval(left.format("data_keys"), erased) == 0


async def test_an_answer_says_that_notes_may_be_missing(practice, monkeypatch):
    monkeypatch.setattr(lookup, "MOST_OPENED", 2)
    notes = [await practice.write(session_date=MONDAY + timedelta(days=number), plan="knee") for number in range(3)]
    page = await practice.page(search="knee")
    assert page.incomplete
    assert [note.id for note in page.items] == [notes[2].id, notes[1].id]
    await take_in(practice)

    page = await practice.page(search="knee")
    assert (page.incomplete, page.total) == (False, 3)


@pytest.mark.parametrize("saved_first", [False, True])
async def test_notes_from_before_the_index_are_taken_in_and_an_answer_says_so_until_then(practice, saved_first):
    notes = [await practice.write(session_date=MONDAY + timedelta(days=number), plan="knee") for number in range(3)]
    async with practice.environment.superuser() as db:
        # As the migration leaves them, which marks the workspace; the service's own worker has not come to it.
        await db.execute("DELETE FROM clinical.search_work WHERE workspace_id = $1", practice.workspace_id)
        page = await practice.page(search="knee")
        assert (page.incomplete, page.total) == (True, 0)
        if saved_first:
            await practice.autosave(notes[0], plan="knee again")
            assert (await practice.page(search="knee")).incomplete
        else:
            await db.execute("INSERT INTO clinical.search_work (workspace_id, due_at) VALUES ($1, now())", practice.workspace_id)
            await tidy(practice)
    await take_in(practice)

    page = await practice.page(search="knee")
    assert not page.incomplete
    assert [note.id for note in page.items] == [note.id for note in reversed(notes)]


async def test_a_note_that_does_not_open_keeps_no_other_from_being_found(practice):
    broken, note = await practice.write(plan="elbow"), await practice.write(plan="knee")
    async with practice.environment.superuser() as db:
        await db.execute("SET session_replication_role = replica")
        await db.execute("UPDATE clinical.sessions SET sealed = '\\x00' WHERE id = $1", UUID(broken.id))
    await take_in(practice)

    assert await practice.ids(search="knee") == [note.id]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"search": "!"}, "search_invalid"),
        ({"search": "a " * 20 + "b c d e f g h i"}, "search_invalid"),
        ({"search": "a" * 201}, "search_invalid"),
        ({"search": "!", "client_id": str(uuid7())}, "search_invalid"),
        ({"search": "a", "page": rules.DEEPEST // 50 + 1}, "search_too_deep"),
    ],
)
async def test_what_cannot_be_searched_for_is_refused(practice, asked, code):
    with pytest.raises(Invalid) as refused:
        await practice.page(**asked)

    assert refused.value.code == code


async def test_the_worker_indexes_what_is_due(practice):
    note = await practice.write(plan="knee")
    async with practice.environment.superuser() as db:
        await db.execute("UPDATE clinical.search_work SET due_at = now() WHERE workspace_id = $1", practice.workspace_id)
        async with asyncio.timeout(60):
            while not await segments(practice):
                await asyncio.sleep(0.05)
    assert await practice.ids(search="knee") == [note.id]


async def test_notes_with_many_words_are_taken_in_few_at_a_time(practice, monkeypatch):
    monkeypatch.setattr(indexing, "WORDS_AT_ONCE", 7)
    notes = [await practice.write(plan=f"knee hip {number} more") for number in range(5)]
    taken = []
    # The service's own worker may be the one.
    while await waiting(practice):
        taken.append(await indexer(practice).take_in(practice.workspace_id))

    # Each has six words, so that the second note is the last of a step.
    assert set(taken) <= {0, 1, 2}
    assert len(await segments(practice)) >= 3
    assert await practice.ids(search="knee") == [note.id for note in reversed(notes)]
    for number, note in enumerate(notes):
        assert await practice.ids(search=f"knee {number}") == [note.id]


async def test_an_index_that_cannot_even_be_made_anew_keeps_no_other_workspace_waiting(practice, neighbour, monkeypatch):
    take_in = Indexer.take_in

    async def broken(self: Indexer, workspace_id: UUID) -> int:
        if workspace_id == practice.workspace_id:
            raise SealBroken("it does not open")
        return await take_in(self, workspace_id)

    async def away(_self: Indexer, _workspace_id: UUID) -> None:
        raise Unavailable("database_unavailable")

    monkeypatch.setattr(Indexer, "take_in", broken)
    monkeypatch.setattr(Indexer, "rebuild", away)
    for whose in (practice, neighbour):
        await whose.write(plan="knee")
    async with practice.environment.superuser() as db:
        # The broken one is due first.
        await db.execute(
            "UPDATE clinical.search_work SET due_at = now() - CASE workspace_id WHEN $1 THEN interval '2 hours' ELSE interval '1 hour' END"
            " WHERE workspace_id IN ($1, $2)",
            practice.workspace_id,
            neighbour.workspace_id,
        )
    async with asyncio.timeout(20):
        while not await segments(neighbour):
            await asyncio.sleep(0.05)
    assert not await segments(practice)


async def test_a_small_workspace_is_indexed_while_a_large_one_is(practice, neighbour, monkeypatch):
    monkeypatch.setattr(indexing, "NOTES_AT_ONCE", 4)
    large, small = practice.workspace_id, neighbour.workspace_id
    steps: list[UUID] = []
    take_in_some = Indexer.take_in

    async def seen(self: Indexer, workspace_id: UUID) -> int:
        taken = await take_in_some(self, workspace_id)
        steps.extend([workspace_id] * (taken > 0))
        return taken

    for number in range(24):
        await practice.write(plan=f"knee {number}")
    note = await neighbour.write(plan="knee")
    monkeypatch.setattr(Indexer, "take_in", seen)
    steps.clear()
    async with practice.environment.superuser() as db:
        # The large one's for longer, and all at once.
        await db.execute(
            "INSERT INTO clinical.search_work (workspace_id, session_id, due_at) SELECT workspace_id, id,"
            " now() - CASE workspace_id WHEN $1 THEN interval '2 hours' ELSE interval '1 hour' END"
            " FROM clinical.sessions WHERE workspace_id IN ($1, $2)",
            large,
            small,
        )
    async with asyncio.timeout(60):
        while await waiting(practice) or await waiting(neighbour):
            await asyncio.sleep(0.05)

    taken = [workspace_id for workspace_id in steps if workspace_id in {large, small}]
    assert taken.count(large) >= 6
    # It has one step to wait for, or two if the worker was at one when the work came.
    assert taken[taken.index(small) :].count(large) >= 2
    assert (await practice.page(search="knee")).total == 24
    assert await neighbour.ids(search="knee") == [note.id]


async def test_a_note_that_is_saved_while_its_clients_notes_are_searched_is_found_once(practice, monkeypatch):
    monkeypatch.setattr(searching, "_READ_AT_ONCE", 2)
    written = [await practice.write(session_date=MONDAY + timedelta(days=number), plan="knee") for number in range(5)]
    is_saved = False

    class Interrupted(Pace):
        async def __call__(self) -> None:
            nonlocal is_saved
            if not is_saved:
                is_saved = True
                # One comes before all that were read, and the first of these after all others.
                await practice.write(session_date=MONDAY + timedelta(days=9), plan="knee")
                await practice.autosave(written[4], session_date=MONDAY - timedelta(days=1))

    monkeypatch.setattr(searching, "Pace", Interrupted)
    found = await practice.page(search="knee", client_id=practice.client_id)

    assert is_saved
    assert [note.id for note in found.items] == [note.id for note in reversed(written)]
    assert found.total == 5


# --- against a naive model

WORDS = ("knee", "kneel", "kn", "müller", "elbow", "140/90", "l'épaule")
note_numbers = st.integers(0, 5)
texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), note_numbers, texts),
        st.tuples(st.just("save"), note_numbers, texts),
        st.tuples(st.sampled_from(["sign", "delete", "restore", "erase"]), note_numbers, st.just("")),
        st.tuples(st.sampled_from(["index", "merge", "search"]), note_numbers, texts),
    ),
    min_size=6,
    max_size=24,
)


class Model:
    """The notes as a reader of all of them would know them, by their numbers."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.notes: dict[int, pb.Session] = {}
        self.texts: dict[str, str] = {}
        self.deleted: set[str] = set()

    async def step(self, kind: str, number: int, text: str) -> None:
        note = self.notes.get(number)
        if kind == "write":
            if note is not None:
                return
            note = await self.practice.write(session_date=MONDAY + timedelta(days=number), subjective=None, plan=text or "none")
            self.notes[number], self.texts[note.id] = note, text or "none"
        elif kind in {"index", "merge"}:
            await take_in(self.practice)
            if kind == "merge":
                await merge_all(self.practice)
        elif kind == "search":
            await self.check(text or "k")
        elif note is not None:
            await getattr(self, f"_{kind}")(number, note, text)

    async def check(self, asked: str) -> None:
        search = rules.search(asked)
        for with_deleted in (False, True):
            expected = [
                note.id
                for _, note in sorted(self.notes.items(), reverse=True)
                if search.finds(self.texts[note.id]) and (with_deleted or note.id not in self.deleted)
            ]
            page = await self.practice.page(search=asked, include_deleted=with_deleted)
            assert [note.id for note in page.items] == expected, (asked, with_deleted)
            assert page.total == len(expected)

    async def _save(self, number: int, note: pb.Session, text: str) -> None:
        if note.id not in self.deleted:
            # Whoever names the version has read it: nothing of it is kept in a copy beside the note.
            seen = (await self.practice.get(note.id)).version
            await self.practice.save(note, seen=seen, plan=text or "none", reason="Corrected.")
            self.texts[note.id] = text or "none"

    async def _sign(self, number: int, note: pb.Session, text: str) -> None:
        if note.id not in self.deleted and (await self.practice.get(note.id)).is_draft:
            await self.practice.finalize(note)

    async def _delete(self, number: int, note: pb.Session, text: str) -> None:
        if note.id not in self.deleted:
            await self.practice.delete(note)
            self.deleted.add(note.id)

    async def _restore(self, number: int, note: pb.Session, text: str) -> None:
        if note.id in self.deleted:
            await self.practice.restore(note)
            self.deleted.discard(note.id)

    async def _erase(self, number: int, note: pb.Session, text: str) -> None:
        if note.id in self.deleted:
            await self.practice.erase_note(note)
            del self.notes[number]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS)
async def test_a_search_finds_what_a_scan_of_all_notes_finds(open_practice, steps):
    model = Model(await open_practice())
    for kind, number, text in steps:
        await model.step(kind, number, text)
    for asked in ("k", "kne", "mueller 14", "epaule"):
        await model.check(asked)

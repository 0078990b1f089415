"""What is saved too late is kept: one copy for each original, author and version, which is a note like any other."""

import asyncio
from uuid import UUID

import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.options.v1 import options_pb2

from .conftest import MONDAY


@pytest.fixture
async def moved_on(practice):
    """A draft whose version 1 somebody still has open."""
    note = await practice.write(objective="BP 120/80")
    return (await practice.autosave(note, seen=1, plan="rest")).session


async def copies(practice) -> list[pb.Session]:
    return [note for note in (await practice.page(page_size=100)).items if note.HasField("conflict_of")]


async def test_the_same_late_text_sent_five_times_is_one_copy(practice, moved_on):
    late = [await practice.autosave(moved_on, seen=1, plan="run") for _ in range(2)]
    late += await asyncio.gather(*(practice.save(moved_on, seen=1, plan="run") for _ in range(3)))

    (copy,) = await copies(practice)
    assert {saved.conflict_session_id for saved in late} == {copy.id}
    assert (copy.conflict_of, copy.plan, copy.version) == (moved_on.id, "run", 1)
    assert (await practice.page()).total == 2


async def test_an_editor_that_goes_on_saving_fills_one_copy(practice, moved_on):
    for text in ("r", "ru", "run", "run, then walk"):
        await practice.autosave(moved_on, seen=1, plan=text)
    await practice.autosave(moved_on, seen=1, subjective="sleeps well", session_date=MONDAY, duration_minutes=30)

    (copy,) = await copies(practice)
    assert (copy.plan, copy.subjective, copy.objective, copy.duration_minutes) == ("run, then walk", "sleeps well", "BP 120/80", 30)


async def test_two_editors_of_one_author_lose_neither_text(practice, moved_on):
    await practice.autosave(moved_on, seen=1, plan="run")
    await practice.autosave(moved_on, seen=1, plan="swim")
    await practice.autosave(moved_on, seen=1, plan="run")

    (copy,) = await copies(practice)
    assert copy.plan == "run\n\nswim"


async def test_a_late_save_that_adds_nothing_leaves_the_copy_as_it_is(practice, moved_on):
    await practice.autosave(moved_on, seen=1, plan="run, then walk")
    (copy,) = await copies(practice)
    for text in ("run", None, "run, then"):
        assert (await practice.autosave(moved_on, seen=1, plan=text)).conflict_session_id == copy.id
    assert await copies(practice) == [copy]


async def test_what_would_be_too_long_together_is_two_copies(practice, moved_on):
    for sign in "ab":
        await practice.autosave(moved_on, seen=1, plan=sign * 3000)
    assert {copy.plan for copy in await copies(practice)} == {"a" * 3000, "b" * 3000}


async def test_each_author_and_each_version_has_a_copy_of_its_own(practice, moved_on):
    newer = (await practice.autosave(moved_on, seen=moved_on.version, plan="rest well")).session
    await practice.autosave(moved_on, seen=1, plan="run")
    await practice.autosave(moved_on, seen=moved_on.version, plan="run")
    await practice.colleague().autosave(newer, seen=1, plan="run")
    assert len(await copies(practice)) == 3


async def test_the_original_stays_as_it_is(practice, moved_on):
    await practice.autosave(moved_on, seen=1, plan="run")
    assert await practice.get(moved_on.id) == moved_on
    assert not moved_on.HasField("conflict_of")


async def test_a_copy_has_audit_lines_of_its_own(practice, moved_on):
    for text in ("run", "run far"):
        copy_id = (await practice.autosave(moved_on, seen=1, plan=text)).conflict_session_id

    for event_type, action in (("keep_conflict_copy", options_pb2.ACTION_CREATE), ("add_to_conflict_copy", options_pb2.ACTION_UPDATE)):
        (line,) = await practice.audited(event_type)
        assert (line.resource_id, line.action, line.user_id) == (copy_id, action, str(practice.user_id))
        assert dict(line.facts) == {"conflict_of": moved_on.id}
        assert [record.record_id for record in line.records] == [copy_id]


async def test_a_copy_is_edited_signed_amended_and_verified_like_any_note(practice, moved_on):
    copy = await practice.get((await practice.autosave(moved_on, seen=1, plan="run")).conflict_session_id)
    edited = (await practice.autosave(copy, seen=copy.version, plan="run slowly")).session
    signed = await practice.finalize(edited, seen=edited.version)
    amended = (await practice.save(signed, seen=signed.version, reason="r", plan="walk")).session

    assert (amended.conflict_of, amended.amendment_count) == (moved_on.id, 1)
    assert (await practice.verify(copy)).intact


async def test_a_late_save_does_not_change_a_copy_that_is_signed(practice, moved_on):
    first = (await practice.autosave(moved_on, seen=1, plan="run")).conflict_session_id
    signed = await practice.finalize(await practice.get(first))

    again = (await practice.autosave(moved_on, seen=1, plan="run")).conflict_session_id
    other = (await practice.autosave(moved_on, seen=1, plan="run far")).conflict_session_id

    assert again == first != other
    assert await practice.get(first) == signed
    assert (await practice.get(other)).plan == "run far"


async def test_a_late_save_after_its_copy_was_deleted_is_kept_again(practice, moved_on):
    first = (await practice.autosave(moved_on, seen=1, plan="run")).conflict_session_id
    await practice.delete(pb.Session(id=first))
    again = (await practice.autosave(moved_on, seen=1, plan="run")).conflict_session_id
    assert again != first
    assert (await practice.get(again)).plan == "run"


async def test_what_the_author_has_made_of_a_copy_is_kept_when_a_late_save_comes(practice, moved_on):
    copy = await practice.get((await practice.autosave(moved_on, seen=1, plan="run")).conflict_session_id)
    await practice.autosave(copy, plan="merged by hand")
    await practice.autosave(moved_on, seen=1, plan="run")
    (copy,) = await copies(practice)
    assert copy.plan == "merged by hand\n\nrun"


async def test_a_copy_of_a_copy_names_the_copy(practice, moved_on):
    copy = await practice.get((await practice.autosave(moved_on, seen=1, plan="run")).conflict_session_id)
    await practice.autosave(copy, seen=copy.version, plan="walk")
    second = await practice.get((await practice.autosave(copy, seen=copy.version, plan="swim")).conflict_session_id)
    assert second.conflict_of == copy.id


@pytest.mark.parametrize("seen", [None, 1])
async def test_an_autosave_of_a_note_that_was_signed_meanwhile_keeps_its_text(practice, seen):
    note = await practice.write()
    await practice.colleague().finalize(note)
    saved = await practice.autosave(note, seen=seen, plan="run")
    assert saved.session.pending_amendment.plan == "run"
    assert await copies(practice) == []


async def test_finalizing_and_autosaving_at_once_loses_no_text(practice):
    for _ in range(5):
        note = await practice.write()
        saved, signed = await asyncio.gather(
            practice.autosave(note, seen=1, plan="run"), practice.finalize(note, seen=1), return_exceptions=True
        )
        stands = await practice.get(note.id)
        assert isinstance(saved, pb.SaveSessionResponse)
        if isinstance(signed, pb.Session):
            assert stands.pending_amendment.plan == "run"
        else:
            assert (stands.plan, stands.is_draft) == ("run", True)


async def test_late_text_waits_for_whoever_is_working_on_the_copy(practice, moved_on):
    await practice.autosave(moved_on, seen=1, plan="run")
    (copy,) = await copies(practice)
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'clinical_app' AND datname = current_database() AND wait_event_type = 'Lock'"
    )
    saving = []
    async with practice.environment.superuser() as watching, practice.environment.superuser() as holding, asyncio.timeout(20):
        held = holding.transaction()
        await held.start()
        await holding.execute("SELECT 1 FROM clinical.sessions WHERE id = $1 FOR UPDATE", UUID(copy.id))
        for save in (practice.autosave(copy, seen=1, objective="BP 130/85"), practice.autosave(moved_on, seen=1, plan="run home")):
            saving.append(asyncio.ensure_future(save))
            while await watching.fetchval(waiting) < len(saving):
                await asyncio.sleep(0.01)
        await held.rollback()
        await asyncio.gather(*saving)

    both = await practice.get(copy.id)
    assert (both.plan, both.objective, both.version) == ("run home", "BP 130/85", 3)

"""Tabs that name no version lose no text of each other: what one takes out is kept beside the note, and can be restored for thirty days."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.protobuf.timestamps import to_datetime

from .conftest import MONDAY


@pytest.fixture
def tab(practice):
    """A browser of the author. Its tabs are one sign-in."""
    return replace(practice, sign_in=uuid7())


@pytest.fixture(params=["draft", "signed"])
async def note(request, tab):
    """A note that says "rest", and is still a draft or is signed."""
    written = await tab.write(plan="rest", objective="calm")
    return written if request.param == "draft" else await tab.finalize(written)


async def kept(practice, note) -> list[pb.Session]:
    """The copies that are deleted, which nobody has deleted."""
    found = (await practice.page(client_id=practice.client_id, include_deleted=True)).items
    return [each for each in found if each.conflict_of == note.id and each.HasField("deleted_at") and not each.deleted_by_user_id]


async def said(practice, note) -> str:
    """What the note says for its author."""
    found = await practice.get(note.id)
    return found.pending_amendment.plan if found.HasField("pending_amendment") else found.plan


async def test_two_tabs_that_take_turns_lose_nothing(tab, note):
    for text in ("rest and run", "rest and swim", "rest and run far", "rest and swim away"):
        await tab.autosave(note, plan=text)

    (copy,) = await kept(tab, note)
    assert await said(tab, note) == "rest and swim away"
    assert copy.plan == "run far"
    assert (copy.subjective, copy.objective, copy.appointment_id) == ("", "", "")
    assert to_datetime(copy.permanent_delete_after) - to_datetime(copy.deleted_at) == timedelta(days=30)
    assert [line.event_type for line in await tab.audited("keep_displaced_text")] == ["keep_displaced_text"] * 3


async def test_it_is_in_no_list_of_notes_until_it_is_restored(tab, note):
    await tab.autosave(note, plan="rest and run")
    await tab.autosave(note, plan="rest and swim")
    (copy,) = await kept(tab, note)

    assert await tab.ids() == [note.id]
    assert (await tab.page()).total == 1
    assert (await tab.page(include_deleted=True)).total == 2
    restored = await tab.restore(copy)

    assert (restored.plan, restored.is_draft, restored.conflict_of) == ("run", True, note.id)
    assert sorted(await tab.ids()) == sorted([note.id, copy.id])
    await tab.autosave(note, plan="rest and walk")
    (another,) = await kept(tab, note)
    assert (another.plan, (await tab.get(copy.id)).plan) == ("swim", "run")


async def test_it_is_listed_by_its_note_and_searched_once_it_is_restored(tab, note):
    other = await tab.write(plan="run")
    for each in (note, other):
        await tab.autosave(each, plan="rest and run")
        await tab.autosave(each, plan="rest and swim")

    assert await tab.ids(conflict_of=note.id) == []
    page = await tab.page(conflict_of=note.id, include_deleted=True)
    assert ([each.conflict_of for each in page.items], page.total) == ([note.id], 1)
    (copy,) = page.items
    await tab.restore(copy)

    for asked in ({}, {"search": "ru"}, {"client_id": note.client_id}, {"status": pb.SESSION_STATUS_DRAFT}):
        assert await tab.ids(conflict_of=note.id, **asked) == [copy.id], asked
    assert await tab.ids(conflict_of=note.id, search="swim") == await tab.ids(conflict_of=note.id, status=pb.SESSION_STATUS_FINALIZED) == []
    assert copy.id in await tab.ids(search="ru")


async def test_a_tab_that_only_deletes_what_another_has_typed_loses_nothing(tab, note):
    """Neither request tells that the second tab has never shown it."""
    await tab.autosave(note, plan="rest and run")
    await tab.autosave(note, plan="rest")

    (copy,) = await kept(tab, note)
    assert (await said(tab, note), copy.plan) == ("rest", "and run")


async def test_a_tab_that_sends_what_it_has_shown_all_the_time_loses_nothing(tab, note):
    await tab.autosave(note, plan="rest and run", objective="calm, awake")
    await tab.autosave(note, plan="rest", objective="calm")

    (copy,) = await kept(tab, note)
    assert (copy.plan, copy.objective) == ("and run", "calm, awake")


async def test_whoever_goes_on_deleting_leaves_one_text_that_says_it_all(tab, note):
    written = "rest and run far away"
    for length in range(len(written), 7, -1):
        await tab.autosave(note, plan=written[:length])

    (copy,) = await kept(tab, note)
    assert (await said(tab, note), copy.plan) == ("rest and", "run far away")
    # A letter more of a word that is kept already is no line of the trail.
    assert [line.event_type for line in await tab.audited("keep_displaced_text")] == ["keep_displaced_text"] * 3


async def test_what_is_typed_again_leaves_the_copy_with_what_is_deleted_next(tab, note):
    for text in ("rest and run", "rest", "rest and ru", "rest and run", "rest and run far", "rest and run"):
        await tab.autosave(note, plan=text)

    (copy,) = await kept(tab, note)
    assert (await said(tab, note), copy.plan) == ("rest and run", "far")


async def test_where_it_was_taken_out_stays_with_the_copy_until_that_is_restored(tab, note):
    await tab.autosave(note, plan="rest and run")
    await tab.autosave(note, plan="rest and")
    (copy,) = await kept(tab, note)

    restored = await tab.restore(copy)
    await tab.autosave(note, plan="rest")

    (another,) = await kept(tab, note)
    assert (restored.plan, (await tab.get(copy.id)).plan, another.plan) == ("run", "run", "and")


async def test_a_tab_that_sends_all_fields_loses_nothing_of_one_it_has_not_touched(tab, note):
    await tab.autosave(note, plan="rest and run", objective="calm")
    await tab.autosave(note, plan="rest", objective="calm, awake")

    (copy,) = await kept(tab, note)
    assert (copy.plan, copy.objective) == ("and run", "")


async def test_a_save_by_hand_that_names_no_version_loses_nothing(tab, note):
    await tab.autosave(note, plan="rest and run")
    await tab.save(note, reason="r", plan="rest and swim")

    (copy,) = await kept(tab, note)
    assert ((await tab.get(note.id)).plan, copy.plan) == ("rest and swim", "run")


async def test_replays_and_late_saves_add_nothing(tab, note):
    for text in ("rest and run", "rest and swim", "rest and swim", "rest and run", "rest and swim"):
        await tab.autosave(note, plan=text)

    (copy,) = await kept(tab, note)
    assert (await said(tab, note), copy.plan) == ("rest and swim", "run")


async def test_saves_at_the_same_moment_lose_nothing(tab, note):
    words = ["run", "swim", "walk", "sleep", "eat"]
    await asyncio.gather(*(tab.autosave(note, plan=f"rest and {word}") for word in words))

    (copy,) = await kept(tab, note)
    assert set(f"{await said(tab, note)} {copy.plan}".split()) == {"rest", "and", *words}


async def test_what_is_too_long_for_one_copy_goes_on_in_another(tab, note):
    for letter in "abc":
        await tab.autosave(note, plan=letter * 4000)

    copies = await kept(tab, note)
    assert len(copies) == 2
    assert [[letter * 4000 in copy.plan for copy in copies].count(True) for letter in "ab"] == [1, 1]


async def test_a_save_looks_through_the_newest_copies_however_many_there_are(tab, note):
    for letter in "abcdefghijk":
        await tab.autosave(note, plan=letter * 4000)
    assert len(await kept(tab, note)) == 10

    # The note says this again, so the copy that has said it has room.
    await tab.autosave(note, plan="d" * 4000)
    assert sorted(copy.plan[-1] for copy in await kept(tab, note)) == sorted("abcefghijk")
    # What an older one has is not looked for.
    for letter in "ax":
        await tab.autosave(note, plan=letter * 4000)
    assert sorted(copy.plan[-1] for copy in await kept(tab, note)) == sorted("aabcdefghijk")


async def test_what_is_written_without_spaces_leaves_no_paragraphs_in_the_copy(tab, note):
    """An input method writes sounds first, and then the characters in their place: each of that is a word that a save takes out."""
    written = "患者は昨夜よく眠れなかった。" * 20
    for typed in ("みぎひざ", "右膝が", "右膝がいたむ", "右膝が痛む", "右膝が痛む。あるける"):
        await tab.autosave(note, plan=written + typed)

    (copy,) = await kept(tab, note)
    assert [word for word in copy.plan.split() if word != "rest"] == ["みぎひざ", "いた"]


async def test_a_put_of_the_newest_version_keeps_what_another_tab_has_typed(tab):
    signed = await tab.finalize(await tab.write(plan="rest"))
    await tab.autosave(signed, plan="rest and run")

    amended = (await tab.save(signed, seen=signed.version, reason="r", plan="rest and swim")).session

    (copy,) = await kept(tab, signed)
    assert (amended.plan, copy.plan) == ("rest and swim", "run")


async def test_a_put_on_the_draft_of_a_signed_note_keeps_what_another_tab_has_typed(tab):
    signed = await tab.finalize(await tab.write(plan="rest"))
    await tab.autosave(signed, plan="rest and run", session_date=MONDAY)
    await tab.colleague().save(signed, reason="r", plan="rest a lot")
    draft = await tab.unfinalize(signed)

    await tab.save(draft, seen=draft.version, plan="rest and swim")

    assert "run" in {word for copy in await kept(tab, signed) for word in copy.plan.split()}


async def test_a_save_that_names_the_version_it_read_keeps_nothing_beside(tab):
    draft = await tab.write(plan="rest and run")
    await tab.autosave(draft, seen=1, plan="rest and swim", objective="calm")

    assert await kept(tab, draft) == []


async def test_it_is_another_colleagues_as_little_as_a_copy_that_somebody_deleted(tab, note):
    colleague = tab.colleague()
    for somebody in (tab, colleague):
        await somebody.autosave(note, plan="rest and run")
        await somebody.autosave(note, plan="rest and swim")
    found = {copy.created_by_user_id: copy for copy in await kept(tab, note)}
    assert str(tab.user_id) in found

    await tab.delete(await tab.restore(found[str(tab.user_id)]))
    await tab.autosave(note, plan="rest and walk")

    assert [copy.plan for copy in await kept(tab, note) if copy.created_by_user_id == str(tab.user_id)] == ["swim"]


async def test_it_is_erased_as_deleted_notes_are(tab, note, prune):
    await tab.autosave(note, plan="rest and run")
    await tab.autosave(note, plan="rest and swim")
    (copy,) = await kept(tab, note)

    await tab.erase_note(copy)
    await prune()

    assert await kept(tab, note) == []
    assert (await tab.get(note.id)).id == note.id

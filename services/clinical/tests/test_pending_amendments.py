"""What is typed into a signed note is kept for its author until it becomes an amendment, and is never refused or lost."""

import asyncio
from datetime import timedelta

import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from chassis.errors import Conflict, Invalid, NotFound, Stale
from chassis.protobuf.timestamps import to_datetime

from .conftest import MONDAY, open_workspace_of


@pytest.fixture
async def signed(practice):
    """A signed note of version 2."""
    return await practice.finalize(await practice.write(plan="rest"))


def shown(note: pb.Session) -> dict[str, str] | None:
    """The texts of the pending amendment."""
    if not note.HasField("pending_amendment"):
        return None
    return {field.name: value for field, value in note.pending_amendment.ListFields() if isinstance(value, str)}


async def test_a_save_that_changes_nothing_leaves_nothing(practice, signed):
    for changes in ({}, {"plan": "rest"}, {"objective": None}, {"session_date": MONDAY}):
        saved = await practice.autosave(signed, **changes)
        assert (saved.session, saved.HasField("conflict_session_id")) == (signed, False)

    assert await practice.count("pending_amendments") == 0
    assert len(await practice.versions(signed)) == 1


async def test_what_is_typed_is_kept_and_makes_no_version(practice, signed):
    saved = (await practice.autosave(signed, plan="run", duration_minutes=30)).session

    assert shown(saved) == {"subjective": "sleeps badly", "plan": "run"}
    assert (saved.pending_amendment.duration_minutes, saved.pending_amendment.base_version) == (30, signed.version)
    assert (saved.plan, saved.version, saved.amendment_count) == ("rest", signed.version, 0)
    assert await practice.get(signed.id) == saved
    assert (await practice.page()).items[0] == saved
    assert await practice.latest_finalized() == saved
    assert [version.plan for version in await practice.versions(signed)] == ["rest"]


async def test_its_author_alone_sees_it(practice, signed):
    colleague = practice.colleague()
    await practice.autosave(signed, plan="run")
    await colleague.autosave(signed, plan="swim")

    assert (shown(await practice.get(signed.id)) or {})["plan"] == "run"
    assert (shown(await colleague.get(signed.id)) or {})["plan"] == "swim"
    assert shown(await practice.colleague().get(signed.id)) is None


async def test_saves_of_several_fields_add_up_and_typing_back_takes_them_away(practice, signed):
    await practice.autosave(signed, plan="run")
    both = (await practice.autosave(signed, objective="calm", subjective=None)).session
    less = (await practice.autosave(signed, plan="rest", subjective="sleeps badly")).session
    none = (await practice.autosave(signed, objective=None)).session

    assert shown(both) == {"objective": "calm", "plan": "run"}
    assert shown(less) == {"subjective": "sleeps badly", "objective": "calm", "plan": "rest"}
    assert shown(none) is None
    assert await practice.count("pending_amendments") == 0


async def test_a_save_on_an_older_version_is_kept_as_well(practice, signed):
    saved = await practice.autosave(signed, seen=1, plan="run")

    assert not saved.HasField("conflict_session_id")
    assert saved.session.pending_amendment.base_version == 1
    with pytest.raises(Stale):
        await practice.finalize(signed, reason="r")
    amended = (await practice.save(signed, seen=signed.version, reason="r", plan="run")).session
    assert (amended.plan, shown(amended)) == ("run", None)


@pytest.mark.parametrize("seen", [None, "newest", "oldest"])
@pytest.mark.parametrize("typed", [{"plan": "run and swim"}, {"objective": "calm"}, {"plan": "run", "objective": "calm"}])
async def test_no_autosave_makes_it_newer_than_what_its_author_read(practice, signed, seen, typed):
    await practice.autosave(signed, seen=signed.version, plan="run")
    amended = (await practice.colleague().save(signed, reason="r", plan="swim")).session

    version = {None: None, "newest": amended.version, "oldest": signed.version}[seen]
    saved = (await practice.autosave(signed, seen=version, **typed)).session

    assert saved.pending_amendment.base_version == signed.version
    for expected in (None, amended.version):
        with pytest.raises(Stale):
            await practice.finalize(signed, seen=expected, reason="r")
    assert (await practice.get(signed.id)).plan == "swim"


async def test_an_autosave_of_an_older_version_makes_all_of_it_older(practice, signed):
    amended = (await practice.colleague().save(signed, reason="r", plan="swim")).session
    await practice.autosave(signed, seen=amended.version, objective="calm")

    saved = (await practice.autosave(signed, seen=signed.version, plan="run")).session

    assert saved.pending_amendment.base_version == signed.version
    with pytest.raises(Stale):
        await practice.finalize(signed, reason="r")


async def test_what_is_given_up_does_not_make_what_is_typed_next_older(practice, signed):
    await practice.autosave(signed, plan="run")
    amended = (await practice.colleague().save(signed, reason="r", plan="swim")).session
    await practice.autosave(signed, plan="swim")

    saved = (await practice.autosave(signed, plan="swim and run")).session

    assert saved.pending_amendment.base_version == amended.version
    assert (await practice.finalize(signed, reason="r")).plan == "swim and run"


async def test_a_put_of_the_newest_version_settles_the_fields_it_sends(practice, signed):
    await practice.autosave(signed, plan="run", objective="calm", duration_minutes=30)
    amended = (await practice.colleague().save(signed, reason="r", plan="swim")).session

    merged = (await practice.save(signed, seen=amended.version, reason="r", plan="swim, then run")).session
    left = await practice.get(signed.id)
    with pytest.raises(Stale):
        await practice.finalize(signed, reason="r")
    done = (await practice.save(signed, seen=merged.version, reason="r", objective="calm", duration_minutes=45)).session

    assert (merged.plan, merged.objective) == ("swim, then run", "")
    assert (shown(left) or {})["objective"] == "calm"
    assert (shown(left) or {})["plan"] == "swim, then run"
    assert (left.pending_amendment.duration_minutes, left.pending_amendment.base_version) == (30, signed.version)
    assert (done.objective, done.duration_minutes, shown(done)) == ("calm", 45, None)
    assert await practice.count("pending_amendments") == 0


async def test_an_amendment_and_autosaves_at_the_same_moment_undo_nothing(practice, signed):
    await practice.autosave(signed, plan="run")
    colleague = practice.colleague()

    await asyncio.gather(
        practice.autosave(signed, plan="run far"),
        colleague.save(signed, reason="r", plan="swim"),
        practice.autosave(signed, objective="calm"),
    )

    with pytest.raises(Stale):
        await practice.finalize(signed, reason="r")
    note = await practice.get(signed.id)
    assert (note.plan, note.pending_amendment.plan, note.pending_amendment.objective) == ("swim", "run far", "calm")


async def test_a_note_that_loses_its_appointment_is_what_its_author_read(practice):
    appointment = await practice.book()
    note = await practice.finalize(await practice.write(appointment_id=appointment, plan="rest"))
    await practice.autosave(note, seen=note.version, plan="run")

    await practice.sessions.DetachNote(pb.DetachNoteRequest(appointment_id=appointment), practice.call)
    kept = await practice.get(note.id)
    typed = (await practice.autosave(note, seen=note.version, plan="run far")).session
    amended = await practice.finalize(note, seen=note.version, reason="r")

    assert (kept.version, kept.HasField("appointment_id")) == (note.version + 1, False)
    assert kept.pending_amendment.base_version == typed.pending_amendment.base_version == kept.version
    assert amended.plan == "run far"
    late = (await practice.autosave(note, seen=note.version, plan="run")).session
    assert late.pending_amendment.base_version == note.version


async def test_an_editor_that_is_open_while_a_draft_loses_its_appointment_saves_on(practice):
    appointment = await practice.book()
    draft = await practice.write(appointment_id=appointment)
    await practice.sessions.DetachNote(pb.DetachNoteRequest(appointment_id=appointment), practice.call)

    saved = await practice.autosave(draft, seen=draft.version, plan="rest")
    late = await practice.autosave(draft, seen=draft.version, plan="run")

    assert (saved.session.plan, saved.HasField("conflict_session_id")) == ("rest", False)
    assert late.HasField("conflict_session_id")


async def test_finalizing_makes_it_an_amendment(practice, signed):
    await practice.autosave(signed, plan="run", session_date=MONDAY + timedelta(days=1))
    colleague = practice.colleague()
    await colleague.autosave(signed, plan="swim")

    amended = await practice.finalize(signed, seen=signed.version, reason="He runs.")

    assert (amended.plan, amended.subjective, amended.amendment_count) == ("run", "sleeps badly", 1)
    assert shown(amended) is None
    assert await practice.get(signed.id) == amended
    assert [(v.plan, v.reason) for v in await practice.versions(signed)] == [("run", "He runs."), ("rest", "")]
    with pytest.raises(Conflict) as refused:
        await practice.finalize(signed, reason="again")
    assert refused.value.code == "session_finalized"
    # The colleague's was typed into the version before.
    with pytest.raises(Stale):
        await colleague.finalize(signed, reason="He swims.")
    assert (shown(await colleague.get(signed.id)) or {})["plan"] == "swim"


async def test_a_put_makes_it_an_amendment_together_with_what_it_sends(practice, signed):
    await practice.autosave(signed, plan="run", objective="calm")

    amended = (await practice.save(signed, reason="r", plan="walk")).session

    assert (amended.plan, amended.objective, shown(amended)) == ("walk", "calm", None)
    assert await practice.count("pending_amendments") == 0


async def test_a_put_does_not_undo_what_others_amended_since(practice, signed):
    await practice.autosave(signed, plan="run")
    await practice.colleague().save(signed, reason="r", plan="swim")

    amended = (await practice.save(signed, reason="r", objective="calm")).session

    assert (amended.plan, amended.objective) == ("swim", "calm")
    assert (shown(amended) or {})["plan"] == "run"


async def test_a_put_that_is_repeated_after_an_autosave_shows_what_is_pending(practice, signed):
    await practice.autosave(signed, plan="run")

    repeated = await practice.save(signed, seen=1, reason="r", plan="rest")

    assert (shown(repeated.session) or {})["plan"] == "run"
    assert not repeated.HasField("conflict_session_id")


async def test_a_refused_amendment_loses_nothing(practice, signed):
    await practice.autosave(signed, subjective=None, plan=None)
    before = await practice.get(signed.id)

    for reason, code in ((None, "amendment_reason_required"), ("r", "session_empty")):
        with pytest.raises(Invalid) as refused:
            await practice.finalize(signed, reason=reason)
        assert refused.value.code == code

    assert await practice.get(signed.id) == before


@pytest.mark.parametrize(("kind", "needed"), [("practice", False), ("hospital", True)])
async def test_the_workspace_says_whether_an_amendment_needs_a_reason(practice, kind, needed):
    here = await open_workspace_of(practice.environment, kind)
    note = await here.finalize(await here.write(plan="rest"))

    async def amend(plan: str) -> str:
        try:
            await here.autosave(note, plan=plan)
            await here.finalize(note)
            await here.save(note, subjective=plan)
        except Invalid as refusal:
            return refusal.code
        return "amended"

    assert await amend("run") == ("amendment_reason_required" if needed else "amended")
    request = workspaces_pb2.UpdateWorkspaceRequest(mask={"paths": ["settings"]}, settings={"amendment_reason_required": not needed})
    await here.environment.stub(WorkspacesStub).UpdateWorkspace(request, here.call)
    assert await amend("swim") == ("amended" if needed else "amendment_reason_required")


async def test_saves_at_the_same_moment_are_all_kept(practice, signed):
    texts = {"subjective": "a", "objective": "b", "assessment": "c", "plan": "d"}

    await asyncio.gather(*(practice.autosave(signed, **{name: text}) for name, text in texts.items()))

    assert shown(await practice.get(signed.id)) == texts


async def test_it_is_sealed_and_goes_with_the_client(practice, signed):
    await practice.autosave(signed, plan="a canary in the plan")
    async with practice.environment.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM clinical.pending_amendments WHERE workspace_id = $1", practice.workspace_id)
    assert "canary" not in str(dict(row))
    assert b"canary" not in row["sealed"]

    await practice.erase(practice.client_id)
    await practice.environment.settle()

    assert await practice.count("pending_amendments") == 0


async def test_another_workspace_finds_neither_the_note_nor_what_was_typed(practice, neighbour, signed):
    with pytest.raises(NotFound):
        await neighbour.autosave(signed, plan="run")
    assert await practice.count("pending_amendments") == 0


async def test_what_was_typed_into_a_note_is_in_the_draft_it_is_made_again(practice, signed):
    tuesday = MONDAY + timedelta(days=1)
    await practice.autosave(signed, plan="run", session_date=tuesday)

    draft = await practice.unfinalize(signed, seen=signed.version, reason="The wrong knee.")

    assert (draft.is_draft, draft.plan, draft.subjective, to_datetime(draft.session_date)) == (True, "run", "sleeps badly", tuesday)
    assert (draft.unfinalized_reason, shown(draft)) == ("The wrong knee.", None)
    assert await practice.get(signed.id) == draft
    assert await practice.count("pending_amendments") == 0
    (event,) = [event for event in (await practice.timeline()).items if event.kind == pb.HISTORY_KIND_SESSION]
    assert to_datetime(event.at) == tuesday
    assert [version.plan for version in await practice.versions(signed)] == ["rest"]
    again = await practice.finalize(draft, seen=draft.version)
    assert (again.plan, (await practice.verify(again)).intact) == ("run", True)


async def test_what_others_typed_or_was_typed_into_an_older_version_stays_out_of_the_draft(practice, signed):
    colleague = practice.colleague()
    await colleague.autosave(signed, plan="swim")
    await practice.autosave(signed, plan="run", seen=1)

    draft = await practice.unfinalize(signed)

    assert draft.plan == "rest"
    assert await practice.count("pending_amendments") == 2
    # Each finds their own beside it, and gives it up by a save of somebody who has read the draft.
    assert (shown(draft) or {})["plan"] == "run"
    assert (shown(await colleague.get(signed.id)) or {})["plan"] == "swim"
    assert [(shown(note) or {})["plan"] for note in (await colleague.page(is_draft=True)).items] == ["swim"]
    assert shown(await practice.colleague().get(signed.id)) is None
    typed = (await colleague.autosave(signed, seen=draft.version, plan="swim and rest")).session
    assert (shown(typed) or {})["plan"] == "swim"
    saved = (await colleague.save(signed, seen=typed.version, plan="swim and rest")).session
    assert (saved.plan, shown(saved)) == ("swim and rest", None)
    again = await practice.finalize(signed)
    assert (again.plan, (shown(again) or {})["plan"]) == ("swim and rest", "run")

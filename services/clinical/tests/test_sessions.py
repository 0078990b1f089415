"""Notes: creating, saving, conflicts, signing, amending, versions."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.rpc.client.attempts import InternalFault

from .conftest import MONDAY

# --- writing


async def test_a_note_is_read_as_it_was_created(practice):
    note = await practice.write(objective="BP 120/80", assessment=None, plan="walk daily", duration_minutes=50)

    assert await practice.get(note.id) == note
    assert (note.subjective, note.objective, note.plan) == ("sleeps badly", "BP 120/80", "walk daily")
    assert not note.HasField("assessment")
    assert note.version == 1
    assert note.is_draft
    assert note.status == pb.SESSION_STATUS_DRAFT
    assert to_datetime(note.session_date) == MONDAY
    assert note.duration_minutes == 50
    assert note.created_by_user_id == str(practice.user_id)
    assert note.workspace_id == str(practice.workspace_id)
    assert note.draft_last_saved_at == note.created_at


async def test_a_note_takes_its_date_from_the_appointment(practice):
    start = MONDAY + timedelta(days=3)
    appointment_id = await practice.book(start)

    assert to_datetime((await practice.write(appointment_id=appointment_id, session_date=None)).session_date) == start


async def test_a_note_with_a_date_keeps_it_despite_its_appointment(practice):
    note = await practice.write(appointment_id=await practice.book(MONDAY + timedelta(days=3)))
    assert to_datetime(note.session_date) == MONDAY


async def test_a_note_without_date_and_appointment_is_refused(practice):
    with pytest.raises(Invalid) as refused:
        await practice.write(session_date=None)
    assert refused.value.code == "session_date_required"
    assert [fault.pointer for fault in refused.value.faults] == ["/session_date"]


async def test_a_note_for_another_workspaces_client_is_refused_and_leaves_nothing(practice, neighbour):
    for stranger in (str(uuid4()), neighbour.client_id):
        with pytest.raises(NotFound):
            await practice.write(client_id=stranger)
    assert await practice.count("sessions") == 0


async def test_a_note_for_another_workspaces_appointment_is_refused(practice, neighbour):
    for stranger in (str(uuid4()), await neighbour.book()):
        with pytest.raises(NotFound):
            await practice.write(appointment_id=stranger)


async def test_a_note_for_another_clients_appointment_is_refused(practice):
    appointment_id = await practice.book(client_id=await practice.new_client())
    with pytest.raises(Invalid) as refused:
        await practice.write(appointment_id=appointment_id)
    assert refused.value.code == "appointment_of_another_client"


async def test_of_concurrent_notes_for_one_appointment_one_is_created(practice):
    appointment_id = await practice.book()
    written = await asyncio.gather(*(practice.write(appointment_id=appointment_id) for _ in range(4)), return_exceptions=True)

    notes = [one for one in written if isinstance(one, pb.Session)]
    refused = [one for one in written if isinstance(one, Conflict)]
    assert len(notes) == 1
    assert [one.code for one in refused] == ["session_already_exists"] * 3
    assert await practice.ids(appointment_id=appointment_id) == [notes[0].id]


@pytest.mark.parametrize("but", [{"plan": "x" * 5001}, {"duration_minutes": 481}, {"duration_minutes": -1}])
async def test_an_invalid_note_is_refused(practice, but):
    with pytest.raises(Invalid) as refused:
        await practice.write(**but)
    assert [fault.pointer for fault in refused.value.faults] == [f"/{name}" for name in but]


async def test_five_thousand_characters_of_any_script_are_accepted(practice):
    note = await practice.write(plan="漢" * 5000)
    assert (await practice.get(note.id)).plan == "漢" * 5000


# --- saving


async def test_a_save_changes_the_fields_of_its_mask_and_nothing_else(practice):
    note = await practice.write(objective="BP 120/80")
    saved = (await practice.autosave(note, seen=1, subjective="sleeps well", objective=None, plan="rest")).session

    assert saved == await practice.get(note.id)
    assert (saved.subjective, saved.plan, saved.version) == ("sleeps well", "rest", 2)
    assert not saved.HasField("objective")
    assert saved.session_date == note.session_date
    assert to_datetime(saved.draft_last_saved_at) > to_datetime(note.draft_last_saved_at)


async def test_a_save_without_an_expected_version_overwrites_any_version(practice):
    note = await practice.write()
    await practice.autosave(note, seen=1, plan="rest")
    assert (await practice.save(note, plan="work")).session.version == 3
    assert (await practice.get(note.id)).plan == "work"


async def test_a_date_can_be_changed_but_not_cleared(practice):
    note = await practice.write()
    later = MONDAY + timedelta(days=1)
    assert to_datetime((await practice.save(note, session_date=later)).session.session_date) == later
    with pytest.raises(Invalid):
        await practice.save(note, session_date=None)


async def test_a_field_that_cannot_be_edited_is_refused(practice):
    note = await practice.write()
    for name in ("client_id", "status", "version", "nonsense"):
        with pytest.raises(Invalid):
            await practice.sessions.SaveDraft(pb.SaveDraftRequest(session_id=note.id, mask={"paths": [name]}), practice.call)


async def test_a_save_with_a_text_that_is_too_long_is_refused_and_changes_nothing(practice):
    note = await practice.write()
    with pytest.raises(Invalid):
        await practice.autosave(note, seen=1, plan="x" * 5001)
    assert await practice.get(note.id) == note


# --- conflicts


async def test_a_stale_save_becomes_a_conflict_draft(practice):
    note = await practice.write(objective="BP 120/80", appointment_id=await practice.book())
    first = (await practice.autosave(note, seen=1, subjective="from one tab")).session
    late = await practice.autosave(note, seen=1, subjective="from the other")

    assert late.session == first == await practice.get(note.id)
    apart = await practice.get(late.conflict_session_id)
    assert (apart.subjective, apart.objective) == ("from the other", "BP 120/80")
    assert apart.is_draft
    assert apart.version == 1
    assert apart.client_id == note.client_id
    assert not apart.HasField("appointment_id")


async def test_of_concurrent_saves_one_succeeds_and_the_texts_of_all_others_are_in_one_conflict_draft(practice):
    note = await practice.write()
    texts = [f"tab {number}" for number in range(6)]
    replies = await asyncio.gather(*(practice.autosave(note, seen=1, subjective=text) for text in texts))

    (apart,) = {reply.conflict_session_id for reply in replies if reply.HasField("conflict_session_id")}
    stands = await practice.get(note.id)
    assert stands.version == 2
    assert sorted([stands.subjective, *(await practice.get(apart)).subjective.split("\n\n")]) == texts


async def test_a_repeated_save_is_not_a_conflict(practice):
    note = await practice.write()
    saved = (await practice.autosave(note, seen=1, plan="rest")).session
    again = await practice.autosave(note, seen=1, plan="rest")
    assert again.session == saved
    assert not again.HasField("conflict_session_id")
    assert await practice.ids() == [note.id]


# --- signing


async def test_signing_a_note_finalizes_it(practice):
    note = await practice.write()
    signed = await practice.colleague().finalize(note, seen=1)

    assert signed.status == pb.SESSION_STATUS_FINALIZED
    assert not signed.is_draft
    assert signed.version == 2
    assert signed.HasField("finalized_at")
    assert signed.finalized_by_user_id != str(practice.user_id)
    assert signed == await practice.get(note.id)
    assert signed.subjective == "sleeps badly"


async def test_an_empty_note_cannot_be_signed(practice):
    for empty in (await practice.write(subjective=None), await practice.write(subjective=" \n ")):
        with pytest.raises(Invalid) as refused:
            await practice.finalize(empty)
        assert refused.value.code == "session_empty"
    assert await practice.count("session_versions") == 0


async def test_a_signed_note_cannot_be_signed_again(practice):
    note = await practice.write()
    signed = await asyncio.gather(*(practice.finalize(note) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, pb.Session) for one in signed) == 1
    assert {one.code for one in signed if isinstance(one, Conflict)} == {"session_finalized"}
    assert len(await practice.versions(note)) == 1


async def test_a_note_cannot_be_signed_on_a_stale_version(practice):
    note = await practice.write()
    await practice.autosave(note, seen=1, plan="rest")
    with pytest.raises(Stale):
        await practice.finalize(note, seen=1)
    assert (await practice.get(note.id)).is_draft


async def test_amending_a_signed_note_needs_a_reason(practice):
    note = await practice.write()
    signed = await practice.finalize(note)
    for reason in (None, "  "):
        with pytest.raises(Invalid) as refused:
            await practice.save(note, reason=reason, subjective="slept badly")
        assert refused.value.code == "amendment_reason_required"
    amended = (await practice.save(note, seen=signed.version, reason="wrong tense", subjective="slept badly")).session

    assert amended == await practice.get(note.id)
    assert (amended.subjective, amended.version, amended.amendment_count) == ("slept badly", 3, 1)
    assert amended.status == pb.SESSION_STATUS_FINALIZED
    assert amended.HasField("amended_at")


async def test_an_amendment_cannot_empty_a_note(practice):
    note = await practice.write()
    await practice.finalize(note)
    with pytest.raises(Invalid) as refused:
        await practice.save(note, reason="take it all back", subjective=None)
    assert refused.value.code == "session_empty"


# --- versions


async def test_versions_are_listed_newest_first(practice):
    note = await practice.write(plan="rest")
    await practice.autosave(note, plan="walk")
    assert await practice.versions(note) == []
    await practice.finalize(note)
    await practice.colleague().save(note, reason="wrong tense", subjective="slept badly", plan=None)

    newest, oldest = await practice.versions(note)
    assert (newest.version_number, newest.subjective, newest.reason) == (2, "slept badly", "wrong tense")
    assert not newest.HasField("plan")
    assert newest.created_by_user_id != str(practice.user_id)
    assert (oldest.version_number, oldest.subjective, oldest.plan) == (1, "sleeps badly", "walk")
    assert not oldest.HasField("reason")
    assert oldest.session_id == note.id


async def test_versions_cannot_be_changed_by_any_role(practice):
    note = await practice.write()
    await practice.finalize(note)
    async with practice.environment.superuser() as db:
        for change in (
            "UPDATE clinical.session_versions SET version_number = 9",
            "DELETE FROM clinical.session_versions",
            "TRUNCATE clinical.session_versions CASCADE",
        ):
            with pytest.raises(asyncpg.RestrictViolationError, match="never changed"):
                await db.execute(change)
        granted = await db.fetch(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE table_schema = 'clinical' AND table_name = 'session_versions' AND grantee = 'clinical_app'"
        )
    assert {row[0] for row in granted} == {"SELECT", "INSERT"}


# --- the latest signed note


async def test_the_latest_signed_note_is_the_one_with_the_latest_date(practice):
    with pytest.raises(NotFound):
        await practice.latest_finalized()
    recent = await practice.write(session_date=MONDAY + timedelta(days=1))
    older = await practice.write()
    await practice.write(session_date=MONDAY + timedelta(days=9))
    await practice.finalize(recent)
    await practice.finalize(older)
    assert (await practice.latest_finalized()).id == recent.id


async def test_the_latest_signed_note_is_this_clients_and_neither_deleted_nor_a_draft_again(practice):
    first, second, third = [await practice.finalize(await practice.write(session_date=MONDAY + timedelta(days=day))) for day in range(3)]
    others = await practice.write(client_id=await practice.new_client(), session_date=MONDAY + timedelta(days=9))
    await practice.finalize(others)
    assert (await practice.latest_finalized()).id == third.id
    await practice.unfinalize(third)
    assert (await practice.latest_finalized()).id == second.id
    await practice.delete(second)
    assert (await practice.latest_finalized()).id == first.id
    await practice.restore(second)
    assert (await practice.latest_finalized()).id == second.id


# --- permissions, audit, encryption


async def test_another_workspaces_note_is_not_found(practice, neighbour):
    note = await practice.write()
    for attempt in (
        neighbour.get(note.id),
        neighbour.autosave(note, plan="x"),
        neighbour.save(note, plan="x"),
        neighbour.finalize(note),
        neighbour.versions(note),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await neighbour.page()).total == 0
    assert await practice.get(note.id) == note


async def test_reading_and_writing_notes_need_different_scopes(practice):
    note = await practice.write()
    reader = practice.only("sessions:read")
    assert await reader.get(note.id) == note
    for attempt in (reader.write(), reader.autosave(note, plan="x"), reader.finalize(note), practice.only("clients:read").get(note.id)):
        with pytest.raises(Forbidden):
            await attempt


async def test_every_operation_is_audited(practice):
    note = await practice.write()
    await practice.autosave(note, plan="rest")
    await practice.get(note.id)
    await practice.page()
    await practice.finalize(note)
    for event_type in ("create_session", "save_draft", "get_session", "finalize_session"):
        (line,) = await practice.audited(event_type)
        assert line.resource_id == note.id, event_type
        assert line.user_id == str(practice.user_id)
    (line,) = await practice.audited("list_sessions")
    assert [*line.resource_ids, line.resource_id][0] == note.id


async def test_no_text_of_a_note_is_stored_or_announced_in_plaintext(practice):
    words = ["canaryword", "reasonable-secret"]
    note = await practice.write(subjective=words[0], plan=words[0])
    await practice.finalize(note)
    await practice.save(note, reason=words[1], plan=f"{words[0]} again")
    async with practice.environment.superuser() as db:
        tables = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'clinical'")
        assert {"sessions", "session_versions", "outbox"} <= {row[0] for row in tables}
        for (table,) in tables:
            for row in await db.fetch(f"SELECT t::text FROM clinical.{table} t"):
                for word in words:
                    assert word not in row[0]
                    assert word.encode().hex() not in row[0]


async def test_a_note_copied_over_another_one_cannot_be_decrypted(practice):
    first, second = await practice.write(), await practice.write()
    async with practice.environment.superuser() as db:
        await db.execute(
            "UPDATE clinical.sessions SET sealed = (SELECT sealed FROM clinical.sessions WHERE id = $1) WHERE id = $2", first.id, second.id
        )
    with pytest.raises(InternalFault):
        await practice.get(second.id)
    assert (await practice.get(first.id)).subjective == "sleeps badly"


async def test_times_are_stored_with_microseconds(practice):
    note = await practice.write(session_date=MONDAY + timedelta(microseconds=123_456))
    assert note.session_date == to_timestamp(MONDAY + timedelta(microseconds=123_456))

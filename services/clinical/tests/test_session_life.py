"""Deleting notes, restoring them, erasing what is over, and making a signed note a draft again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import events_pb2
from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Stale
from chassis.protobuf.timestamps import to_datetime
from chassis.work import retention
from chassis.work.retention import Pruner
from clinical.sessions.mapping import NOTES
from clinical.tables import RETENTIONS
from identity.roles import SCOPES_BY_ROLE

from .conftest import MONDAY, photo
from .test_note_search import take_in


async def binned(practice) -> list[pb.Session]:
    page = await practice.page(include_deleted=True)
    return [note for note in page.items if note.HasField("deleted_at")]


async def grow_old(practice, note: pb.Session, days: float) -> None:
    """The note as it would be, had it been deleted so many days earlier."""
    clinical = practice.environment.runtime("clinical")
    keys = await clinical.keys.of(practice.workspace_id)
    async with practice.environment.superuser() as db:
        await db.execute("SET session_replication_role = replica")
        row = dict(await db.fetchrow("SELECT * FROM clinical.sessions WHERE id = $1", UUID(note.id)))
        opened = NOTES.open(row, keys, into=pb.Session())
        for name in ("deleted_at", "permanent_delete_after"):
            row[name] -= timedelta(days=days)
        async with clinical.background(practice.workspace_id) as work:
            sealed = NOTES.seal(opened, keys, row, work)
            work.records.clear()
        update = "UPDATE clinical.sessions SET deleted_at = $2, permanent_delete_after = $3, sealed = $4 WHERE id = $1"
        await db.execute(update, UUID(note.id), row["deleted_at"], row["permanent_delete_after"], sealed)


# --- deleting and restoring


@pytest.mark.parametrize("reason", [None, "Wrong client."])
async def test_a_deleted_note_is_found_among_the_deleted_for_thirty_days(practice, reason):
    note = await practice.write()
    await practice.delete(note, reason)

    (deleted,) = await binned(practice)
    assert await practice.ids() == []
    assert (deleted.id, deleted.deleted_reason, deleted.deleted_by_user_id) == (note.id, reason or "", str(practice.user_id))
    assert to_datetime(deleted.permanent_delete_after) - to_datetime(deleted.deleted_at) == timedelta(days=30)
    for attempt in (practice.get(note.id), practice.autosave(note, plan="x"), practice.finalize(note), practice.delete(note)):
        with pytest.raises(NotFound):
            await attempt


@pytest.mark.parametrize("is_signed", [False, True])
async def test_a_restored_note_is_as_it_was_with_its_versions_files_and_events(practice, is_signed):
    note = await practice.write(appointment_id=await practice.book(), plan="rest")
    if is_signed:
        await practice.finalize(note)
        await practice.save(note, reason="r", plan="walk")
    file = await practice.attach(note, photo("PNG"))
    before, versions, timeline = await practice.get(note.id), await practice.versions(note), await practice.timeline()
    await practice.delete(note, "by mistake")
    assert (await practice.timeline()).total == 0
    with pytest.raises(NotFound):
        await practice.download(file)

    restored = await practice.restore(note)

    changed = {"version": before.version + 2, "updated_at": restored.updated_at}
    assert restored == pb.Session(**{field.name: value for field, value in before.ListFields()} | changed)
    assert await practice.get(note.id) == restored
    assert await practice.versions(note) == versions
    assert await practice.timeline() == timeline
    assert [one.id for one in await practice.files(note)] == [file.id]
    assert await practice.download(file)
    if is_signed:
        assert (await practice.verify(note)).intact


async def test_restoring_a_note_that_is_there_changes_nothing(practice):
    note = await practice.write()
    assert await practice.restore(note) == note
    assert await practice.get(note.id) == note


async def test_a_restored_note_comes_without_an_appointment_that_is_deleted_by_now(practice):
    appointment_id = await practice.book()
    note = await practice.finalize(await practice.write(appointment_id=appointment_id))
    await practice.delete(note)
    request = appointments_pb2.DeleteAppointmentRequest(appointment_id=appointment_id)
    await practice.environment.stub(AppointmentsStub).DeleteAppointment(request, practice.call)
    await practice.environment.settle()

    restored = await practice.restore(note)

    assert not restored.HasField("appointment_id")
    assert not any(entry.HasField("appointment_id") for entry in (await practice.timeline()).items)
    assert (await practice.save(restored, seen=restored.version, reason="r", plan="walk")).session.plan == "walk"


async def test_of_an_appointment_with_another_note_by_now_none_is_restored(practice):
    appointment_id = await practice.book()
    note = await practice.write(appointment_id=appointment_id)
    await practice.delete(note)
    other = await practice.write(appointment_id=appointment_id)

    with pytest.raises(Conflict) as refused:
        await practice.restore(note)

    assert refused.value.code == "session_already_exists"
    assert await practice.ids() == [other.id]
    await practice.delete(other)
    assert (await practice.restore(note)).appointment_id == appointment_id


async def test_what_was_typed_into_a_signed_note_is_restored_with_it(practice):
    note = await practice.finalize(await practice.write(plan="rest"))
    await practice.autosave(note, plan="run")
    await practice.delete(note)
    assert (await practice.restore(note)).pending_amendment.plan == "run"


async def test_of_deletions_and_restorations_at_once_each_is_counted_once(practice):
    note = await practice.write()
    done = await asyncio.gather(*(practice.delete(note) for _ in range(4)), return_exceptions=True)
    assert [type(one) for one in done if one] == [NotFound] * 3
    await asyncio.gather(*(practice.restore(note) for _ in range(4)))

    assert (await practice.page()).total == (await practice.page(include_deleted=True)).total == 1


async def test_a_reason_that_is_too_long_deletes_nothing(practice):
    note = await practice.write()
    with pytest.raises(Invalid):
        await practice.delete(note, "x" * 5001)
    assert await practice.get(note.id) == note


# --- erasing


async def test_a_note_whose_time_is_over_is_erased_with_all_that_is_its_own_and_nothing_else(practice, neighbour, prune, monkeypatch):
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    over = [await practice.write(plan="rest") for _ in range(5)]
    signed, fresh, other = over[0], await practice.write(), await neighbour.write()
    await practice.finalize(signed)
    await practice.autosave(signed, plan="walk")
    await practice.attach(signed, photo())
    for note in (*over, fresh):
        await practice.delete(note)
    await neighbour.delete(other)
    for note in over:
        await grow_old(practice, note, 31)
    with pytest.raises(Gone) as late:
        await practice.restore(over[1])
    assert [note.id for note in await binned(practice)] == [fresh.id]

    # Two of a workspace in a round.
    for _ in range(3):
        await prune()

    assert [await practice.count(table) for table in ("sessions", "session_versions", "history", "attachments", "pending_amendments")] == [
        1,
        0,
        1,
        0,
        0,
    ]
    assert (practice.stored(), await practice.used_bytes()) == ([], 0)
    assert (await practice.page(include_deleted=True)).total == 1
    assert await practice.restore(fresh)
    assert await neighbour.restore(other)
    for note in over:
        with pytest.raises(Gone) as refused:
            await practice.restore(note)
        assert refused.value.code == late.value.code == "session_erased"
        with pytest.raises(NotFound):
            await neighbour.restore(note)
    lines = await practice.audited("erase_deleted_note")
    assert {line.resource_id for line in lines} >= {note.id for note in over}
    assert {line.service for line in lines} == {"clinical"}


async def test_the_total_with_deleted_notes_has_none_whose_time_is_over(practice):
    """Until a worker has come to them, and as long as somebody holds them."""
    drafted, fresh = await practice.write(), await practice.write()
    signed = await practice.finalize(await practice.write())
    for note in (drafted, fresh, signed):
        await practice.delete(note)
    for note in (drafted, signed):
        await grow_old(practice, note, 31)

    for _ in range(2):
        for asked, listed in (
            ({}, [fresh.id]),
            ({"is_draft": True}, [fresh.id]),
            ({"is_draft": False}, []),
            ({"client_id": practice.client_id}, [fresh.id]),
            ({"search": "sleeps"}, [fresh.id]),
            ({"search": "sleeps", "is_draft": False}, []),
        ):
            page = await practice.page(include_deleted=True, **asked)
            assert ([note.id for note in page.items], page.total) == (listed, len(listed)), asked
        await take_in(practice)


async def test_a_note_that_is_restored_while_it_is_found_is_not_erased(practice):
    note = await practice.write()
    await practice.delete(note)
    async with practice.environment.runtime("clinical").background(practice.workspace_id) as work:
        work.emit(events_pb2.DeletedSessionOver(session_id=note.id))
    await practice.environment.settle()

    assert (await practice.restore(note)).id == note.id


async def test_of_two_workers_one_finds_what_is_over(practice):
    clinical = practice.environment.runtime("clinical")
    dsn, names = clinical.settings.relay_database_url.get_secret_value(), []
    rules = [(rule, 0.0) for rule in RETENTIONS]

    class Seen(Pruner):
        async def prune(self, session):
            names.append(self)
            await asyncio.Event().wait()

    workers = [Seen(dsn, "clinical", rules, clinical.background, interval=0.01) for _ in range(2)]
    running = [asyncio.ensure_future(worker.run()) for worker in workers]
    try:
        async with asyncio.timeout(20):
            # The service's own worker rests between its rounds.
            while not names:
                await asyncio.sleep(0.01)
        async with practice.environment.superuser() as db:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'caseload-clinical-retention' AND datname = current_database()"
            async with asyncio.timeout(20):
                while await db.fetchval(waiting) < 2:
                    await asyncio.sleep(0.01)
        assert [worker.election.leading for worker in workers].count(True) == len(names) == 1
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_a_deleted_note_can_be_erased_at_once(practice):
    note = await practice.write()
    await practice.finalize(note)
    with pytest.raises(Conflict) as refused:
        await practice.erase_note(note)
    assert refused.value.code == "session_not_deleted"
    await practice.delete(note)
    with pytest.raises(Forbidden):
        await practice.only("sessions:read", "sessions:write", "sessions:sign").erase_note(note)

    await practice.erase_note(note)

    assert await binned(practice) == []
    with pytest.raises(Gone):
        await practice.restore(note)
    await practice.environment.settle()
    asked = [line for line in await practice.audited("erase_session") if line.outcome == audit_pb.OUTCOME_SUCCESS]
    assert [(line.resource_id, line.user_id) for line in asked] == [(note.id, str(practice.user_id))]
    (done,) = await practice.audited("erase_deleted_note")
    assert (done.resource_id, done.service) == (note.id, "clinical")
    assert [await practice.count(table) for table in ("sessions", "session_versions", "history")] == [0, 0, 0]
    for attempt in (practice.restore(note), practice.erase_note(note)):
        with pytest.raises(Gone):
            await attempt
    assert (await practice.page(include_deleted=True)).total == 0


async def test_an_original_is_erased_and_its_conflict_copy_stays(practice):
    note = await practice.write()
    await practice.autosave(note, seen=1, plan="a")
    copy_id = (await practice.autosave(note, seen=1, plan="b")).conflict_session_id
    await practice.delete(note)
    await practice.erase_note(note)
    await practice.environment.settle()

    copy = await practice.get(copy_id)
    assert (copy.plan, copy.conflict_of) == ("b", note.id)


@pytest.mark.parametrize("what", ["delete", "restore", "erase_note", "verify", "unfinalize"])
async def test_what_is_not_there_or_another_workspaces_is_not_found(practice, neighbour, what):
    note = await practice.finalize(await practice.write())
    for asking, asked in ((neighbour, note), (practice, pb.Session(id=str(uuid4())))):
        with pytest.raises(NotFound):
            await getattr(asking, what)(asked)
    assert await practice.get(note.id) == note


async def test_a_signed_note_is_deleted_and_restored_only_by_who_may_sign(practice):
    appointment_id = await practice.book()
    note = await practice.finalize(await practice.write(appointment_id=appointment_id))
    writer = practice.only("sessions:read", "sessions:write")
    with pytest.raises(Forbidden):
        await writer.delete(note)
    with pytest.raises(Forbidden):
        await writer.sessions.DeleteNote(pb.DeleteNoteRequest(appointment_id=appointment_id), writer.call)
    assert await practice.get(note.id) == note
    await practice.delete(note)
    with pytest.raises(Forbidden):
        await writer.restore(note)
    await practice.restore(note)

    draft = await practice.write()
    await writer.delete(draft)
    assert (await writer.restore(draft)).id == draft.id


async def test_what_was_signed_is_taken_back_by_who_wrote_or_signed_it_and_by_who_oversees_the_workspace(practice):
    author, signer, nurse, other = [
        replace(practice.colleague(), scopes=SCOPES_BY_ROLE[role]) for role in ("nurse", "doctor", "nurse", "doctor")
    ]
    appointment_id = await practice.book()
    note = await signer.finalize(await author.write(appointment_id=appointment_id))
    # An amendment is what others make, and it makes the note nobody else's.
    await nurse.save(note, reason="measured", objective="pulse 60")
    for somebody in (nurse, other):
        for attempt in (
            somebody.unfinalize(note),
            somebody.delete(note),
            somebody.sessions.DeleteNote(pb.DeleteNoteRequest(appointment_id=appointment_id), somebody.call),
            somebody.sessions.CheckNoteDeletion(pb.CheckNoteDeletionRequest(appointment_id=appointment_id), somebody.call),
        ):
            with pytest.raises(Forbidden) as refused:
                await attempt
            assert refused.value.code == "signed_by_another"
    assert (await practice.get(note.id)).objective == "pulse 60"

    for somebody in (signer, author, practice):
        await somebody.delete(note)
        await nurse.restore(note)
        assert (await somebody.unfinalize(note)).is_draft
        # It still has what was signed.
        with pytest.raises(Forbidden):
            await nurse.delete(note)
        await signer.finalize(note)
    assert (await practice.verify(note)).intact
    assert [line.outcome for line in await practice.audited("check_note_deletion")] == [audit_pb.OUTCOME_FAILURE] * 2


# --- a draft again


async def test_a_signed_note_is_made_a_draft_whose_next_signature_is_the_next_version(practice):
    note = await practice.finalize(await practice.write(plan="rest"))
    note = (await practice.save(note, reason="more", plan="walk")).session

    draft = await practice.unfinalize(note, seen=note.version, reason="The wrong knee.")

    assert (draft.status, draft.is_draft, draft.version) == (pb.SESSION_STATUS_DRAFT, True, note.version + 1)
    assert not draft.HasField("finalized_at")
    assert not draft.HasField("finalized_by_user_id")
    assert (draft.plan, draft.unfinalized_reason, draft.content_hash) == ("walk", "The wrong knee.", note.content_hash)
    assert len(await practice.versions(note)) == 2
    assert await practice.ids(is_draft=True) == [note.id]
    with pytest.raises(NotFound):
        await practice.latest_finalized()

    saved = (await practice.autosave(draft, seen=draft.version, plan="run")).session
    again = await practice.finalize(saved, seen=saved.version)
    amended = (await practice.save(again, reason="faster", plan="sprint")).session

    assert not again.HasField("unfinalized_reason")
    assert (amended.amendment_count, amended.plan) == (2, "sprint")
    assert [(version.version_number, version.kind, version.plan, version.reason) for version in await practice.versions(note)] == [
        (4, pb.VERSION_KIND_AMENDED, "sprint", "faster"),
        (3, pb.VERSION_KIND_REFINALIZED, "run", "The wrong knee."),
        (2, pb.VERSION_KIND_AMENDED, "walk", "more"),
        (1, pb.VERSION_KIND_FINALIZED, "rest", ""),
    ]
    assert (await practice.verify(note)).intact


async def test_only_a_signed_note_is_made_a_draft_and_only_as_it_was_seen(practice):
    draft = await practice.write()
    with pytest.raises(Conflict) as refused:
        await practice.unfinalize(draft)
    assert refused.value.code == "session_not_finalized"
    signed = await practice.finalize(draft)
    with pytest.raises(Stale):
        await practice.unfinalize(signed, seen=draft.version)
    with pytest.raises(Invalid):
        await practice.unfinalize(signed, reason="x" * 5001)
    assert await practice.get(signed.id) == signed


async def test_signing_and_unsigning_at_once_makes_no_version_twice(practice):
    note = await practice.write()
    for _ in range(3):
        await asyncio.gather(*(practice.finalize(note) for _ in range(2)), return_exceptions=True)
        await asyncio.gather(*(practice.unfinalize(note) for _ in range(2)), return_exceptions=True)
    assert [version.version_number for version in await practice.versions(note)] == [3, 2, 1]
    assert (await practice.page(is_draft=True)).total == 1


async def test_who_may_write_and_not_sign_keeps_what_is_typed_and_amends_nothing(practice):
    note = await practice.write(plan="rest")
    nurse = practice.only("sessions:read", "sessions:write")
    with pytest.raises(Forbidden):
        await nurse.finalize(note)
    await practice.finalize(note)
    with pytest.raises(Forbidden):
        await nurse.unfinalize(note)
    with pytest.raises(Forbidden):
        await nurse.save(note, reason="r", plan="run")

    typed = (await nurse.autosave(note, plan="run")).session

    assert (typed.pending_amendment.plan, typed.plan) == ("run", "rest")


async def test_a_session_far_ahead_is_prepared_and_not_signed(practice):
    to_come = to_datetime((await practice.write()).created_at) + timedelta(days=400)
    note = await practice.write(session_date=to_come)
    with pytest.raises(Invalid) as refused:
        await practice.finalize(note)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("session_in_future", ["/session_date"])

    signed = await practice.finalize((await practice.save(note, session_date=MONDAY)).session)
    with pytest.raises(Invalid) as refused:
        await practice.save(signed, reason="moved", session_date=to_come)
    assert refused.value.code == "session_in_future"
    assert await practice.get(note.id) == signed


async def test_notes_of_an_inactive_client_are_written_and_of_an_erased_one_are_not(practice):
    request = clients_pb2.DeactivateClientRequest(client_id=practice.client_id)
    await practice.environment.stub(ClientsStub).DeactivateClient(request, practice.call)
    note = await practice.finalize(await practice.write())
    assert (await practice.verify(note)).intact

    await practice.erase(practice.client_id)
    await practice.environment.settle()

    for attempt in (practice.write(), practice.get(note.id)):
        with pytest.raises(NotFound):
            await attempt

"""A deleted appointment and its note: what scheduling has committed is completed here, whoever ended or wrote meanwhile."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.errors import Forbidden, Invalid, NotFound

from .conftest import MONDAY

KEEP, DELETE = appointments_pb2.NOTE_ACTION_KEEP, appointments_pb2.NOTE_ACTION_DELETE
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'clinical_app' AND datname = current_database() AND wait_event_type = 'Lock'"
)


async def delete_appointment(practice, appointment_id: str, **but: object) -> None:
    """What a gateway asks scheduling. It then asks clinical as well, unless it ends before."""
    request = appointments_pb2.DeleteAppointmentRequest(appointment_id=appointment_id, **but)
    await practice.environment.stub(AppointmentsStub).DeleteAppointment(request, practice.call)


@pytest.fixture
async def documented(practice):
    """An appointment's id and its note."""
    appointment_id = await practice.book()
    return appointment_id, await practice.write(appointment_id=appointment_id)


@pytest.mark.parametrize(
    ("given", "kept"),
    [({"reason": "ill", "note_reason": "Wrong client."}, "Wrong client."), ({"reason": "ill"}, "ill"), ({}, "")],
)
async def test_a_note_is_deleted_although_its_gateway_ended(practice, documented, given, kept):
    appointment_id, note = documented

    await delete_appointment(practice, appointment_id, note_action=DELETE, **given)
    await practice.environment.settle()

    (deleted,) = (await practice.page(client_id=practice.client_id, include_deleted=True)).items
    assert (deleted.id, deleted.deleted_reason, deleted.deleted_by_user_id) == (note.id, kept, str(practice.user_id))
    (line,) = await practice.audited("release_note")
    assert (line.resource_id, line.user_id, line.service) == (note.id, str(practice.user_id), "clinical")
    assert [record.record_id for record in line.records] == [note.id]


@pytest.mark.parametrize("said", [{"note_action": KEEP}, {}])
async def test_a_note_is_kept_although_its_gateway_ended_or_nothing_was_said(practice, documented, said):
    appointment_id, note = documented

    await delete_appointment(practice, appointment_id, **said)
    await practice.environment.settle()

    kept = await practice.get(note.id)
    assert (kept.HasField("appointment_id"), kept.subjective) == (False, note.subjective)


async def test_the_event_of_a_deletion_that_clinical_was_asked_for_changes_nothing_more(practice, documented):
    appointment_id, note = documented
    await delete_appointment(practice, appointment_id, note_action=KEEP)
    await practice.sessions.DetachNote(pb.DetachNoteRequest(appointment_id=appointment_id), practice.call)
    await practice.environment.settle()

    assert (await practice.get(note.id)).version == note.version + 1


async def test_a_refused_deletion_changes_neither(practice, documented):
    appointment_id, note = documented
    desk = practice.only("appointments:write", "appointments:read")
    writer = practice.only("appointments:write", "appointments:read", "sessions:write")
    refusals = [
        (Invalid, practice, {"note_action": DELETE, "note_reason": "x" * 5001}),
        (Invalid, practice, {"note_action": DELETE, "reason": "x" * 5001}),
        (Invalid, practice, {"note_action": KEEP, "reason": "x" * 20_001}),
        (Forbidden, desk, {"note_action": DELETE}),
        (Forbidden, writer, {"note_action": DELETE}),
    ]

    for kind, asking, given in refusals:
        with pytest.raises(kind):
            await delete_appointment(asking, appointment_id, **given)
    await practice.environment.settle()

    assert await practice.get(note.id) == note
    await delete_appointment(practice, appointment_id, note_action=KEEP, reason="x" * 5001)


async def test_a_note_that_is_being_created_is_refused_when_its_appointment_is_gone_first(practice):
    # So that the client has a row that can be locked.
    await practice.write()
    appointment_id = await practice.book()
    async with practice.environment.superuser() as connection, practice.environment.superuser() as watching:
        held = connection.transaction()
        await held.start()
        await connection.execute("SELECT FROM clinical.clients WHERE id = $1 FOR UPDATE", UUID(practice.client_id))
        creating = asyncio.ensure_future(practice.write(appointment_id=appointment_id))
        async with asyncio.timeout(20):
            while not await watching.fetchval(WAITING):
                await asyncio.sleep(0.01)
        # The creation has found the appointment, and has not written yet.
        await delete_appointment(practice, appointment_id)
        await practice.environment.settle()
        await held.rollback()

    with pytest.raises(NotFound):
        await creating
    assert await practice.ids(appointment_id=appointment_id) == []


async def test_a_note_that_is_created_first_is_released_with_its_appointment(practice):
    appointment_id = await practice.book()
    async with practice.environment.superuser() as connection, practice.environment.superuser() as watching:
        held = connection.transaction()
        await held.start()
        # Where a creation ends: it holds the appointment's row by then.
        await connection.execute("LOCK TABLE clinical.session_counter_changes IN SHARE MODE")
        creating = asyncio.ensure_future(practice.write(appointment_id=appointment_id))
        async with asyncio.timeout(20):
            while not await watching.fetchval(WAITING):
                await asyncio.sleep(0.01)
        await delete_appointment(practice, appointment_id)
        async with asyncio.timeout(20):
            while await watching.fetchval(WAITING) < 2:
                await asyncio.sleep(0.01)
        await held.rollback()
    note = await creating
    await practice.environment.settle()

    assert not (await practice.get(note.id)).HasField("appointment_id")


async def test_no_interleaving_leaves_a_note_with_an_appointment_that_is_gone(practice):
    appointments = [await practice.book(start) for start in (MONDAY + timedelta(hours=hour) for hour in range(8))]

    async def create(appointment_id: str) -> None:
        try:
            await practice.write(appointment_id=appointment_id)
        except NotFound:
            return

    await asyncio.gather(*(work for id_ in appointments for work in (create(id_), delete_appointment(practice, id_))))
    await practice.environment.settle()

    notes = (await practice.page(client_id=practice.client_id, page_size=100)).items
    assert [note.appointment_id for note in notes if note.HasField("appointment_id")] == []


async def test_a_service_alone_may_ask_about_a_deletion(practice, documented):
    appointment_id, _ = documented
    await delete_appointment(practice, appointment_id, note_action=DELETE, note_reason="Wrong client.")

    with pytest.raises(Forbidden):
        await practice.environment.stub(AppointmentsStub).GetDeletion(
            appointments_pb2.GetDeletionRequest(appointment_id=appointment_id), practice.call
        )

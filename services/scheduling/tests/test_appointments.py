"""Appointments through the real door: each use case, and what it refuses."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import when

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


async def test_a_booked_appointment_reads_back_as_agreed(desk):
    service_id = await desk.offer()
    booked = await desk.book(notes="Bring the X-ray", location_type="home", location_details="Third bell", service_id=service_id)

    assert await desk.get(booked.id) == booked
    assert (booked.notes, booked.location_details, booked.service_id) == ("Bring the X-ray", "Third bell", service_id)
    assert (booked.client_id, booked.practitioner_id) == (desk.client_id, str(desk.user_id))
    assert (when(booked.scheduled_start), when(booked.scheduled_end)) == (NINE, NINE + minutes(60))
    assert (booked.location_type, booked.status) == (pb.LOCATION_TYPE_HOME, pb.APPOINTMENT_STATUS_SCHEDULED)
    assert (booked.version, booked.edit_count, booked.overbooked) == (1, 0, False)
    assert booked.workspace_id == str(desk.workspace_id)
    assert not booked.HasField("edited_at")


async def test_a_booking_is_announced_with_ids_and_times_alone(desk):
    booked = await desk.book(notes="Bring the X-ray")

    assert await desk.told() == [
        events_pb2.AppointmentBooked(
            appointment_id=booked.id,
            client_id=desk.client_id,
            practitioner_id=str(desk.user_id),
            starts_at=NINE,
            ends_at=NINE + minutes(60),
            version=1,
        )
    ]


async def test_notes_and_directions_are_sealed_where_they_are_kept(desk):
    booked = await desk.book(notes="Rosebud canary", location_details="Behind the rosebud hedge")

    async with desk.house.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM scheduling.appointments WHERE id = $1", UUID(booked.id))
        outbox = await connection.fetch("SELECT payload FROM scheduling.outbox WHERE workspace_id = $1", desk.workspace_id)
    kept = repr(dict(row)) + repr([dict(line) for line in outbox])
    assert "osebud" not in kept
    assert booked.id in kept


async def test_a_colleague_who_works_here_can_be_given_an_appointment(desk):
    booked = await desk.book(practitioner_id=str(desk.owner_id))

    assert booked.practitioner_id == str(desk.owner_id)


async def test_strangers_are_refused_as_absent_and_nothing_is_kept(desk, neighbour):
    for but in (
        {"client_id": str(uuid7())},
        {"client_id": neighbour.client_id},
        {"practitioner_id": str(uuid7())},
        {"practitioner_id": str(neighbour.owner_id)},
        {"service_id": str(uuid7())},
        {"service_id": await neighbour.offer()},
        {"location_id": str(uuid7())},
    ):
        with pytest.raises(NotFound):
            await desk.book(**but)

    assert (await desk.page()).total == 0
    assert await desk.told() == []


async def test_a_client_no_longer_treated_gets_no_new_appointment_but_keeps_the_old(desk):
    booked = await desk.book()
    request = clients_pb2.DeactivateClientRequest(client_id=desk.client_id)
    await desk.house.stub(ClientsStub).DeactivateClient(request, desk.call)

    with pytest.raises(Invalid) as refused:
        await desk.book(scheduled_start=NINE + minutes(120))
    assert refused.value.code == "client_inactive"

    completed = await desk.change(booked, client_id=desk.client_id, status="completed")
    assert completed.status == pb.APPOINTMENT_STATUS_COMPLETED


async def test_somebody_who_left_gets_no_new_appointment(desk):
    users = desk.house.stub(UsersStub)
    desk_of_owner = desk.colleague()
    second = await _another_owner(desk)
    await users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=second), desk_of_owner.call)

    with pytest.raises(Invalid) as refused:
        await desk.book(practitioner_id=second)
    assert refused.value.code == "practitioner_inactive"


@pytest.mark.parametrize(
    ("but", "code"),
    [
        ({"scheduled_end": NINE}, "slot_reversed"),
        ({"scheduled_end": NINE + minutes(24 * 60 + 1)}, "slot_too_long"),
        ({"scheduled_start": NINE.replace(year=1899)}, "slot_out_of_range"),
        ({"scheduled_start": NINE.replace(year=2200)}, "slot_out_of_range"),
        ({"location_type": None}, "unknown_choice"),
        ({"notes": "x" * 20_001}, "text_too_long"),
        ({"location_details": "x" * 2_001}, "text_too_long"),
    ],
)
async def test_terms_that_make_no_sense_are_refused(desk, but, code):
    with pytest.raises(Invalid) as refused:
        await desk.book(**but)
    assert refused.value.code == code


async def test_a_malformed_id_is_invalid(desk):
    with pytest.raises(Invalid):
        await desk.book(client_id="42")
    with pytest.raises(Invalid):
        await desk.get("42")


async def test_an_appointment_may_last_to_the_second_and_up_to_a_day(desk):
    brief = await desk.book(scheduled_end=NINE + minutes(1 / 60))
    long = await desk.book(scheduled_start=NINE + minutes(1 / 60), scheduled_end=NINE + minutes(1 / 60 + 24 * 60))

    assert when(brief.scheduled_end) == when(long.scheduled_start)


async def test_a_changed_appointment_counts_its_edits_and_keeps_what_was_not_named(desk):
    booked = await desk.book(notes="Bring the X-ray", location_details="Third bell")
    changed = await desk.change(booked, notes="Bring the blood test", location_details=None)

    assert await desk.get(booked.id) == changed
    assert changed.notes == "Bring the blood test"
    assert not changed.HasField("location_details")
    assert (changed.version, changed.edit_count) == (2, 1)
    assert when(changed.edited_at) == when(changed.updated_at) > when(booked.updated_at)
    assert changed.scheduled_start == booked.scheduled_start
    assert len(await desk.told()) == 1, "notes are nobody else's business"


async def test_a_change_that_changes_nothing_is_no_edit(desk):
    booked = await desk.book(notes="Bring the X-ray")

    assert await desk.change(booked, notes="Bring the X-ray", status="scheduled", scheduled_start=NINE) == booked
    assert await desk.change(booked) == booked


async def test_a_move_is_announced_and_frees_the_old_time(desk):
    booked = await desk.book()
    moved = await desk.move(booked, NINE + minutes(180))

    await desk.book()
    told = await desk.house.emitted(events_pb2.AppointmentMoved, desk.workspace_id)
    assert [(event.appointment_id, when(event.starts_at), event.version) for event in told] == [(booked.id, NINE + minutes(180), 2)]
    assert moved.version == 2


async def test_an_appointment_can_go_to_another_client_and_another_practitioner(desk):
    booked = await desk.book()
    other = await desk.new_client()
    moved = await desk.change(booked, client_id=other, practitioner_id=str(desk.owner_id))

    assert (moved.client_id, moved.practitioner_id) == (other, str(desk.owner_id))
    [told] = await desk.house.emitted(events_pb2.AppointmentMoved, desk.workspace_id)
    assert (told.client_id, told.practitioner_id) == (other, str(desk.owner_id))
    assert [f.appointment_count for f in await desk.figures(desk.client_id, other)] == [0, 1]


async def test_a_change_to_strangers_is_refused_and_changes_nothing(desk, neighbour):
    booked = await desk.book()
    for wanted in (
        {"client_id": neighbour.client_id},
        {"practitioner_id": str(neighbour.owner_id)},
        {"service_id": await neighbour.offer()},
        {"location_id": str(uuid7())},
    ):
        with pytest.raises(NotFound):
            await desk.change(booked, **wanted)

    assert await desk.get(booked.id) == booked


async def test_what_must_be_said_cannot_be_cleared(desk):
    booked = await desk.book()
    for name in ("client_id", "practitioner_id", "scheduled_start", "scheduled_end", "location_type", "status"):
        with pytest.raises(Invalid) as refused:
            await desk.change(booked, **{name: None})
        assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]


async def test_texts_stay_within_a_reply(desk):
    booked = await desk.book(notes="x" * 20_000, location_details="x" * 2_000)

    with pytest.raises(Invalid):
        await desk.change(booked, notes="x" * 20_001)
    with pytest.raises(Invalid):
        await desk.delete(booked, reason="x" * 20_001)
    assert await desk.get(booked.id) == booked


async def test_an_unknown_field_is_refused(desk):
    booked = await desk.book()
    with pytest.raises(Invalid):
        await desk.change(booked, version=None)


@pytest.mark.parametrize("status", ["completed", "cancelled", "no_show"])
async def test_an_appointment_is_closed_once_and_can_be_scheduled_again(desk, status):
    booked = await desk.book()
    closed = await desk.change(booked, status=status)

    for other in {"completed", "cancelled", "no_show"} - {status}:
        with pytest.raises(Invalid) as refused:
            await desk.change(booked, status=other)
        assert refused.value.code == "appointment_closed"
    reopened = await desk.change(booked, status="scheduled")

    kinds = [(type(event).__name__, event.version) for event in await desk.told()]
    assert kinds == [("AppointmentBooked", 1), ("AppointmentMoved", reopened.version), ("AppointmentClosed", closed.version)]
    [event] = await desk.house.emitted(events_pb2.AppointmentClosed, desk.workspace_id)
    assert event.status == status


async def test_who_called_it_off_is_kept_while_it_is_off(desk):
    booked = await desk.book()
    await desk.change(booked, status="cancelled")
    await desk.colleague().change(booked, notes="Rang at eight")
    async with desk.house.superuser() as connection:
        query = "SELECT cancelled_by FROM scheduling.appointments WHERE id = $1"
        assert await connection.fetchval(query, UUID(booked.id)) == desk.user_id
        await desk.change(booked, status="scheduled")
        assert await connection.fetchval(query, UUID(booked.id)) is None


async def test_a_deleted_appointment_is_gone_from_every_view_and_frees_its_time(desk):
    booked = await desk.book()
    await desk.delete(booked, reason="Entered twice")

    for gone in (desk.get(booked.id), desk.change(booked, notes="?"), desk.delete(booked), _slot(desk, booked)):
        with pytest.raises(NotFound):
            await gone
    assert (await desk.page()).total == 0
    assert list((await desk.history()).items) == []
    assert (await desk.figures(desk.client_id))[0].appointment_count == 0
    assert (await desk.book()).id != booked.id


async def test_a_deletion_is_announced_as_cancelled_and_its_reason_is_sealed(desk):
    booked = await desk.book(notes="Bring the X-ray")
    await desk.delete(booked, reason="Entered twice")

    assert await desk.house.emitted(events_pb2.AppointmentClosed, desk.workspace_id) == [
        events_pb2.AppointmentClosed(appointment_id=booked.id, client_id=desk.client_id, status="cancelled", version=2)
    ]
    async with desk.house.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM scheduling.appointments WHERE id = $1", UUID(booked.id))
    keys = await desk.house.runtime("scheduling").keys.of(desk.workspace_id)
    place = {"table": "appointments", "row": row["id"], "revision": row["version"]}
    assert keys.open(row["sealed"], into=pb.Appointment(), **place).notes == "Bring the X-ray"
    reason = keys.open(row["deletion_reason"], into=pb.DeleteAppointmentRequest(), **place, column="deletion_reason")
    assert reason.reason == "Entered twice"
    assert b"Entered" not in row["deletion_reason"]
    assert row["deleted_by"] == desk.user_id


async def test_a_slot_tells_what_a_note_needs(desk):
    booked = await desk.book()

    assert await _slot(desk, booked) == pb.Slot(
        appointment_id=booked.id,
        client_id=desk.client_id,
        practitioner_id=str(desk.user_id),
        starts_at=NINE,
        ends_at=NINE + minutes(60),
        status=pb.APPOINTMENT_STATUS_SCHEDULED,
        location_type=pb.LOCATION_TYPE_CLINIC,
        version=1,
    )


async def test_the_services_that_need_a_slot_may_ask_for_it_themselves_and_for_nothing_else(desk):
    booked = await desk.book()
    itself = desk.house.on_behalf_of(desk.workspace_id)

    for service in ("clinical", "notifications"):
        stub = desk.house.stub(AppointmentsStub, as_service=service)
        assert (await stub.GetSlot(pb.GetSlotRequest(appointment_id=booked.id), itself)).client_id == desk.client_id
        with pytest.raises(Forbidden):
            await stub.GetAppointment(pb.GetAppointmentRequest(appointment_id=booked.id), itself)
    with pytest.raises(Forbidden):
        await desk.house.stub(AppointmentsStub, as_service="audit").GetSlot(pb.GetSlotRequest(appointment_id=booked.id), itself)


async def test_nothing_of_a_neighbour_is_found_or_touched(desk, neighbour):
    theirs = await neighbour.book()

    for attempt in (desk.get(theirs.id), desk.change(theirs, status="cancelled"), desk.delete(theirs), _slot(desk, theirs)):
        with pytest.raises(NotFound):
            await attempt
    assert (await desk.page(client_id=neighbour.client_id)).total == 0
    assert list((await desk.history(client_id=neighbour.client_id)).items) == []
    assert [f.appointment_count for f in await desk.figures(neighbour.client_id)] == [0]
    with pytest.raises(NotFound):
        await desk.clashes(NINE, practitioner_id=str(neighbour.owner_id))
    assert await neighbour.get(theirs.id) == theirs


async def test_readers_may_not_write_and_others_may_not_read(desk):
    booked = await desk.book()
    reader, stranger = desk.only("appointments:read"), desk.only("clients:read")

    assert await reader.get(booked.id) == booked
    for attempt in (reader.book(), reader.change(booked, notes="?"), reader.delete(booked), stranger.get(booked.id), stranger.page()):
        with pytest.raises(Forbidden):
            await attempt


async def test_every_use_leaves_its_line(desk):
    booked = await desk.book()
    await desk.get(booked.id)
    await desk.page()
    await desk.change(booked, notes="Bring the X-ray")
    await desk.delete(booked)

    for event_type in ("book_appointment", "get_appointment", "list_appointments", "change_appointment", "delete_appointment"):
        assert [line.resource_id for line in await desk.audited(event_type)] == [booked.id]


async def test_a_repeated_booking_with_one_key_is_one_appointment(desk):
    call = desk.house.caller(workspace_id=desk.workspace_id, user_id=desk.user_id, idempotency_key="once")
    first = await desk.stub.BookAppointment(desk.booking(), call)
    again = await desk.stub.BookAppointment(desk.booking(), call)

    assert again == first
    with pytest.raises(Conflict):
        await desk.book()


async def _slot(desk, appointment):
    return await desk.stub.GetSlot(pb.GetSlotRequest(appointment_id=appointment.id), desk.call)


async def _another_owner(desk) -> str:
    """A second person who runs the practice, so that one of them may leave."""
    from identity.users import people
    from identity.users import store as users_store

    runtime = desk.house.runtime("identity")
    person = users_pb2.User(id=str(uuid7()), email=f"{uuid7().hex}@example.com", full_name="Nora Quist")
    keys = await runtime.keys.of(desk.workspace_id)
    async with runtime.background(desk.workspace_id) as call:
        await call.db.run(
            users_store.add,
            id=person.id,
            sealed=people.seal(person, keys, revision=1),
            version=1,
            role="owner",
            is_platform_admin=False,
            password_hash=None,
        )
    return person.id

"""The use cases of the Appointments service and their refusals, called over gRPC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from chassis.protobuf.timestamps import to_datetime
from identity.roles import SCOPES_BY_ROLE
from scheduling.appointments.mapping import APPOINTMENTS

from .conftest import YESTERDAY, enum_value

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


async def test_a_booked_appointment_is_read_as_it_was_entered(member):
    service_id = await member.offer()
    booked = await member.book(notes="Bring the X-ray", location_type="home", location_details="Third bell", service_id=service_id)

    assert await member.get(booked.id) == booked
    assert (booked.notes, booked.location_details, booked.service_id) == ("Bring the X-ray", "Third bell", service_id)
    assert (booked.client_id, booked.practitioner_id) == (member.client_id, str(member.user_id))
    assert (to_datetime(booked.scheduled_start), to_datetime(booked.scheduled_end)) == (NINE, NINE + minutes(60))
    assert (booked.location_type, booked.status) == (pb.LOCATION_TYPE_HOME, pb.APPOINTMENT_STATUS_SCHEDULED)
    assert (booked.version, booked.edit_count, booked.overbooked) == (1, 0, False)
    assert booked.workspace_id == str(member.workspace_id)
    assert not booked.HasField("edited_at")


async def test_the_event_of_a_booking_holds_ids_and_times_only(member):
    booked = await member.book(notes="Bring the X-ray")

    assert await member.events() == [
        events_pb2.AppointmentBooked(
            appointment_id=booked.id,
            client_id=member.client_id,
            practitioner_id=str(member.user_id),
            starts_at=NINE,
            ends_at=NINE + minutes(60),
            version=1,
            by_user_id=str(member.user_id),
        )
    ]


async def test_notes_and_location_details_are_stored_encrypted(member):
    booked = await member.book(notes="Rosebud canary", location_details="Behind the rosebud hedge")

    async with member.environment.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM scheduling.appointments WHERE id = $1", UUID(booked.id))
        outbox = await connection.fetch("SELECT payload FROM scheduling.outbox WHERE workspace_id = $1", member.workspace_id)
    kept = repr(dict(row)) + repr([dict(line) for line in outbox])
    assert "osebud" not in kept
    assert booked.id in kept


async def test_an_appointment_can_be_booked_for_a_colleague(member):
    booked = await member.book(practitioner_id=str(member.owner_id))

    assert booked.practitioner_id == str(member.owner_id)


async def test_unknown_clients_practitioners_services_and_locations_are_not_found(member, outsider):
    for fields in (
        {"client_id": str(uuid7())},
        {"client_id": outsider.client_id},
        {"practitioner_id": str(uuid7())},
        {"practitioner_id": str(outsider.owner_id)},
        {"service_id": str(uuid7())},
        {"service_id": await outsider.offer()},
        {"location_id": str(uuid7())},
    ):
        with pytest.raises(NotFound):
            await member.book(**fields)

    assert (await member.page()).total == 0
    assert await member.events() == []


async def test_an_inactive_client_keeps_appointments_and_gets_no_new_one(member):
    booked = await member.book()
    request = clients_pb2.DeactivateClientRequest(client_id=member.client_id)
    await member.environment.stub(ClientsStub).DeactivateClient(request, member.call)

    with pytest.raises(Invalid) as refused:
        await member.book(scheduled_start=NINE + minutes(120))
    assert refused.value.code == "client_inactive"

    missed = await member.change(booked, client_id=member.client_id, status="no_show")
    assert missed.status == pb.APPOINTMENT_STATUS_NO_SHOW


async def test_an_inactive_practitioner_gets_no_new_appointment(member):
    users = member.environment.stub(UsersStub)
    owner = replace(member, user_id=member.owner_id)
    second = await _another_owner(member)
    await users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=second), owner.call)

    with pytest.raises(Invalid) as refused:
        await member.book(practitioner_id=second)
    assert refused.value.code == "practitioner_inactive"


@pytest.mark.parametrize(
    ("fields", "code"),
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
async def test_invalid_details_are_refused(member, fields, code):
    with pytest.raises(Invalid) as refused:
        await member.book(**fields)
    assert refused.value.code == code


async def test_a_malformed_id_is_invalid(member):
    with pytest.raises(Invalid):
        await member.book(client_id="42")
    with pytest.raises(Invalid):
        await member.get("42")


async def test_an_appointment_may_last_from_one_second_to_one_day(member):
    brief = await member.book(scheduled_end=NINE + minutes(1 / 60))
    long = await member.book(scheduled_start=NINE + minutes(1 / 60), scheduled_end=NINE + minutes(1 / 60 + 24 * 60))

    assert to_datetime(brief.scheduled_end) == to_datetime(long.scheduled_start)


async def test_a_change_counts_as_an_edit_and_keeps_all_other_fields(member):
    booked = await member.book(notes="Bring the X-ray", location_details="Third bell")
    changed = await member.change(booked, notes="Bring the blood test", location_details=None)

    assert await member.get(booked.id) == changed
    assert changed.notes == "Bring the blood test"
    assert not changed.HasField("location_details")
    assert (changed.version, changed.edit_count) == (2, 1)
    assert to_datetime(changed.edited_at) == to_datetime(changed.updated_at) > to_datetime(booked.updated_at)
    assert changed.scheduled_start == booked.scheduled_start
    assert len(await member.events()) == 1, "a change of notes emits no event"


async def test_a_change_to_the_same_values_is_no_edit(member):
    booked = await member.book(notes="Bring the X-ray")

    assert await member.change(booked, notes="Bring the X-ray", status="scheduled", scheduled_start=NINE) == booked
    assert await member.change(booked) == booked


async def test_a_move_emits_an_event_and_frees_the_former_time(member):
    booked = await member.book()
    moved = await member.move(booked, NINE + minutes(180))

    await member.book()
    events = await member.environment.emitted(events_pb2.AppointmentMoved, member.workspace_id)
    assert [(event.appointment_id, to_datetime(event.starts_at), event.version) for event in events] == [
        (booked.id, NINE + minutes(180), 2)
    ]
    assert moved.version == 2


async def test_the_client_and_the_practitioner_of_an_appointment_can_change(member):
    booked = await member.book()
    other = await member.new_client()
    moved = await member.change(booked, client_id=other, practitioner_id=str(member.owner_id))

    assert (moved.client_id, moved.practitioner_id) == (other, str(member.owner_id))
    [event] = await member.environment.emitted(events_pb2.AppointmentMoved, member.workspace_id)
    assert (event.client_id, event.practitioner_id) == (other, str(member.owner_id))
    assert [f.appointment_count for f in await member.summaries(member.client_id, other)] == [0, 1]


async def test_a_change_to_unknown_ids_is_refused_and_changes_nothing(member, outsider):
    booked = await member.book()
    for wanted in (
        {"client_id": outsider.client_id},
        {"practitioner_id": str(outsider.owner_id)},
        {"service_id": await outsider.offer()},
        {"location_id": str(uuid7())},
    ):
        with pytest.raises(NotFound):
            await member.change(booked, **wanted)

    assert await member.get(booked.id) == booked


async def test_a_required_field_cannot_be_cleared(member):
    booked = await member.book()
    for name in ("client_id", "practitioner_id", "scheduled_start", "scheduled_end", "location_type", "status"):
        with pytest.raises(Invalid) as refused:
            await member.change(booked, **{name: None})
        assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]


async def test_a_text_longer_than_its_maximum_is_refused(member):
    booked = await member.book(notes="x" * 20_000, location_details="x" * 2_000)

    with pytest.raises(Invalid):
        await member.change(booked, notes="x" * 20_001)
    with pytest.raises(Invalid):
        await member.delete(booked, reason="x" * 20_001)
    assert await member.get(booked.id) == booked


async def test_a_field_that_is_not_editable_is_refused(member):
    booked = await member.book()
    with pytest.raises(Invalid):
        await member.change(booked, version=None)


STATUSES = ("scheduled", "completed", "cancelled", "no_show")


@pytest.mark.parametrize(("before", "after"), [(one, other) for one in STATUSES for other in STATUSES if one != other])
async def test_every_change_of_status_is_allowed_and_says_who_made_it(member, before, after):
    booked = await member.book(scheduled_start=YESTERDAY)
    if before != "scheduled":
        await member.change(booked, status=before)
    colleague = member.colleague()

    changed = await colleague.change(booked, status=after)

    assert changed.status == enum_value("status", after)
    newest = (await member.status_changes(booked))[0]
    assert (newest.status_before, newest.status_after) == (enum_value("status", before), enum_value("status", after))
    assert (newest.version, newest.changed_by) == (changed.version, str(colleague.user_id))
    assert newest.changed_at == changed.updated_at


async def test_every_change_is_in_the_history_newest_first_without_what_texts_say(member):
    booked = await member.book()
    await member.change(booked, notes="Rang at eight")
    for status in ("cancelled", "scheduled"):
        await member.change(booked, status=status)
    await member.change(booked, scheduled_end=NINE + minutes(45), payment_price="80.00")

    history = await member.status_changes(booked)
    assert [change.version for change in history] == [5, 4, 3, 2]
    assert [[(field.name, field.before, field.after) for field in change.fields] for change in history] == [
        [("scheduled_end", "2031-03-03T10:00:00Z", "2031-03-03T09:45:00Z"), ("payment_price", "", "80.00")],
        [],
        [],
        [("notes", "", "")],
    ]
    assert not history[-1].fields[0].HasField("after")
    assert history[-1].status_before == history[-1].status_after


async def test_the_times_of_a_completed_appointment_change_with_a_reason_only(member):
    booked = await member.book(scheduled_start=YESTERDAY)
    done = await member.change(booked, status="completed")
    later = YESTERDAY + minutes(15)

    for reason in ({}, {"change_reason": " "}, {"change_reason": None}):
        with pytest.raises(Invalid) as refused:
            await member.move(done, later, **reason)
        assert refused.value.code == "change_reason_required"
    corrected = await member.move(done, later, change_reason="Began late")
    assert corrected.change_reason == "Began late"
    # The next one needs a reason of its own; what is put back to scheduled needs none.
    with pytest.raises(Invalid):
        await member.move(corrected, YESTERDAY)
    assert (await member.move(corrected, NINE, status="scheduled")).version == 4


async def test_a_change_of_a_version_that_is_no_longer_there_is_refused(member):
    booked = await member.book()
    await member.change(booked, notes="Rang at eight")
    request = pb.ChangeAppointmentRequest(appointment_id=booked.id, mask=FieldMask(paths=["notes"]), notes="At nine", expected_version=1)

    with pytest.raises(Stale) as refused:
        await member.stub.ChangeAppointment(request, member.call)
    assert refused.value.facts == {"current_version": 2}
    request.expected_version = 2
    assert (await member.stub.ChangeAppointment(request, member.call)).version == 3


@pytest.mark.parametrize("after", ["scheduled", "completed"])
@pytest.mark.parametrize("before", ["cancelled", "no_show"])
async def test_going_back_to_a_busy_status_is_held_against_the_calendar(member, before, after):
    freed = await member.book(scheduled_start=YESTERDAY)
    await member.change(freed, status=before)
    await member.book(scheduled_start=YESTERDAY)

    with pytest.raises(Conflict) as refused:
        await member.change(freed, status=after)

    assert refused.value.code == "appointment_conflict"
    assert (await member.change(freed, status=after, allow_conflict=True)).overbooked
    assert len(await member.status_changes(freed)) == 2


async def test_an_appointment_that_has_not_begun_cannot_be_completed(member):
    booked = await member.book()

    with pytest.raises(Invalid) as refused:
        await member.change(booked, status="completed")

    assert refused.value.code == "appointment_not_begun"
    assert await member.status_changes(booked) == []
    done = await member.book(scheduled_start=YESTERDAY)
    await member.change(done, status="completed")
    with pytest.raises(Invalid):
        await member.move(done, NINE + minutes(300))


async def test_each_status_announces_what_it_means_for_others(member):
    booked = await member.book(scheduled_start=YESTERDAY)
    versions = [(await member.change(booked, status=status)).version for status in ("completed", "cancelled", "scheduled", "no_show")]

    kinds = [(type(event).__name__, event.version) for event in await member.events()]
    closed = [("AppointmentClosed", versions[n]) for n in (0, 1, 3)]
    assert kinds == [("AppointmentBooked", 1), ("AppointmentMoved", versions[2]), *closed]
    events = await member.environment.emitted(events_pb2.AppointmentClosed, member.workspace_id)
    assert [event.status for event in events] == ["completed", "cancelled", "no_show"]


async def test_the_history_of_another_workspaces_appointment_is_not_found(member, outsider):
    theirs = await outsider.book()
    with pytest.raises(NotFound):
        await member.status_changes(theirs)


async def test_a_cancelled_appointment_stores_who_cancelled_it(member):
    booked = await member.book()
    await member.change(booked, status="cancelled")
    await member.colleague().change(booked, notes="Rang at eight")
    async with member.environment.superuser() as connection:
        query = "SELECT cancelled_by FROM scheduling.appointments WHERE id = $1"
        assert await connection.fetchval(query, UUID(booked.id)) == member.user_id
        await member.change(booked, status="scheduled")
        assert await connection.fetchval(query, UUID(booked.id)) is None


async def test_a_deleted_appointment_is_in_no_reply_and_frees_its_time(member):
    booked = await member.book()
    await member.delete(booked, reason="Entered twice")

    for gone in (member.get(booked.id), member.change(booked, notes="?"), member.delete(booked), _slot(member, booked)):
        with pytest.raises(NotFound):
            await gone
    assert (await member.page()).total == 0
    assert list((await member.timeline()).items) == []
    assert (await member.summaries(member.client_id))[0].appointment_count == 0
    assert (await member.book()).id != booked.id


async def test_a_deletion_emits_a_cancellation_and_its_reason_is_stored_encrypted(member):
    booked = await member.book(notes="Bring the X-ray")
    await member.delete(booked, reason="Entered twice")

    assert await member.environment.emitted(events_pb2.AppointmentClosed, member.workspace_id) == [
        events_pb2.AppointmentClosed(
            appointment_id=booked.id,
            client_id=member.client_id,
            status="cancelled",
            version=2,
            practitioner_id=str(member.user_id),
            by_user_id=str(member.user_id),
        )
    ]
    async with member.environment.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM scheduling.appointments WHERE id = $1", UUID(booked.id))
    keys = await member.environment.runtime("scheduling").keys.of(member.workspace_id)
    assert APPOINTMENTS.open(row, keys, into=pb.Appointment()).notes == "Bring the X-ray"
    reason = APPOINTMENTS.open(row, keys, into=pb.DeleteAppointmentRequest(), column="deletion_reason")
    assert reason.reason == "Entered twice"
    assert b"Entered" not in row["deletion_reason"]
    assert row["deleted_by"] == member.user_id


async def test_a_slot_has_the_ids_times_and_status_of_the_appointment(member):
    booked = await member.book()

    assert await _slot(member, booked) == pb.Slot(
        appointment_id=booked.id,
        client_id=member.client_id,
        practitioner_id=str(member.user_id),
        starts_at=NINE,
        ends_at=NINE + minutes(60),
        status=pb.APPOINTMENT_STATUS_SCHEDULED,
        location_type=pb.LOCATION_TYPE_CLINIC,
        version=1,
    )


async def test_clinical_and_notifications_may_read_slots_and_nothing_else(member):
    booked = await member.book()
    itself = member.environment.on_behalf_of(member.workspace_id)

    for service in ("clinical", "notifications"):
        stub = member.environment.stub(AppointmentsStub, as_service=service)
        assert (await stub.GetSlot(pb.GetSlotRequest(appointment_id=booked.id), itself)).client_id == member.client_id
        with pytest.raises(Forbidden):
            await stub.GetAppointment(pb.GetAppointmentRequest(appointment_id=booked.id), itself)
    with pytest.raises(Forbidden):
        await member.environment.stub(AppointmentsStub, as_service="audit").GetSlot(pb.GetSlotRequest(appointment_id=booked.id), itself)


async def test_appointments_of_another_workspace_are_neither_found_nor_changed(member, outsider):
    theirs = await outsider.book()

    for attempt in (member.get(theirs.id), member.change(theirs, status="cancelled"), member.delete(theirs), _slot(member, theirs)):
        with pytest.raises(NotFound):
            await attempt
    assert (await member.page(client_id=outsider.client_id)).total == 0
    assert list((await member.timeline(client_id=outsider.client_id)).items) == []
    assert [f.appointment_count for f in await member.summaries(outsider.client_id)] == [0]
    with pytest.raises(NotFound):
        await member.conflicts(NINE, practitioner_id=str(outsider.owner_id))
    assert await outsider.get(theirs.id) == theirs


async def test_reading_and_writing_need_a_scope_each(member):
    booked = await member.book()
    reader, other = member.only("appointments:read"), member.only("clients:read")

    assert await reader.get(booked.id) == booked
    for attempt in (reader.book(), reader.change(booked, notes="?"), reader.delete(booked), other.get(booked.id), other.page()):
        with pytest.raises(Forbidden):
            await attempt


async def test_every_call_is_recorded_in_the_audit_trail(member):
    booked = await member.book()
    await member.get(booked.id)
    await member.page()
    await member.change(booked, notes="Bring the X-ray")
    await member.delete(booked)

    for event_type in ("book_appointment", "get_appointment", "list_appointments", "change_appointment", "delete_appointment"):
        assert [line.resource_id for line in await member.audited(event_type)] == [booked.id]


async def test_a_repeated_booking_with_one_idempotency_key_makes_one_appointment(member):
    call = replace(member.call, idempotency_key="once")
    first = await member.stub.BookAppointment(member.booking(), call)
    again = await member.stub.BookAppointment(member.booking(), call)

    assert again == first
    with pytest.raises(Conflict):
        await member.book()


async def _slot(member, appointment):
    return await member.stub.GetSlot(pb.GetSlotRequest(appointment_id=appointment.id), member.call)


async def _another_owner(member) -> str:
    """Adds a second owner, because the only owner cannot be deactivated. Returns the id."""
    from identity.people.registration import add_user

    runtime = member.environment.runtime("identity")
    person = users_pb2.User(id=str(uuid7()), email=f"{uuid7().hex}@example.com", full_name="Nora Quist")
    keys = await runtime.keys.of(member.workspace_id)
    async with runtime.background(member.workspace_id) as work:
        await add_user(work, runtime.keyring, keys, person, role="owner")
    return person.id


async def test_nobody_is_booked_whose_role_treats_nobody(member):
    owner = replace(member, user_id=member.owner_id, scopes=SCOPES_BY_ROLE["owner"])
    request = users_pb2.CreateUserRequest(email=f"{uuid7().hex}@example.com", full_name="Grace Hopper", role=users_pb2.ROLE_ASSISTANT)
    assistant = await member.environment.stub(UsersStub).CreateUser(request, owner.call)
    themself = replace(member, user_id=UUID(assistant.id), scopes=SCOPES_BY_ROLE["assistant"])
    booked = await owner.book()

    for attempt in (
        lambda: owner.book(practitioner_id=assistant.id, scheduled_start=NINE + minutes(90)),
        lambda: owner.change(booked, practitioner_id=assistant.id),
        lambda: themself.book(scheduled_start=NINE + minutes(90)),
    ):
        with pytest.raises(Invalid) as refused:
            await attempt()
        assert refused.value.code == "practitioner_does_not_treat"
    assert (await themself.book(practitioner_id=str(member.owner_id), scheduled_start=NINE + minutes(90))).practitioner_id == str(
        member.owner_id
    )


async def test_an_api_key_says_with_whom_it_books(member):
    by_key = member.environment.caller(workspace_id=member.workspace_id, role="api_key", amr=["key"])
    with pytest.raises(Invalid) as refused:
        await member.stub.BookAppointment(member.booking(), by_key)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("practitioner_required", ["/practitioner_id"])
    wanted = member.booking()
    times = {"scheduled_start": wanted.scheduled_start, "scheduled_end": wanted.scheduled_end}
    with pytest.raises(Invalid) as refused:
        await member.stub.CheckConflicts(pb.CheckConflictsRequest(**times), by_key)
    assert refused.value.code == "practitioner_required"
    named = member.booking(practitioner_id=str(member.owner_id))
    assert (await member.stub.BookAppointment(named, by_key)).practitioner_id == str(member.owner_id)


async def test_who_loses_an_appointment_to_a_colleague_is_named_in_the_event(member):
    booked = await member.book()
    given = await member.change(booked, practitioner_id=str(member.owner_id))
    await member.move(given, NINE + minutes(90))

    first, second = await member.environment.emitted(events_pb2.AppointmentMoved, member.workspace_id)
    assert (first.practitioner_id, first.former_practitioner_id) == (str(member.owner_id), str(member.user_id))
    assert not second.HasField("former_practitioner_id")

"""A practitioner's time is given once, unless somebody means it otherwise."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2
from chassis.errors import Conflict, Invalid

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def clashing(refused: pytest.ExceptionInfo[Conflict]) -> list[str]:
    assert refused.value.code == "appointment_conflict"
    return [clash["id"] for clash in refused.value.facts["conflicting_appointments"]]


async def test_a_clash_is_refused_with_its_facts_and_announces_nothing(desk):
    first = await desk.book()

    with pytest.raises(Conflict) as refused:
        await desk.book(scheduled_start=NINE + minutes(30))

    assert refused.value.code == "appointment_conflict"
    assert refused.value.facts["conflicting_appointments"] == [
        {
            "id": first.id,
            "scheduled_start": "2031-03-03T09:00:00Z",
            "scheduled_end": "2031-03-03T10:00:00Z",
            "client_id": desk.client_id,
            "location_type": "clinic",
            "status": "scheduled",
        }
    ]
    assert len(await desk.told()) == 1
    assert (await desk.page()).total == 1


async def test_every_clash_is_named_earliest_first(desk):
    booked = [await desk.book(scheduled_start=NINE + minutes(60 * hour)) for hour in range(3)]

    with pytest.raises(Conflict) as refused:
        await desk.book(scheduled_start=NINE + minutes(30), scheduled_end=NINE + minutes(150))
    assert clashing(refused) == [appointment.id for appointment in booked]


async def test_a_crowd_of_clashes_is_named_to_the_last(desk):
    crowd = [(await desk.book(allow_conflict=True)).id for _ in range(80)]

    with pytest.raises(Conflict) as refused:
        await desk.book()
    assert sorted(clashing(refused)) == sorted(crowd)


async def test_back_to_back_is_no_clash(desk):
    await desk.book()
    await desk.book(scheduled_start=NINE + minutes(60))
    await desk.book(scheduled_start=NINE - minutes(60))

    assert (await desk.page()).total == 3


async def test_two_practitioners_share_an_hour(desk):
    await desk.book()
    await desk.colleague().book()

    assert (await desk.page()).total == 2


async def test_a_service_takes_the_time_around_it_too(desk):
    service_id = await desk.offer(before=10, after=20)
    first = await desk.book(service_id=service_id)

    for start, length in ((NINE + minutes(79), 30), (NINE - minutes(30), 21)):
        with pytest.raises(Conflict) as refused:
            await desk.book(scheduled_start=start, scheduled_end=start + minutes(length))
        assert clashing(refused) == [first.id]
    await desk.book(scheduled_start=NINE + minutes(80))
    await desk.book(scheduled_start=NINE - minutes(70))


async def test_two_services_keep_the_time_of_both_between_them(desk):
    service_id = await desk.offer(before=10, after=20)
    await desk.book(service_id=service_id)

    with pytest.raises(Conflict):
        await desk.book(service_id=service_id, scheduled_start=NINE + minutes(89))
    await desk.book(service_id=service_id, scheduled_start=NINE + minutes(90))


@pytest.mark.parametrize(("status", "taken"), [("completed", True), ("cancelled", False), ("no_show", False)])
async def test_what_was_called_off_or_missed_gives_its_time_back(desk, status, taken):
    booked = await desk.book()
    await desk.change(booked, status=status)

    if taken:
        with pytest.raises(Conflict):
            await desk.book()
    else:
        await desk.book()


async def test_a_deliberate_overbooking_is_kept_flagged_and_on_record(desk):
    first = await desk.book()
    second = await desk.book(scheduled_start=NINE + minutes(30), allow_conflict=True)

    assert second.overbooked
    assert not (await desk.get(first.id)).overbooked
    [line] = [line for line in await desk.audited("book_appointment") if line.resource_id == second.id]
    assert dict(line.facts) == {"overbooked": "true", "clashes": "1"}
    async with desk.house.superuser() as connection:
        row = await connection.fetchrow(
            "SELECT overbooked_by, overbooked_at FROM scheduling.appointments WHERE overbooked AND workspace_id = $1", desk.workspace_id
        )
    assert row["overbooked_by"] == desk.user_id
    assert row["overbooked_at"] is not None


async def test_leave_to_overbook_changes_nothing_where_there_is_no_clash(desk):
    booked = await desk.book(allow_conflict=True)

    assert not booked.overbooked
    [line] = await desk.audited("book_appointment")
    assert dict(line.facts) == {}


async def test_an_overbooking_has_its_time_though_the_first_is_gone(desk):
    first = await desk.book()
    second = await desk.book(scheduled_start=NINE + minutes(30), allow_conflict=True)
    await desk.change(first, status="cancelled")

    with pytest.raises(Conflict) as refused:
        await desk.book(scheduled_start=NINE + minutes(80))
    assert clashing(refused) == [second.id]
    assert await desk.clashes(NINE + minutes(80)) == [second.id]


async def test_a_move_onto_taken_time_is_refused_and_changes_nothing(desk):
    taken = await desk.book()
    booked = await desk.book(scheduled_start=NINE + minutes(120), notes="Bring the X-ray")

    with pytest.raises(Conflict) as refused:
        await desk.move(booked, NINE + minutes(30), notes="?")

    assert clashing(refused) == [taken.id]
    assert await desk.get(booked.id) == booked
    assert await desk.house.emitted(events_pb2.AppointmentMoved, desk.workspace_id) == []


async def test_a_move_onto_an_overbooking_is_refused(desk):
    first = await desk.book()
    second = await desk.book(scheduled_start=NINE + minutes(30), allow_conflict=True)
    await desk.delete(first)
    third = await desk.book(scheduled_start=NINE + minutes(120))

    with pytest.raises(Conflict) as refused:
        await desk.move(third, NINE + minutes(60))
    assert clashing(refused) == [second.id]


async def test_a_move_within_its_own_time_is_no_clash(desk):
    booked = await desk.book()
    moved = await desk.move(booked, NINE + minutes(30))

    assert moved.version == 2


async def test_a_deliberate_move_onto_taken_time_is_an_overbooking_until_it_moves_away(desk):
    await desk.book()
    booked = await desk.book(scheduled_start=NINE + minutes(120))

    over = await desk.move(booked, NINE + minutes(30), allow_conflict=True)
    assert over.overbooked
    [line] = await desk.audited("change_appointment")
    assert dict(line.facts) == {"overbooked": "true", "clashes": "1"}
    away = await desk.move(booked, NINE + minutes(180))
    assert not away.overbooked


async def test_an_overbooked_appointment_can_be_edited_and_shortened_where_it_is(desk):
    await desk.book()
    over = await desk.book(scheduled_start=NINE + minutes(30), allow_conflict=True)

    edited = await desk.change(over, notes="Bring the X-ray")
    shorter = await desk.move(over, NINE + minutes(35), 50)
    assert edited.overbooked
    assert shorter.overbooked
    assert when_of(shorter) == (NINE + minutes(35), NINE + minutes(85))


async def test_scheduling_again_what_was_called_off_asks_for_the_time_anew(desk):
    booked = await desk.book()
    await desk.change(booked, status="cancelled")
    taken = await desk.book()

    with pytest.raises(Conflict) as refused:
        await desk.change(booked, status="scheduled")
    assert clashing(refused) == [taken.id]
    assert (await desk.get(booked.id)).status == pb.APPOINTMENT_STATUS_CANCELLED


async def test_another_practitioner_must_have_the_time(desk):
    taken = await desk.book(practitioner_id=str(desk.owner_id))
    booked = await desk.book()

    with pytest.raises(Conflict) as refused:
        await desk.change(booked, practitioner_id=str(desk.owner_id))
    assert clashing(refused) == [taken.id]


async def test_another_service_must_fit_too(desk):
    booked = await desk.book()
    neighbouring = await desk.book(scheduled_start=NINE + minutes(60))

    with pytest.raises(Conflict) as refused:
        await desk.change(booked, service_id=await desk.offer(after=5))
    assert clashing(refused) == [neighbouring.id]


async def test_new_buffers_are_for_new_appointments(desk):
    """What was agreed stays agreed; the buffers count when the time is worked out anew."""
    from caseload.scheduling.v1 import services_pb2
    from caseload.scheduling.v1.services_rpc import ServicesStub

    service_id = await desk.offer()
    booked = await desk.book(service_id=service_id)
    await desk.book(scheduled_start=NINE + minutes(60))
    request = services_pb2.UpdateServiceRequest(service_id=service_id, mask={"paths": ["buffer_after_minutes"]}, buffer_after_minutes=15)
    await desk.house.stub(ServicesStub).UpdateService(request, desk.call)

    await desk.change(booked, notes="Bring the X-ray")
    with pytest.raises(Conflict):
        await desk.move(booked, NINE - minutes(5))
    await desk.move(booked, NINE - minutes(15))


async def test_clashes_can_be_asked_for_beforehand(desk):
    booked = await desk.book()

    assert await desk.clashes(NINE + minutes(59)) == [booked.id]
    assert await desk.clashes(NINE + minutes(60)) == []
    assert await desk.clashes(NINE, exclude_appointment_id=booked.id) == []
    assert await desk.clashes(NINE, practitioner_id=str(desk.owner_id)) == []
    assert await desk.colleague().clashes(NINE) == []
    assert next(line.resource_id for line in await desk.audited("check_conflicts")) == booked.id


async def test_a_clash_asked_for_tells_whose_and_what(desk):
    booked = await desk.book(location_type="online", notes="Rosebud canary")
    request = pb.CheckConflictsRequest(scheduled_start=NINE, scheduled_end=NINE + minutes(60))

    [clash] = (await desk.stub.CheckConflicts(request, desk.call)).items
    assert clash == pb.Clash(
        id=booked.id,
        scheduled_start=NINE,
        scheduled_end=NINE + minutes(60),
        client_id=desk.client_id,
        location_type=pb.LOCATION_TYPE_ONLINE,
        status=pb.APPOINTMENT_STATUS_SCHEDULED,
    )


async def test_a_slot_that_makes_no_sense_has_no_clashes_to_tell(desk):
    with pytest.raises(Invalid):
        await desk.clashes(NINE, -5)
    with pytest.raises(Invalid) as refused:
        await desk.stub.CheckConflicts(pb.CheckConflictsRequest(), desk.call)
    assert [fault.pointer for fault in refused.value.faults] == ["/scheduled_start", "/scheduled_end"]


async def test_a_clash_of_long_appointments_with_long_buffers_is_found_from_far(desk):
    """The search looks among the starts near by; this is as far as one reaches another."""
    service_id = await desk.offer(before=240, after=240)
    first = await desk.book(service_id=service_id, scheduled_end=NINE + minutes(1440))
    start = NINE + minutes(1440 + 479)

    with pytest.raises(Conflict) as refused:
        await desk.book(service_id=service_id, scheduled_start=start)
    assert clashing(refused) == [first.id]
    over = await desk.book(service_id=service_id, scheduled_start=start, scheduled_end=start + minutes(1440), allow_conflict=True)
    await desk.change(first, status="cancelled")
    with pytest.raises(Conflict) as refused:
        await desk.book(service_id=service_id, scheduled_end=NINE + minutes(1440))
    assert clashing(refused) == [over.id]


async def test_a_strangers_calendar_does_not_look_free(desk):
    from chassis.errors import NotFound

    with pytest.raises(NotFound):
        await desk.clashes(NINE, practitioner_id=str(uuid7()))


def when_of(appointment):
    from chassis.protobuf.timestamps import when

    return when(appointment.scheduled_start), when(appointment.scheduled_end)

"""Conflicts between appointments of one practitioner, and deliberate overbookings."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2
from chassis.errors import Conflict, Invalid, NotFound

from .conftest import YESTERDAY

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def conflict_ids(refused: pytest.ExceptionInfo[Conflict]) -> list[str]:
    assert refused.value.code == "appointment_conflict"
    return [conflict["id"] for conflict in refused.value.facts["conflicting_appointments"]]


async def test_a_conflicting_booking_is_refused_with_the_conflicts_and_emits_no_event(member):
    first = await member.book()

    with pytest.raises(Conflict) as refused:
        await member.book(scheduled_start=NINE + minutes(30))

    assert refused.value.code == "appointment_conflict"
    assert refused.value.facts["conflicting_appointments"] == [
        {
            "id": first.id,
            "scheduled_start": "2031-03-03T09:00:00Z",
            "scheduled_end": "2031-03-03T10:00:00Z",
            "client_id": member.client_id,
            "location_type": "clinic",
            "status": "scheduled",
        }
    ]
    assert len(await member.events()) == 1
    assert (await member.page()).total == 1


async def test_a_refusal_lists_all_conflicts_by_start(member):
    booked = [await member.book(scheduled_start=NINE + minutes(60 * hour)) for hour in range(3)]

    with pytest.raises(Conflict) as refused:
        await member.book(scheduled_start=NINE + minutes(30), scheduled_end=NINE + minutes(150))
    assert conflict_ids(refused) == [appointment.id for appointment in booked]


async def test_a_refusal_lists_eighty_conflicts(member):
    crowd = [(await member.book(allow_conflict=True)).id for _ in range(80)]

    with pytest.raises(Conflict) as refused:
        await member.book()
    assert sorted(conflict_ids(refused)) == sorted(crowd)


async def test_appointments_without_a_gap_do_not_conflict(member):
    await member.book()
    await member.book(scheduled_start=NINE + minutes(60))
    await member.book(scheduled_start=NINE - minutes(60))

    assert (await member.page()).total == 3


async def test_appointments_of_two_practitioners_do_not_conflict(member):
    await member.book()
    await member.colleague().book()

    assert (await member.page()).total == 2


async def test_the_buffers_of_a_service_conflict_too(member):
    service_id = await member.offer(before=10, after=20)
    first = await member.book(service_id=service_id)

    for start, length in ((NINE + minutes(79), 30), (NINE - minutes(30), 21)):
        with pytest.raises(Conflict) as refused:
            await member.book(scheduled_start=start, scheduled_end=start + minutes(length))
        assert conflict_ids(refused) == [first.id]
    await member.book(scheduled_start=NINE + minutes(80))
    await member.book(scheduled_start=NINE - minutes(70))


async def test_the_buffers_of_two_adjacent_appointments_add_up(member):
    service_id = await member.offer(before=10, after=20)
    await member.book(service_id=service_id)

    with pytest.raises(Conflict):
        await member.book(service_id=service_id, scheduled_start=NINE + minutes(89))
    await member.book(service_id=service_id, scheduled_start=NINE + minutes(90))


@pytest.mark.parametrize(("status", "taken"), [("completed", True), ("cancelled", False), ("no_show", False)])
async def test_a_cancelled_or_missed_appointment_frees_its_time(member, status, taken):
    booked = await member.book(scheduled_start=YESTERDAY)
    await member.change(booked, status=status)

    if taken:
        with pytest.raises(Conflict):
            await member.book(scheduled_start=YESTERDAY)
    else:
        await member.book(scheduled_start=YESTERDAY)


async def test_a_deliberate_overbooking_is_flagged_and_recorded_in_the_audit_trail(member):
    first = await member.book()
    second = await member.book(scheduled_start=NINE + minutes(30), allow_conflict=True)

    assert second.overbooked
    assert not (await member.get(first.id)).overbooked
    [line] = [line for line in await member.audited("book_appointment") if line.resource_id == second.id]
    assert dict(line.facts) == {"overbooked": "true", "clashes": "1", "resources": "practitioner", "overbooking_reason": "none"}
    async with member.environment.superuser() as connection:
        row = await connection.fetchrow(
            "SELECT overbooked_by, overbooked_at FROM scheduling.appointments WHERE overbooked AND workspace_id = $1", member.workspace_id
        )
    assert row["overbooked_by"] == member.user_id
    assert row["overbooked_at"] is not None


async def test_allow_conflict_has_no_effect_without_a_conflict(member):
    booked = await member.book(allow_conflict=True)

    assert not booked.overbooked
    [line] = await member.audited("book_appointment")
    assert dict(line.facts) == {}


async def test_an_overbooked_appointment_conflicts_after_the_first_was_cancelled(member):
    first = await member.book()
    second = await member.book(scheduled_start=NINE + minutes(30), allow_conflict=True)
    await member.change(first, status="cancelled")

    with pytest.raises(Conflict) as refused:
        await member.book(scheduled_start=NINE + minutes(80))
    assert conflict_ids(refused) == [second.id]
    assert await member.conflicts(NINE + minutes(80)) == [second.id]


async def test_a_conflicting_move_is_refused_and_changes_nothing(member):
    taken = await member.book()
    booked = await member.book(scheduled_start=NINE + minutes(120), notes="Bring the X-ray")

    with pytest.raises(Conflict) as refused:
        await member.move(booked, NINE + minutes(30), notes="?")

    assert conflict_ids(refused) == [taken.id]
    assert await member.get(booked.id) == booked
    assert await member.environment.emitted(events_pb2.AppointmentMoved, member.workspace_id) == []


async def test_a_move_to_the_time_of_an_overbooked_appointment_is_refused(member):
    first = await member.book()
    second = await member.book(scheduled_start=NINE + minutes(30), allow_conflict=True)
    await member.delete(first)
    third = await member.book(scheduled_start=NINE + minutes(120))

    with pytest.raises(Conflict) as refused:
        await member.move(third, NINE + minutes(60))
    assert conflict_ids(refused) == [second.id]


async def test_an_appointment_does_not_conflict_with_itself(member):
    booked = await member.book()
    moved = await member.move(booked, NINE + minutes(30))

    assert moved.version == 2


async def test_a_deliberate_conflicting_move_is_an_overbooking_until_the_next_move(member):
    await member.book()
    booked = await member.book(scheduled_start=NINE + minutes(120))

    over = await member.move(booked, NINE + minutes(30), allow_conflict=True)
    assert over.overbooked
    [line] = await member.audited("change_appointment")
    assert dict(line.facts) == {"overbooked": "true", "clashes": "1", "resources": "practitioner"}
    away = await member.move(booked, NINE + minutes(180))
    assert not away.overbooked


async def test_an_overbooked_appointment_can_be_edited_and_shortened_within_its_time(member):
    await member.book()
    over = await member.book(scheduled_start=NINE + minutes(30), allow_conflict=True)

    edited = await member.change(over, notes="Bring the X-ray")
    shorter = await member.move(over, NINE + minutes(35), 50)
    assert edited.overbooked
    assert shorter.overbooked
    assert when_of(shorter) == (NINE + minutes(35), NINE + minutes(85))


async def test_a_cancelled_appointment_may_conflict_when_it_is_scheduled_again(member):
    booked = await member.book()
    await member.change(booked, status="cancelled")
    taken = await member.book()

    with pytest.raises(Conflict) as refused:
        await member.change(booked, status="scheduled")
    assert conflict_ids(refused) == [taken.id]
    assert (await member.get(booked.id)).status == pb.APPOINTMENT_STATUS_CANCELLED


async def test_a_change_of_practitioner_may_conflict(member):
    taken = await member.book(practitioner_id=str(member.owner_id))
    booked = await member.book()

    with pytest.raises(Conflict) as refused:
        await member.change(booked, practitioner_id=str(member.owner_id))
    assert conflict_ids(refused) == [taken.id]


async def test_a_change_of_service_may_conflict(member):
    booked = await member.book()
    neighbouring = await member.book(scheduled_start=NINE + minutes(60))

    with pytest.raises(Conflict) as refused:
        await member.change(booked, service_id=await member.offer(after=5))
    assert conflict_ids(refused) == [neighbouring.id]


async def test_changed_buffers_apply_from_the_next_move_on(member):
    """A booked appointment keeps its busy period until that is computed again."""
    from caseload.scheduling.v1 import services_pb2
    from caseload.scheduling.v1.services_rpc import ServicesStub

    service_id = await member.offer()
    booked = await member.book(service_id=service_id)
    await member.book(scheduled_start=NINE + minutes(60))
    request = services_pb2.UpdateServiceRequest(service_id=service_id, mask={"paths": ["buffer_after_minutes"]}, buffer_after_minutes=15)
    await member.environment.stub(ServicesStub).UpdateService(request, member.call)

    await member.change(booked, notes="Bring the X-ray")
    with pytest.raises(Conflict):
        await member.move(booked, NINE - minutes(5))
    await member.move(booked, NINE - minutes(15))


async def test_conflicts_can_be_checked_before_booking(member):
    booked = await member.book()

    assert await member.conflicts(NINE + minutes(59)) == [booked.id]
    assert await member.conflicts(NINE + minutes(60)) == []
    assert await member.conflicts(NINE, exclude_appointment_id=booked.id) == []
    assert await member.conflicts(NINE, practitioner_id=str(member.owner_id)) == []
    assert await member.colleague().conflicts(NINE) == []
    assert next(line.resource_id for line in await member.audited("check_conflicts")) == booked.id


async def test_a_conflict_names_the_client_and_the_kind_of_appointment_and_no_phi(member):
    booked = await member.book(location_type="online", notes="Rosebud canary")
    request = pb.CheckConflictsRequest(scheduled_start=NINE, scheduled_end=NINE + minutes(60))

    [conflict] = (await member.stub.CheckConflicts(request, member.call)).items
    assert conflict == pb.Clash(
        id=booked.id,
        scheduled_start=NINE,
        scheduled_end=NINE + minutes(60),
        client_id=member.client_id,
        location_type=pb.LOCATION_TYPE_ONLINE,
        status=pb.APPOINTMENT_STATUS_SCHEDULED,
    )


@pytest.mark.parametrize("start", [-80, -71, -70, -69, 0, 79, 80, 89, 90, 91])
async def test_a_check_says_what_a_booking_of_the_same_service_would(member, start):
    """The appointment that is there needs 10 minutes before and 20 after, and so does the one that is asked about."""
    service_id = await member.offer(before=10, after=20)
    booked = await member.book(service_id=service_id)

    told = await member.conflicts(NINE + minutes(start), service_id=service_id)

    refused: list[str] = []
    try:
        await member.book(service_id=service_id, scheduled_start=NINE + minutes(start))
    except Conflict as refusal:
        refused = [conflict["id"] for conflict in refusal.facts["conflicting_appointments"]]
    assert told == refused
    assert (told == [booked.id]) == (-90 < start < 90)


async def test_a_check_of_a_move_takes_the_buffers_that_the_move_would(member):
    service_id = await member.offer(before=10, after=20)
    moved = await member.book(service_id=service_id)
    other = await member.book(scheduled_start=NINE + minutes(300))
    # Withdrawn, so that nobody else can book it; the appointment keeps it.
    await member.withdraw(service_id)

    assert await member.conflicts(NINE + minutes(221), exclude_appointment_id=moved.id) == [other.id]
    assert await member.conflicts(NINE + minutes(220), exclude_appointment_id=moved.id) == []
    with pytest.raises(Conflict):
        await member.move(moved, NINE + minutes(221))
    await member.move(moved, NINE + minutes(220))


async def test_a_check_for_a_service_that_is_not_offered_is_refused_as_its_booking_is(member):
    service_id = await member.offer()
    await member.withdraw(service_id)

    for unknown in (service_id, str(uuid7())):
        with pytest.raises(NotFound) as refused:
            await member.conflicts(NINE, service_id=unknown)
        assert refused.value.code == "service_not_found"


async def test_a_check_of_an_invalid_period_is_refused(member):
    with pytest.raises(Invalid):
        await member.conflicts(NINE, -5)
    with pytest.raises(Invalid) as refused:
        await member.stub.CheckConflicts(pb.CheckConflictsRequest(), member.call)
    assert [fault.pointer for fault in refused.value.faults] == ["/scheduled_start", "/scheduled_end"]


async def test_a_conflict_at_the_maximum_length_and_buffers_is_found(member):
    """The search covers a limited range of starts. Conflicting appointments cannot start further apart than these."""
    service_id = await member.offer(before=240, after=240)
    first = await member.book(service_id=service_id, scheduled_end=NINE + minutes(1440))
    start = NINE + minutes(1440 + 479)

    with pytest.raises(Conflict) as refused:
        await member.book(service_id=service_id, scheduled_start=start)
    assert conflict_ids(refused) == [first.id]
    over = await member.book(service_id=service_id, scheduled_start=start, scheduled_end=start + minutes(1440), allow_conflict=True)
    await member.change(first, status="cancelled")
    with pytest.raises(Conflict) as refused:
        await member.book(service_id=service_id, scheduled_end=NINE + minutes(1440))
    assert conflict_ids(refused) == [over.id]


async def test_a_check_for_an_unknown_practitioner_is_refused(member):
    with pytest.raises(NotFound):
        await member.conflicts(NINE, practitioner_id=str(uuid7()))


def when_of(appointment):
    from chassis.protobuf.timestamps import to_datetime

    return to_datetime(appointment.scheduled_start), to_datetime(appointment.scheduled_end)

"""Working hours, holidays and free slots, called over gRPC."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import availability_pb2 as pb
from caseload.scheduling.v1 import holidays_pb2, slots_pb2
from caseload.scheduling.v1.availability_rpc import AvailabilityStub
from caseload.scheduling.v1.holidays_rpc import HolidaysStub
from caseload.scheduling.v1.slots_rpc import FreeSlotsStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from chassis.protobuf.timestamps import to_datetime
from chassis.rpc.client.attempts import InternalFault
from identity.roles import SCOPES_BY_ROLE

MONDAY = datetime(2031, 3, 3, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NINE_TO_FIVE = [{"weekday": weekday, "start": "09:00", "end": "17:00"} for weekday in range(5)]


@pytest.fixture
def practitioner(member):
    """The owner, who treats."""
    return replace(member, user_id=member.owner_id, scopes=SCOPES_BY_ROLE["owner"])


async def colleague(member, role):
    request = users_pb2.CreateUserRequest(email=f"{uuid7().hex}@example.com", full_name="Grace Hopper", role=role)
    user = await member.environment.stub(UsersStub).CreateUser(request, member.call)
    return replace(member, user_id=UUID(user.id))


async def set_hours(member, practitioner_id=None, *, weekly=NINE_TO_FIVE, **fields):
    request = {"time_zone": "UTC", "workspace_time_zone": "Europe/London", "practitioner_id": str(practitioner_id or member.user_id)}
    message = pb.SetAvailabilityRequest(**{**request, "weekly": weekly, **fields})
    return await member.environment.stub(AvailabilityStub).SetAvailability(message, member.call)


async def get_hours(member, practitioner_id=None):
    request = pb.GetAvailabilityRequest(practitioner_id=str(practitioner_id or member.user_id), time_zone="Europe/London")
    return await member.environment.stub(AvailabilityStub).GetAvailability(request, member.call)


async def slots(member, *, days=1, since=MONDAY, **fields):
    """The starts of free slots, as hours after Monday's midnight."""
    request = slots_pb2.ListFreeSlotsRequest(**{"since": since, "until": since + days * DAY, "time_zone": "Europe/London", **fields})
    stub = member.environment.stub(FreeSlotsStub)
    listed = [to_datetime(slot.start).timestamp() for slot in (await stub.ListFreeSlots(request, member.call)).items]
    request.as_numbers = True
    found = await stub.ListFreeSlots(request, member.call)
    assert list(found.starts) == listed
    return [(seconds - MONDAY.timestamp()) / HOUR.total_seconds() for seconds in found.starts]


async def add_holiday(member, day="2031-03-03", name="Founders' day"):
    return await member.environment.stub(HolidaysStub).AddHoliday(holidays_pb2.AddHolidayRequest(date=day, name=name), member.call)


async def holidays(member, **fields):
    page = await member.environment.stub(HolidaysStub).ListHolidays(holidays_pb2.ListHolidaysRequest(**fields), member.call)
    return [(holiday.date, holiday.name) for holiday in page.items], page.total


async def copy_holidays(member, **fields):
    request = holidays_pb2.AddPublicHolidaysRequest(**{"country": "DE", "subdivision": "BY", "year": 2031, **fields})
    return await member.environment.stub(HolidaysStub).AddPublicHolidays(request, member.call)


# ---- working hours


async def test_hours_are_kept_as_they_were_set_and_replaced_as_a_whole(practitioner):
    nothing = await get_hours(practitioner)
    assert (nothing.time_zone, nothing.version, list(nothing.weekly)) == ("Europe/London", 0, [])

    days = [{"date": "2031-03-04", "kind": pb.EXCEPTION_KIND_OFF, "note": "Conference"}]
    kept = await set_hours(practitioner, exceptions=days, notice_minutes=90, slot_step_minutes=30)
    assert (kept.time_zone, kept.version, kept.notice_minutes, kept.slot_step_minutes) == ("UTC", 1, 90, 30)
    assert [(hours.weekday, hours.start, hours.end) for hours in kept.weekly] == [(day, "09:00", "17:00") for day in range(5)]
    assert [day.note for day in kept.exceptions] == ["Conference"]
    assert await get_hours(practitioner) == kept

    replaced = await set_hours(practitioner, weekly=[], time_zone=None)
    assert (replaced.time_zone, replaced.version, replaced.slot_step_minutes) == ("Europe/London", 2, 15)
    assert (list(replaced.weekly), list(replaced.exceptions)) == ([], [])
    assert [line.resource_id for line in await practitioner.audited("set_availability")] == [str(practitioner.user_id)] * 2


async def test_hours_that_are_wrong_change_nothing_and_every_fault_is_named(practitioner):
    kept = await set_hours(practitioner)
    wrong = [{"weekday": 7, "start": "09:00", "end": "17:00"}, {"weekday": 1, "start": "9", "end": "25:00"}]
    days = [{"date": "2031-02-30", "kind": pb.EXCEPTION_KIND_OPEN}]
    with pytest.raises(Invalid) as refused:
        await set_hours(practitioner, weekly=wrong, exceptions=days, time_zone="Mars/Olympus")

    assert refused.value.code == "availability_invalid"
    assert [fault.pointer for fault in refused.value.faults] == [
        "/time_zone", "/weekly/0/weekday", "/weekly/1/start", "/weekly/1/end", "/exceptions/0/date", "/exceptions/0/start", "/exceptions/0/end",
    ]  # fmt: skip
    assert await get_hours(practitioner) == kept


async def test_hours_that_have_changed_since_are_not_replaced(practitioner):
    await set_hours(practitioner, expected_version=0)
    second = await set_hours(practitioner, expected_version=1)
    for seen in (0, 1):
        with pytest.raises(Stale):
            await set_hours(practitioner, weekly=[], expected_version=seen)
    assert await get_hours(practitioner) == second


async def test_of_many_who_set_hours_at_once_each_makes_a_version(practitioner):
    made = await asyncio.gather(*(set_hours(practitioner, notice_minutes=minutes) for minutes in range(10)))

    assert sorted(hours.version for hours in made) == list(range(1, 11))
    last = max(made, key=lambda hours: hours.version)
    assert await get_hours(practitioner) == last


async def test_practitioners_set_their_own_hours_and_managers_everybodys(practitioner):
    therapist = (await colleague(practitioner, users_pb2.ROLE_THERAPIST)).only("appointments:read")
    days = [{"date": "2031-03-04", "kind": pb.EXCEPTION_KIND_OFF, "note": "Dentist"}]
    own = await set_hours(therapist, exceptions=days)
    managed = await set_hours(practitioner, therapist.user_id, exceptions=days)

    assert (own.version, managed.version) == (1, 2)
    with pytest.raises(Forbidden):
        await set_hours(therapist, practitioner.user_id)
    assert [day.note for day in (await get_hours(practitioner, therapist.user_id)).exceptions] == ["Dentist"]
    reader = practitioner.colleague().only("appointments:read")
    assert [(day.date, day.note) for day in (await get_hours(reader, therapist.user_id)).exceptions] == [("2031-03-04", "")]


async def test_only_practitioners_of_the_workspace_have_hours_and_slots(practitioner, outsider):
    assistant = await colleague(practitioner, users_pb2.ROLE_ASSISTANT)
    for refused in (set_hours(practitioner, assistant.user_id), slots(practitioner, practitioner_id=str(assistant.user_id))):
        with pytest.raises(Invalid) as refusal:
            await refused
        assert refusal.value.code == "practitioner_does_not_treat"
    for stranger in (outsider.owner_id, uuid7()):
        for refused in (
            set_hours(practitioner, stranger),
            get_hours(practitioner, stranger),
            slots(practitioner, practitioner_id=str(stranger)),
        ):
            with pytest.raises(NotFound):
                await refused
    therapist = await colleague(practitioner, users_pb2.ROLE_THERAPIST)
    gone = users_pb2.DeactivateUserRequest(user_id=str(therapist.user_id))
    await practitioner.environment.stub(UsersStub).DeactivateUser(gone, practitioner.call)
    with pytest.raises(Invalid) as refusal:
        await set_hours(practitioner, therapist.user_id)
    assert refusal.value.code == "practitioner_inactive"


async def test_why_somebody_is_away_is_sealed_and_does_not_open_when_it_is_forged(practitioner):
    await set_hours(practitioner, exceptions=[{"date": "2031-03-04", "kind": pb.EXCEPTION_KIND_OFF, "note": "Rosebud canary"}])
    key = practitioner.workspace_id, practitioner.user_id
    async with practitioner.environment.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM scheduling.availability WHERE workspace_id = $1 AND practitioner_id = $2", *key)
        assert "osebud" not in repr(dict(row))
        await connection.execute(
            "UPDATE scheduling.availability SET notice_minutes = 1 WHERE workspace_id = $1 AND practitioner_id = $2", *key
        )
    with pytest.raises(InternalFault):
        await get_hours(practitioner)


# ---- holidays


async def test_holidays_are_listed_by_date_and_deleted(practitioner):
    later, sooner = await add_holiday(practitioner, "2031-12-24", "  Christmas Eve "), await add_holiday(practitioner)
    assert await holidays(practitioner) == ([("2031-03-03", "Founders' day"), ("2031-12-24", "Christmas Eve")], 2)
    assert await holidays(practitioner, start_date="2031-03-04", end_date="2031-12-24") == ([("2031-12-24", "Christmas Eve")], 1)
    assert await holidays(practitioner, page=2, page_size=1) == ([("2031-12-24", "Christmas Eve")], 2)
    with pytest.raises(Conflict) as refused:
        await add_holiday(practitioner)
    assert refused.value.code == "holiday_exists"

    stub = practitioner.environment.stub(HolidaysStub)
    await stub.DeleteHoliday(holidays_pb2.DeleteHolidayRequest(holiday_id=sooner.id), practitioner.call)
    assert await holidays(practitioner) == ([(later.date, later.name)], 1)
    with pytest.raises(NotFound):
        await stub.DeleteHoliday(holidays_pb2.DeleteHolidayRequest(holiday_id=sooner.id), practitioner.call)


async def test_public_holidays_are_copied_with_the_librarys_version_and_differences_are_told(practitioner):
    copied = await copy_holidays(practitioner)
    assert len(copied.added) == 12
    assert ("2031-01-06", "Heilige Drei Könige", "DE", "BY") in {(day.date, day.name, day.country, day.subdivision) for day in copied.added}
    assert {bool(day.source_version) for day in copied.added} == {True}
    async with practitioner.environment.superuser() as connection:
        await connection.execute(
            "UPDATE scheduling.holidays SET name = 'Neujahrstag' WHERE workspace_id = $1 AND date = '2031-01-01'", practitioner.workspace_id
        )

    again = await copy_holidays(practitioner)
    assert ([day.name for day in again.added], len(again.unchanged), [day.name for day in again.outdated]) == (
        ["Neujahr"],
        11,
        ["Neujahrstag"],
    )
    assert len((await copy_holidays(practitioner, subdivision=None, country="FR")).added) == 11


@pytest.mark.parametrize(
    ("wrong", "pointer"), [({"country": "XX"}, "/country"), ({"subdivision": "XX"}, "/subdivision"), ({"year": 1999}, "/year")]
)
async def test_unknown_public_holidays_are_refused(practitioner, wrong, pointer):
    with pytest.raises(Invalid) as refused:
        await copy_holidays(practitioner, **wrong)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert await holidays(practitioner) == ([], 0)


async def test_holidays_are_of_one_workspace_and_set_by_those_who_manage_it(practitioner, outsider):
    kept = await add_holiday(practitioner)
    stub, request = practitioner.environment.stub(HolidaysStub), holidays_pb2.DeleteHolidayRequest(holiday_id=kept.id)
    assert await holidays(outsider) == ([], 0)
    with pytest.raises(NotFound):
        await stub.DeleteHoliday(request, outsider.call)
    reader = practitioner.only("catalogue:read", "appointments:write")
    for refused in (add_holiday(reader, "2031-03-04"), copy_holidays(reader), stub.DeleteHoliday(request, reader.call)):
        with pytest.raises(Forbidden):
            await refused
    assert (await holidays(reader))[1] == 1


# ---- free slots


async def test_slots_are_working_hours_without_what_the_practitioner_is_busy_with(practitioner):
    await set_hours(practitioner, slot_step_minutes=60)
    assert await slots(practitioner, days=2) == [*range(9, 17), *range(33, 41)]

    own = {"practitioner_id": str(practitioner.user_id)}
    booked = await practitioner.book(scheduled_start=MONDAY + 10 * HOUR, **own)
    await practitioner.book(scheduled_start=MONDAY + 13.5 * HOUR, **own)
    other = await colleague(practitioner, users_pb2.ROLE_THERAPIST)
    await practitioner.book(scheduled_start=MONDAY + 16 * HOUR, practitioner_id=str(other.user_id))
    assert await slots(practitioner) == [9, 11, 12, 15, 16]
    await practitioner.change(booked, status="cancelled")
    assert await slots(practitioner) == [9, 10, 11, 12, 15, 16]


async def test_a_slot_is_as_long_as_the_service_and_its_buffers_are_free(practitioner):
    await set_hours(practitioner, slot_step_minutes=30)
    massage = {"service_id": await practitioner.offer(before=30, after=30, default_duration_minutes=90)}
    await practitioner.book(scheduled_start=MONDAY + 12 * HOUR, practitioner_id=str(practitioner.user_id))

    assert await slots(practitioner, **massage) == [9, 9.5, 10, 13.5, 14, 14.5, 15, 15.5]
    assert await slots(practitioner, **massage, duration_minutes=120) == [9, 9.5, 13.5, 14, 14.5, 15]
    await practitioner.withdraw(massage["service_id"])
    with pytest.raises(NotFound):
        await slots(practitioner, **massage)


async def test_what_is_offered_can_be_booked_and_what_is_not_offered_cannot(practitioner):
    """The same verdict as the check before a booking, around appointments with buffers of their own."""
    await set_hours(practitioner, slot_step_minutes=15)
    own = {"practitioner_id": str(practitioner.user_id)}
    service = await practitioner.offer(before=10, after=20, default_duration_minutes=45)
    for start in (10, 13.25):
        await practitioner.book(scheduled_start=MONDAY + start * HOUR, service_id=service, **own)
    free = await slots(practitioner, service_id=service)

    for quarter in range(9 * 4, 16 * 4 + 2):
        start = MONDAY + quarter * HOUR / 4
        conflicts = await practitioner.conflicts(start, 45, service_id=service, **own)
        assert (quarter / 4 in free) == (not conflicts)


async def test_holidays_and_days_off_have_no_slots_unless_they_are_opened(practitioner):
    days = [
        {"date": "2031-03-03", "kind": pb.EXCEPTION_KIND_OPEN, "start": "10:00", "end": "12:00"},
        {"date": "2031-03-05", "kind": pb.EXCEPTION_KIND_OFF},
        {"date": "2031-03-06", "kind": pb.EXCEPTION_KIND_OFF, "start": "09:00", "end": "15:00"},
    ]
    await set_hours(practitioner, exceptions=days, slot_step_minutes=60)
    await add_holiday(practitioner)
    await add_holiday(practitioner, "2031-03-04")

    assert await slots(practitioner, days=4) == [10, 11, 72 + 15, 72 + 16]


async def test_a_night_has_slots_on_both_days_and_in_the_practitioners_zone(practitioner):
    nights = [{"weekday": 6, "start": "22:00", "end": "02:00"}]
    await set_hours(practitioner, weekly=nights, time_zone="America/New_York", slot_step_minutes=60)

    assert await slots(practitioner) == [3, 4, 5, 6]
    assert await slots(practitioner, since=MONDAY + 5 * HOUR) == [5, 6]


async def test_nothing_is_offered_before_the_notice_is_over(practitioner):
    await set_hours(practitioner, weekly=[{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(7)], notice_minutes=24 * 60)
    now = datetime.now(UTC)
    found = await slots(practitioner, since=now - DAY, days=3)

    assert now + DAY <= MONDAY + min(found) * HOUR < now + DAY + HOUR


async def test_slots_of_too_many_days_are_refused(practitioner):
    with pytest.raises(Invalid) as refused:
        await slots(practitioner, days=43)
    assert refused.value.code == "range_invalid"

"""Time off is in the way of whoever books, as an appointment is."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caseload.scheduling.v1 import availability_pb2, holds_pb2
from caseload.scheduling.v1.availability_rpc import AvailabilityStub
from caseload.scheduling.v1.holds_rpc import HoldsStub
from chassis.errors import Conflict

from .conftest import NINE, Member, minutes

HOUR = timedelta(hours=1)
DAY = "2031-03-03"


@pytest.fixture
def practitioner(member: Member) -> Member:
    """The owner, who treats."""
    return replace(member, user_id=member.owner_id)


async def be_away(member: Member, *off: tuple[str, str] | str, zone: str = "UTC") -> None:
    """Sets the days and hours off: dates, and hours of the day that all tests are about."""
    days = [{"date": day} if isinstance(day, str) else {"date": DAY, "start": day[0], "end": day[1]} for day in off]
    exceptions = [{**day, "kind": availability_pb2.EXCEPTION_KIND_OFF} for day in days]
    request = availability_pb2.SetAvailabilityRequest(
        practitioner_id=str(member.user_id), time_zone=zone, workspace_time_zone="UTC", exceptions=exceptions
    )
    await member.environment.stub(AvailabilityStub).SetAvailability(request, member.call)


async def rows(member: Member) -> list[tuple[str, datetime, datetime, bool]]:
    async with member.environment.superuser() as connection:
        found = await connection.fetch(
            "SELECT owner_kind, starts_at, ends_at, overbooked FROM scheduling.busy_periods"
            " WHERE workspace_id = $1 AND resource_kind = 'practitioner' ORDER BY starts_at, owner_kind",
            member.workspace_id,
        )
    return [tuple(row) for row in found]


def told(refused: pytest.ExceptionInfo[Conflict]) -> list[tuple[str, str, str]]:
    assert refused.value.code == "appointment_conflict"
    facts = refused.value.facts["conflicting_appointments"]
    return [(conflict["status"], conflict["scheduled_start"], conflict["scheduled_end"]) for conflict in facts]


async def test_a_booking_in_time_off_is_refused_as_the_check_says_and_may_be_overbooked(practitioner):
    await be_away(practitioner, ("09:30", "10:00"), ("11:00", "12:00"))
    said = await practitioner.conflicts(NINE, 150)

    with pytest.raises(Conflict) as refused:
        await practitioner.book(scheduled_end=NINE + minutes(150))
    assert refused.value.message == "The practitioner is away at that time."
    assert told(refused) == [
        ("time_off", "2031-03-03T09:30:00Z", "2031-03-03T10:00:00Z"),
        ("time_off", "2031-03-03T11:00:00Z", "2031-03-03T12:00:00Z"),
    ]
    assert [conflict["id"] for conflict in refused.value.facts["conflicting_appointments"]] == said
    over = await practitioner.book(scheduled_end=NINE + minutes(150), allow_conflict=True)
    assert over.overbooked
    [line] = [line for line in await practitioner.audited("book_appointment") if line.resource_id == over.id]
    assert dict(line.facts) == {"overbooked": "true", "clashes": "2", "resources": "practitioner", "overbooking_reason": "none"}
    # What touches is free.
    assert not (await practitioner.book(scheduled_start=NINE + 3 * HOUR)).overbooked


async def test_a_leave_of_weeks_is_found_and_days_are_those_of_the_practitioners_clocks(practitioner):
    await be_away(practitioner, *(f"2031-03-{day:02}" for day in range(3, 25)), zone="America/New_York")

    assert await rows(practitioner) == [("time_off", datetime(2031, 3, 3, 5, tzinfo=UTC), datetime(2031, 3, 25, 4, tzinfo=UTC), False)]
    assert len(await practitioner.conflicts(datetime(2031, 3, 24, 9, tzinfo=UTC))) == 1
    assert await practitioner.conflicts(datetime(2031, 3, 3, 4, tzinfo=UTC)) == []
    with pytest.raises(Conflict):
        request = holds_pb2.HoldSlotRequest(start=NINE, service_id=await practitioner.offer())
        await practitioner.environment.stub(HoldsStub).HoldSlot(request, practitioner.call)


async def test_what_is_booked_stays_when_its_practitioner_is_away(practitioner):
    booked = await practitioner.book()
    await be_away(practitioner, DAY)

    assert [(kind, overbooked) for kind, _, _, overbooked in await rows(practitioner)] == [("time_off", True), ("appointment", False)]
    kept = await practitioner.change(booked, notes="Bring shoes")
    assert not (await practitioner.move(kept, NINE, 45)).overbooked
    with pytest.raises(Conflict) as refused:
        await practitioner.move(kept, NINE + HOUR)
    assert [kind for kind, _, _ in told(refused)] == ["time_off"]
    await practitioner.delete(booked)
    with pytest.raises(Conflict):
        await practitioner.book()


async def test_time_off_is_replaced_with_the_hours(practitioner):
    await be_away(practitioner, DAY, "2031-03-05")
    await be_away(practitioner, "2031-03-05")
    assert [start.day for _, start, _, _ in await rows(practitioner)] == [5]

    await practitioner.book()
    await be_away(practitioner)
    assert [kind for kind, *_ in await rows(practitioner)] == ["appointment"]


async def test_of_bookings_and_time_off_at_the_same_moment_no_two_overlap_unnoticed(practitioner):
    """Whichever is first, the other one is overbooked or refused."""
    client = await practitioner.new_client()

    async def book(number: int) -> bool:
        start = NINE + number * HOUR
        try:
            await practitioner.book(client_id=client, scheduled_start=start)
        except Conflict:
            return False
        return True

    for _ in range(3):
        booked, *_ = await asyncio.gather(asyncio.gather(*map(book, range(8))), be_away(practitioner, ("08:00", "18:00")))
        kinds = [(kind, overbooked) for kind, _, _, overbooked in await rows(practitioner)]
        assert kinds.count(("appointment", False)) == len(kinds) - 1
        assert ("time_off", len(kinds) > 1) in kinds
        for row in (await practitioner.page()).items:
            await practitioner.delete(row)
        await be_away(practitioner)
    assert len(booked) == 8

"""Slots that are held while an appointment is agreed on."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import holds_pb2
from caseload.scheduling.v1.holds_rpc import HoldsStub
from chassis.errors import Conflict, Invalid, NotFound, Refusal, TooMany
from chassis.protobuf.timestamps import to_datetime
from scheduling.slot_holds import rules

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_a_slot_that_is_over_is_not_held():
    assert rules.check_start(NINE, now=NINE) == NINE
    for start, code in ((None, "slot_required"), (NINE - timedelta(microseconds=1), "slot_over")):
        with pytest.raises(Invalid) as refused:
            rules.check_start(start, now=NINE)
        assert refused.value.code == code


def test_nobody_holds_more_than_ten_slots():
    rules.check_number(rules.MAX_HOLDS - 1)
    with pytest.raises(TooMany):
        rules.check_number(rules.MAX_HOLDS)
    assert (10, minutes(5)) == (rules.MAX_HOLDS, rules.HELD_FOR)


async def hold(member, service_id, start=NINE, practitioner=None):
    request = holds_pb2.HoldSlotRequest(service_id=service_id, start=start, practitioner_id=practitioner)
    return await member.environment.stub(HoldsStub).HoldSlot(request, member.call)


async def release(member, held):
    await member.environment.stub(HoldsStub).ReleaseHold(holds_pb2.ReleaseHoldRequest(hold_id=held.hold_id), member.call)


async def lapse(member):
    """Five minutes pass for the holds of the workspace."""
    async with member.environment.superuser() as connection:
        await connection.execute(
            "UPDATE scheduling.busy_periods SET expires_at = now() - interval '1 second' WHERE owner_kind = 'hold' AND workspace_id = $1",
            member.workspace_id,
        )


@pytest.fixture
async def owner(member):
    """Somebody whom others can name as the practitioner."""
    from dataclasses import replace

    return replace(member, user_id=member.owner_id)


async def test_what_is_held_is_in_the_way_of_others_with_its_buffers_and_not_of_its_holder(owner):
    service_id, desk = await owner.offer(before=10, after=20), owner.colleague()
    held = await hold(owner, service_id)

    left = to_datetime(held.expires_at) - datetime.now(UTC)
    assert minutes(4) < left <= minutes(5)
    with pytest.raises(Conflict) as refused:
        await desk.book(practitioner_id=str(owner.user_id), scheduled_start=NINE + minutes(79))
    [conflict] = refused.value.facts["conflicting_appointments"]
    assert (conflict["id"], conflict["status"], conflict["client_id"]) == (held.hold_id, "hold", "")
    assert await desk.conflicts(NINE, practitioner_id=str(owner.user_id)) == [held.hold_id]
    assert await owner.conflicts(NINE) == []
    # The holder books it without naming the hold, too.
    await owner.book()
    with pytest.raises(NotFound):
        await release(owner, held)


async def test_a_held_slot_is_booked_once_by_its_holder(owner):
    service_id, desk = await owner.offer(), owner.colleague()
    held = await hold(desk, service_id, practitioner=str(owner.user_id))
    booking = {"practitioner_id": str(owner.user_id), "hold_id": held.hold_id}

    with pytest.raises(NotFound) as refused:
        await owner.book(hold_id=held.hold_id)
    assert refused.value.code == "hold_lapsed"
    assert (await desk.book(**booking)).version == 1
    for again in (booking, {**booking, "hold_id": str(uuid7()), "scheduled_start": NINE + minutes(300)}):
        with pytest.raises(NotFound) as refused:
            await desk.book(**again)
        assert refused.value.code == "hold_lapsed"


async def test_a_hold_that_has_lapsed_is_in_nobodys_way_and_books_nothing(owner):
    service_id, desk = await owner.offer(), owner.colleague()
    held = await hold(desk, service_id, practitioner=str(owner.user_id))
    await lapse(owner)

    assert await owner.conflicts(NINE) == []
    with pytest.raises(NotFound) as refused:
        await desk.book(practitioner_id=str(owner.user_id), hold_id=held.hold_id)
    assert refused.value.code == "hold_lapsed"
    with pytest.raises(NotFound):
        await release(desk, held)
    assert not (await owner.book()).overbooked


async def test_a_released_slot_is_free_at_once_and_is_its_holders_to_release(owner, outsider):
    service_id, desk = await owner.offer(), owner.colleague()
    held = await hold(owner, service_id)
    for stranger in (desk, outsider):
        with pytest.raises(NotFound):
            await release(stranger, held)

    await release(owner, held)
    again = await hold(desk, service_id, practitioner=str(owner.user_id))
    assert again.hold_id != held.hold_id


async def test_a_taken_slot_is_not_held_and_ones_own_hold_is_replaced(owner):
    service_id = await owner.offer()
    booked = await owner.book()
    with pytest.raises(Conflict) as refused:
        await hold(owner, service_id, NINE + minutes(30))
    assert [conflict["id"] for conflict in refused.value.facts["conflicting_appointments"]] == [booked.id]

    first = await hold(owner, service_id, NINE + minutes(60))
    second = await hold(owner, service_id, NINE + minutes(90))
    with pytest.raises(NotFound):
        await release(owner, first)
    await release(owner, second)


async def test_of_many_who_hold_one_slot_at_once_one_does_and_nobody_holds_too_many(owner):
    service_id = await owner.offer()
    desks = [owner.colleague() for _ in range(8)]

    async def attempt(who, start=NINE):
        try:
            return await hold(who, service_id, start, str(owner.user_id))
        except Refusal as refusal:
            return refusal.code

    outcomes = await asyncio.gather(*(attempt(desk) for desk in desks))
    assert sum(not isinstance(outcome, str) for outcome in outcomes) == 1
    assert {outcome for outcome in outcomes if isinstance(outcome, str)} == {"appointment_conflict"}

    desk = owner.colleague()
    many = await asyncio.gather(*(attempt(desk, NINE + timedelta(days=1, hours=n)) for n in range(14)))
    assert sorted(outcome for outcome in many if isinstance(outcome, str)) == ["too_many_holds"] * 4
    async with owner.environment.superuser() as connection:
        assert await connection.fetchval("SELECT count(*) FROM scheduling.busy_periods WHERE held_by = $1", UUID(str(desk.user_id))) == 10


async def test_a_slot_of_a_service_or_practitioner_that_there_is_not_is_not_held(owner):
    with pytest.raises(NotFound):
        await hold(owner, str(uuid7()))
    with pytest.raises(NotFound):
        await hold(owner, await owner.offer(), practitioner=str(uuid7()))

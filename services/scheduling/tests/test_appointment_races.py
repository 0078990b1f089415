"""Whoever asks at once, and however often: no time is ever given twice unawares, and every refusal says why."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.errors import Conflict, Refusal, Unavailable
from scheduling.appointments import store

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
WRITERS = 16


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


async def attempt(work):
    """What came of it: the appointment, or the refusal."""
    try:
        return await work
    except Refusal as refusal:
        return refusal


def sorted_out(outcomes):
    """The appointments, and the refusals, every one of which must be a conflict that names what is in the way."""
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert [refusal.code for refusal in refusals] == ["appointment_conflict"] * len(refusals)
    assert all(refusal.facts["conflicting_appointments"] for refusal in refusals)
    return [outcome for outcome in outcomes if not isinstance(outcome, Refusal)], refusals


async def test_sixteen_writers_never_book_an_hour_twice(desk):
    chance = random.Random(7)

    async def writer():
        starts = [NINE + minutes(5 * chance.randrange(72)) for _ in range(12)]
        return [await attempt(desk.book(scheduled_start=s, scheduled_end=s + minutes(chance.choice((15, 30, 45))))) for s in starts]

    outcomes = [outcome for written in await asyncio.gather(*(writer() for _ in range(WRITERS))) for outcome in written]
    booked, refused = sorted_out(outcomes)

    assert len(booked) >= 8
    assert len(refused) >= 100, "they did not get in each other's way"
    assert await desk.double_bookings() == 0
    assert (await desk.page()).total == len(booked)
    told = await desk.house.emitted(events_pb2.AppointmentBooked, desk.workspace_id)
    assert {event.appointment_id for event in told} == {appointment.id for appointment in booked}
    assert len(told) == len(booked)


async def test_one_hour_goes_to_one_of_sixteen_and_the_others_hear_to_whom(desk):
    booked, refused = sorted_out(await asyncio.gather(*(attempt(desk.book()) for _ in range(WRITERS))))

    assert len(booked) == 1
    assert {clash["id"] for refusal in refused for clash in refusal.facts["conflicting_appointments"]} == {booked[0].id}
    assert len(refused) == WRITERS - 1


async def test_of_many_moves_onto_one_hour_one_arrives_and_the_others_stay(desk):
    lined_up = [await desk.book(scheduled_start=NINE + minutes(60 * (hour + 2))) for hour in range(8)]

    moved, refused = sorted_out(await asyncio.gather(*(attempt(desk.move(appointment, NINE)) for appointment in lined_up)))

    assert len(moved) == 1
    assert len(refused) == len(lined_up) - 1
    assert await desk.double_bookings() == 0
    stayed = [appointment for appointment in lined_up if appointment.id != moved[0].id]
    assert [await desk.get(appointment.id) for appointment in stayed] == stayed
    assert len(await desk.house.emitted(events_pb2.AppointmentMoved, desk.workspace_id)) == 1


async def test_two_who_would_swap_places_are_both_refused(desk):
    one, two = await desk.book(), await desk.book(scheduled_start=NINE + minutes(60))
    for _ in range(5):
        moved, refused = sorted_out(await asyncio.gather(attempt(desk.move(one, NINE + minutes(60))), attempt(desk.move(two, NINE))))

        assert moved == []
        assert [[clash["id"] for clash in refusal.facts["conflicting_appointments"]] for refusal in refused] == [[two.id], [one.id]]


async def test_bookings_moves_and_reopenings_at_once_never_share_an_hour(desk):
    chance = random.Random(11)
    closed = [await desk.book(scheduled_start=NINE + minutes(30 * n), scheduled_end=NINE + minutes(30 * n + 30)) for n in range(12)]
    for appointment in closed:
        await desk.change(appointment, status="cancelled")
    movable = [await desk.book(scheduled_start=NINE + minutes(1440 + 60 * n)) for n in range(12)]

    def start():
        return NINE + minutes(15 * chance.randrange(24))

    work = [
        *(attempt(desk.change(appointment, status="scheduled")) for appointment in closed),
        *(attempt(desk.move(appointment, start(), 30)) for appointment in movable),
        *(attempt(desk.book(scheduled_start=(s := start()), scheduled_end=s + minutes(30))) for _ in range(24)),
    ]
    chance.shuffle(work)
    done, refused = sorted_out(await asyncio.gather(*work))

    assert done
    assert refused
    assert await desk.double_bookings() == 0


async def test_a_booking_never_slips_under_an_overbooking(desk):
    """An overbooked hour belongs to it: of a booking and an overbooking at once, the booking comes first or not at all."""
    for round_ in range(12):
        day = NINE + timedelta(days=round_)
        first = await desk.book(scheduled_start=day)
        over, plain = await asyncio.gather(
            attempt(desk.book(scheduled_start=day + minutes(30), allow_conflict=True)),
            attempt(desk.book(scheduled_start=day + minutes(60))),
        )
        assert over.overbooked
        if isinstance(plain, Conflict):
            assert [clash["id"] for clash in plain.facts["conflicting_appointments"]] == [over.id]
        else:
            # It was there before the overbooking, which therefore counted it.
            [line] = [line for line in await desk.audited("book_appointment") if line.resource_id == over.id]
            assert line.facts["clashes"] == "2"
        await desk.delete(first)


async def test_many_overbookings_at_once_leave_one_in_its_turn(desk):
    booked = await asyncio.gather(*(desk.book(allow_conflict=True) for _ in range(WRITERS)))

    assert sum(not appointment.overbooked for appointment in booked) == 1
    assert await desk.double_bookings() == 0


async def test_a_booking_that_waits_for_one_that_fails_gets_the_hour(desk):
    """The hour of an uncommitted booking is neither taken nor free: the database makes the next one wait and see."""
    async with desk.house.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(HALF_DONE, desk.workspace_id, desk.user_id, UUID(desk.client_id), NINE)
        waiting = asyncio.create_task(desk.book())
        await _until_somebody_waits(desk)
        assert not waiting.done()
        await transaction.rollback()

    assert (await waiting).version == 1


async def test_a_booking_that_waits_for_one_that_succeeds_is_refused_with_it(desk):
    async with desk.house.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(HALF_DONE, desk.workspace_id, desk.user_id, UUID(desk.client_id), NINE)
        waiting = asyncio.create_task(desk.book())
        await _until_somebody_waits(desk)
        await transaction.commit()

    with pytest.raises(Conflict) as refused:
        await waiting
    assert len(refused.value.facts["conflicting_appointments"]) == 1


@pytest.mark.parametrize("how", ["book", "move"])
async def test_time_given_back_between_the_refusal_and_its_reasons_is_taken(desk, monkeypatch, how):
    """The database said taken; by the time it is asked by whom, nobody is: so it is tried again, not refused without a reason."""
    first = await desk.book()
    other = await desk.book(scheduled_start=NINE + minutes(120))
    asked = []

    async def called_off_meanwhile(tx, stmt, **params):
        if stmt is store.clashes:
            asked.append(await desk.colleague().change(first, status="cancelled"))
        return await look(tx, stmt, **params)

    look = Transaction.all
    monkeypatch.setattr(Transaction, "all", called_off_meanwhile)
    taken = await (desk.book() if how == "book" else desk.move(other, NINE))

    assert len(asked) == 1
    assert not taken.overbooked
    assert await desk.double_bookings() == 0


async def test_a_calendar_that_never_holds_still_is_given_up_for_now(desk, monkeypatch):
    await desk.book()
    tries = []

    async def nobody_there(tx, stmt, **params):
        if stmt is store.clashes:
            tries.append(stmt)
            return []
        return await look(tx, stmt, **params)

    look = Transaction.all
    monkeypatch.setattr(Transaction, "all", nobody_there)
    with pytest.raises(Unavailable) as refused:
        await desk.book()

    assert refused.value.code == "calendar_busy"
    assert len(tries) == 3
    assert (await desk.page()).total == 1


async def test_one_appointment_changed_by_many_counts_every_change(desk):
    booked = await desk.book()
    await asyncio.gather(*(desk.change(booked, notes=f"Version {n}") for n in range(10)))

    changed = await desk.get(booked.id)
    assert (changed.version, changed.edit_count) == (11, 10)


HALF_DONE = """
INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
    location_type, status, sealed, created_by, created_at, updated_at)
VALUES ($1, gen_random_uuid(), $2, $3, $4, $4::timestamptz + interval '1 hour',
    tstzrange($4, $4::timestamptz + interval '1 hour'), 'clinic', 'scheduled', '', $2, now(), now())
"""


async def _until_somebody_waits(desk):
    """Returns when a statement of the service waits for another transaction."""
    async with asyncio.timeout(5), desk.house.superuser() as connection:
        while not await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'scheduling_app' AND datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.01)

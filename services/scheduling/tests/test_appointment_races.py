"""Concurrent bookings and moves: no double booking is ever made, and every refusal names its conflicts."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import events_pb2
from chassis.db.transaction import Transaction
from chassis.errors import Conflict, Refusal, Unavailable
from scheduling.appointments import store as appointments
from scheduling.busy_periods import store

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
WRITERS = 16


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


async def attempt(work):
    """The appointment or the refusal."""
    try:
        return await work
    except Refusal as refusal:
        return refusal


def appointments_and_refusals(outcomes):
    """The appointments and the refusals. Every refusal has to be a conflict that names the conflicting appointments."""
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert [refusal.code for refusal in refusals] == ["appointment_conflict"] * len(refusals)
    assert all(refusal.facts["conflicting_appointments"] for refusal in refusals)
    return [outcome for outcome in outcomes if not isinstance(outcome, Refusal)], refusals


async def test_sixteen_concurrent_writers_make_no_double_booking(member):
    chance = random.Random(7)

    async def writer():
        starts = [NINE + minutes(5 * chance.randrange(72)) for _ in range(12)]
        return [await attempt(member.book(scheduled_start=s, scheduled_end=s + minutes(chance.choice((15, 30, 45))))) for s in starts]

    outcomes = [outcome for written in await asyncio.gather(*(writer() for _ in range(WRITERS))) for outcome in written]
    booked, refused = appointments_and_refusals(outcomes)

    assert len(booked) >= 8
    assert len(refused) >= 100, "the writers did not conflict"
    assert await member.double_bookings() == 0
    assert (await member.page()).total == len(booked)
    events = await member.environment.emitted(events_pb2.AppointmentBooked, member.workspace_id)
    assert {event.appointment_id for event in events} == {appointment.id for appointment in booked}
    assert len(events) == len(booked)


async def test_of_sixteen_concurrent_bookings_one_succeeds_and_the_others_name_it(member):
    booked, refused = appointments_and_refusals(await asyncio.gather(*(attempt(member.book()) for _ in range(WRITERS))))

    assert len(booked) == 1
    assert {conflict["id"] for refusal in refused for conflict in refusal.facts["conflicting_appointments"]} == {booked[0].id}
    assert len(refused) == WRITERS - 1


async def test_of_several_concurrent_moves_to_one_time_one_succeeds_and_the_others_change_nothing(member):
    lined_up = [await member.book(scheduled_start=NINE + minutes(60 * (hour + 2))) for hour in range(8)]

    moved, refused = appointments_and_refusals(await asyncio.gather(*(attempt(member.move(appointment, NINE)) for appointment in lined_up)))

    assert len(moved) == 1
    assert len(refused) == len(lined_up) - 1
    assert await member.double_bookings() == 0
    stayed = [appointment for appointment in lined_up if appointment.id != moved[0].id]
    assert [await member.get(appointment.id) for appointment in stayed] == stayed
    assert len(await member.environment.emitted(events_pb2.AppointmentMoved, member.workspace_id)) == 1


async def test_two_appointments_moved_to_each_others_time_are_both_refused(member):
    one, two = await member.book(), await member.book(scheduled_start=NINE + minutes(60))
    for _ in range(5):
        moved, refused = appointments_and_refusals(
            await asyncio.gather(attempt(member.move(one, NINE + minutes(60))), attempt(member.move(two, NINE)))
        )

        assert moved == []
        assert [[conflict["id"] for conflict in refusal.facts["conflicting_appointments"]] for refusal in refused] == [[two.id], [one.id]]


async def test_concurrent_bookings_moves_and_reopenings_make_no_double_booking(member):
    chance = random.Random(11)
    closed = [await member.book(scheduled_start=NINE + minutes(30 * n), scheduled_end=NINE + minutes(30 * n + 30)) for n in range(12)]
    for appointment in closed:
        await member.change(appointment, status="cancelled")
    movable = [await member.book(scheduled_start=NINE + minutes(1440 + 60 * n)) for n in range(12)]

    def start():
        return NINE + minutes(15 * chance.randrange(24))

    work = [
        *(attempt(member.change(appointment, status="scheduled")) for appointment in closed),
        *(attempt(member.move(appointment, start(), 30)) for appointment in movable),
        *(attempt(member.book(scheduled_start=(s := start()), scheduled_end=s + minutes(30))) for _ in range(24)),
    ]
    chance.shuffle(work)
    done, refused = appointments_and_refusals(await asyncio.gather(*work))

    assert done
    assert refused
    assert await member.double_bookings() == 0


async def test_a_booking_never_conflicts_with_a_concurrent_overbooking_unnoticed(member):
    """Of a concurrent booking and overbooking, the booking is written first or refused."""
    for round_ in range(12):
        day = NINE + timedelta(days=round_)
        first = await member.book(scheduled_start=day)
        over, plain = await asyncio.gather(
            attempt(member.book(scheduled_start=day + minutes(30), allow_conflict=True)),
            attempt(member.book(scheduled_start=day + minutes(60))),
        )
        assert over.overbooked
        if isinstance(plain, Conflict):
            assert [conflict["id"] for conflict in plain.facts["conflicting_appointments"]] == [over.id]
        else:
            # The booking was written first, so the overbooking counted it as a conflict.
            [line] = [line for line in await member.audited("book_appointment") if line.resource_id == over.id]
            assert line.facts["clashes"] == "2"
        await member.delete(first)


async def test_of_many_concurrent_overbookings_one_is_not_flagged(member):
    booked = await asyncio.gather(*(member.book(allow_conflict=True) for _ in range(WRITERS)))

    assert sum(not appointment.overbooked for appointment in booked) == 1
    assert await member.double_bookings() == 0


async def test_a_booking_that_waits_for_one_that_rolls_back_succeeds(member):
    """A booking waits for the end of an uncommitted one at the same time."""
    async with member.environment.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(UNCOMMITTED_BOOKING, member.workspace_id, member.user_id, UUID(member.client_id), NINE)
        waiting = asyncio.create_task(member.book())
        await _until_a_statement_waits(member)
        assert not waiting.done()
        await transaction.rollback()

    assert (await waiting).version == 1


async def test_a_booking_that_waits_for_one_that_commits_is_refused(member):
    async with member.environment.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(UNCOMMITTED_BOOKING, member.workspace_id, member.user_id, UUID(member.client_id), NINE)
        waiting = asyncio.create_task(member.book())
        await _until_a_statement_waits(member)
        await transaction.commit()

    with pytest.raises(Conflict) as refused:
        await waiting
    assert len(refused.value.facts["conflicting_appointments"]) == 1


@pytest.mark.parametrize("how", ["book", "move"])
async def test_a_conflict_that_is_cancelled_before_it_can_be_named_is_retried(member, monkeypatch, how):
    """The search for the conflicting appointments finds none, because it was cancelled after the constraint refused."""
    first = await member.book()
    other = await member.book(scheduled_start=NINE + minutes(120))
    asked = []

    async def called_off_meanwhile(tx, stmt, **params):
        if stmt is store.conflicts and not asked:
            asked.append(await member.colleague().change(first, status="cancelled"))
        return await look(tx, stmt, **params)

    look = Transaction.all
    monkeypatch.setattr(Transaction, "all", called_off_meanwhile)
    taken = await (member.book() if how == "book" else member.move(other, NINE))

    assert len(asked) == 1
    assert not taken.overbooked
    assert await member.double_bookings() == 0


async def test_a_booking_gives_up_after_four_conflicts_that_cannot_be_named(member, monkeypatch):
    await member.book()
    tries = []

    async def no_conflicts(tx, stmt, **params):
        if stmt is store.conflicts:
            tries.append(stmt)
            return []
        return await look(tx, stmt, **params)

    look = Transaction.all
    monkeypatch.setattr(Transaction, "all", no_conflicts)
    with pytest.raises(Unavailable) as refused:
        await member.book()

    assert refused.value.code == "calendar_busy"
    assert len(tries) == 4
    assert (await member.page()).total == 1


async def test_bookings_that_were_first_in_vain_do_not_wait_for_each_other_in_a_circle(member, monkeypatch):
    """The first finds client and practitioner taken, the second the practitioner alone: of its client's time it had written what it could not keep."""
    client_id = await member.new_client()
    async with member.environment.superuser() as connection:
        await connection.execute(EXPIRED_HOLD, member.workspace_id, member.user_id, NINE)
    elsewhere = await replace(member, user_id=uuid7()).book(client_id=client_id)
    in_vain, go_on = [asyncio.Event(), asyncio.Event()], [asyncio.Event(), asyncio.Event()]
    bookings = iter(range(2))

    async def after_the_first_attempt(tx, stmt, **params):
        row = await ask(tx, stmt, **params)
        if stmt is appointments.book and row is None and (number := next(bookings, None)) is not None:
            in_vain[number].set()
            await go_on[number].wait()
        return row

    ask = Transaction.maybe
    monkeypatch.setattr(Transaction, "maybe", after_the_first_attempt)
    async with asyncio.timeout(20):
        first = asyncio.create_task(attempt(member.book(client_id=client_id)))
        await in_vain[0].wait()
        await member.change(elsewhere, status="cancelled")
        second = asyncio.create_task(attempt(member.book(client_id=client_id)))
        await in_vain[1].wait()
        go_on[0].set()
        await _until_a_statement_waits(member)
        go_on[1].set()
        booked, refused = appointments_and_refusals([await first, await second])

    assert len(booked) == len(refused) == 1
    assert await member.double_bookings() == 0


async def test_concurrent_changes_of_one_appointment_are_all_counted(member):
    booked = await member.book()
    await asyncio.gather(*(member.change(booked, notes=f"Version {n}") for n in range(10)))

    changed = await member.get(booked.id)
    assert (changed.version, changed.edit_count) == (11, 10)


UNCOMMITTED_BOOKING = """
WITH made AS (
    INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
        location_type, status, sealed, created_by, created_at, updated_at)
    VALUES ($1, gen_random_uuid(), $2, $3, $4, $4::timestamptz + interval '1 hour',
        tstzrange($4, $4::timestamptz + interval '1 hour'), 'clinic', 'scheduled', '', $2, now(), now())
    RETURNING *
)
INSERT INTO scheduling.busy_periods (workspace_id, resource_kind, resource_id, starts_at, ends_at, owner_kind, owner_id)
SELECT workspace_id, 'practitioner', practitioner_id, scheduled_start, scheduled_end, 'appointment', id FROM made
"""


EXPIRED_HOLD = """
INSERT INTO scheduling.busy_periods (workspace_id, resource_kind, resource_id, starts_at, ends_at, owner_kind, owner_id, expires_at, held_by)
VALUES ($1, 'practitioner', $2, $3, $3::timestamptz + interval '1 hour', 'hold', gen_random_uuid(), now() - interval '1 minute', gen_random_uuid())
"""


async def _until_a_statement_waits(member):
    """Returns when a statement of the service waits for a lock."""
    async with asyncio.timeout(5), member.environment.superuser() as connection:
        while not await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'scheduling_app' AND datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.01)

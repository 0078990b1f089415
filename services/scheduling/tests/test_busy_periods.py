"""Who and what appointments take, what is in the way of them, and that the calendar and the appointments always agree."""

import asyncio
import os
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from uuid_utils.compat import uuid7

from caseload.clients.v1 import events_pb2 as clients_events
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import appointments_pb2, holds_pb2, locations_pb2, series_pb2, waitlist_pb2
from caseload.scheduling.v1.holds_rpc import HoldsStub
from caseload.scheduling.v1.locations_rpc import LocationsStub
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from chassis.errors import Conflict, Invalid, NotFound, Refusal
from identity.roles import SCOPES_BY_ROLE

from .conftest import YESTERDAY, Member, enum_value, new_member
from .test_time_off import be_away
from .test_waitlist import List

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


async def room(member: Member, kind: str = "clinic", *, is_room: bool = True) -> str:
    request = locations_pb2.CreateLocationRequest(name="Room", location_type=enum_value("location_type", kind), is_room=is_room)
    return (await member.environment.stub(LocationsStub).CreateLocation(request, member.call)).id


async def make_room(member: Member, location_id: str, *, is_room: bool = True) -> None:
    request = locations_pb2.UpdateLocationRequest(location_id=location_id, mask={"paths": ["is_room"]}, is_room=is_room)
    await member.environment.stub(LocationsStub).UpdateLocation(request, member.call)


async def therapist(member: Member) -> Member:
    """A colleague who treats."""
    request = users_pb2.CreateUserRequest(email=f"{uuid7().hex}@example.com", full_name="Grace Hopper", role=users_pb2.ROLE_THERAPIST)
    owner = replace(member, user_id=member.owner_id, scopes=SCOPES_BY_ROLE["owner"])
    return replace(member, user_id=UUID((await member.environment.stub(UsersStub).CreateUser(request, owner.call)).id))


async def taken(member: Member) -> dict[str, list[tuple[str, bool]]]:
    """By appointment: the kinds of what it takes, and whether that is overbooked."""
    async with member.environment.superuser() as connection:
        rows = await connection.fetch(
            "SELECT owner_id, resource_kind, overbooked FROM scheduling.busy_periods WHERE workspace_id = $1 ORDER BY 1, 2",
            member.workspace_id,
        )
    found: dict[str, list[tuple[str, bool]]] = {}
    for row in rows:
        found.setdefault(str(row["owner_id"]), []).append((row["resource_kind"], row["overbooked"]))
    return found


FREE = [("client", False), ("practitioner", False)]


def listed(refused: pytest.ExceptionInfo[Conflict]) -> set[str]:
    assert refused.value.code == "appointment_conflict"
    return {conflict["id"] for conflict in refused.value.facts["conflicting_appointments"]}


async def test_a_room_is_taken_by_one_appointment_at_a_time(member):
    place, colleague, other = await room(member), member.colleague(), await member.new_client()
    first = await member.book(location_id=place)

    with pytest.raises(Conflict) as refused:
        await colleague.book(client_id=other, location_id=place, scheduled_start=NINE + minutes(59))
    assert listed(refused) == {first.id}
    assert refused.value.message == "The room is taken at that time."
    assert await colleague.conflicts(NINE + minutes(59), location_id=place) == [first.id]
    assert await colleague.conflicts(NINE + minutes(59)) == []
    await colleague.book(client_id=other, location_id=place, scheduled_start=NINE + minutes(60))


@pytest.mark.parametrize("kind", ["clinic", "home", "online"])
async def test_where_there_is_no_room_there_may_be_several(member, kind):
    place = await room(member, kind, is_room=False)
    await member.book(location_id=place)

    assert await member.colleague().conflicts(NINE, location_id=place) == []
    await member.colleague().book(client_id=await member.new_client(), location_id=place)


@pytest.mark.parametrize("start", [NINE, YESTERDAY])
async def test_appointments_at_what_becomes_a_room_stay_and_have_it(member, start):
    """Those to come at once, those that are over when they are next changed."""
    place, colleague, other = await room(member, is_room=False), member.colleague(), await member.new_client()
    mine = await member.book(location_id=place, scheduled_start=start)
    theirs = await colleague.book(client_id=other, location_id=place, scheduled_start=start)
    cancelled = await member.book(location_id=place, scheduled_start=start + minutes(60))
    await member.change(cancelled, status="cancelled")
    await make_room(member, place)

    at_once = [[*FREE, ("room", False)], [*FREE, ("room", True)]] if start == NINE else [FREE, FREE]
    found = await taken(member)
    assert ([found[mine.id], found[theirs.id]], cancelled.id in found) == (at_once, False)
    # Within the time that they had there nobody is asked.
    for whose, booked, is_second in ((member, mine, False), (colleague, theirs, True)):
        assert await whose.conflicts(start, 45, exclude_appointment_id=booked.id) == []
        assert not (await whose.move(booked, start, 45)).overbooked
        assert (await taken(member))[booked.id] == [*FREE, ("room", is_second)]
    with pytest.raises(Conflict) as refused:
        await member.colleague().book(client_id=await member.new_client(), location_id=place, scheduled_start=start)
    assert listed(refused) == {mine.id, theirs.id}
    # At another time it is a booking of the room.
    later = start + minutes(15)
    assert await colleague.conflicts(later, exclude_appointment_id=theirs.id) == [mine.id]
    with pytest.raises(Conflict) as refused:
        await colleague.move(theirs, later)
    assert listed(refused) == {mine.id}

    await make_room(member, place, is_room=False)
    assert await colleague.conflicts(later, exclude_appointment_id=theirs.id) == []
    await colleague.move(theirs, later)
    assert (await taken(member))[theirs.id] == FREE
    await make_room(member, place)
    assert await member.conflicts(later, exclude_appointment_id=mine.id) == ([theirs.id] if start == NINE else [])


async def test_every_conflict_is_listed_of_the_practitioner_and_of_the_room(member):
    place, colleague = await room(member), member.colleague()
    mine = await member.book()
    in_room = await colleague.book(client_id=await member.new_client(), location_id=place, scheduled_start=NINE + minutes(30))

    with pytest.raises(Conflict) as refused:
        await member.book(location_id=place, scheduled_start=NINE + minutes(45))
    assert [conflict["id"] for conflict in refused.value.facts["conflicting_appointments"]] == [mine.id, in_room.id]
    assert await member.conflicts(NINE + minutes(45), location_id=place) == [mine.id, in_room.id]


async def test_overbooking_is_of_the_resource_that_is_taken(member):
    place, colleague, other = await room(member), member.colleague(), await member.new_client()
    await colleague.book(client_id=other, location_id=place)
    second = await member.book(location_id=place, allow_conflict=True)

    assert second.overbooked
    assert (await taken(member))[second.id] == [("client", False), ("practitioner", False), ("room", True)]
    [line] = [line for line in await member.audited("book_appointment") if line.resource_id == second.id]
    assert dict(line.facts) == {"overbooked": "true", "clashes": "1", "resources": "room", "overbooking_reason": "none"}
    # Its practitioner is not overbooked, and nobody else gets the time.
    with pytest.raises(Conflict) as refused:
        await member.book(client_id=other)
    assert listed(refused) == {second.id}
    # In another room it is an ordinary one again.
    elsewhere = await member.change(second, location_id=await room(member))
    assert not elsewhere.overbooked


async def test_why_somebody_overbooks_is_sealed_and_shown_for_as_long_as_they_do(member):
    why = "Grace Hopper is in pain"
    free = await member.book(allow_conflict=True, overbooking_reason=why)
    assert (free.overbooked, free.HasField("overbooking_reason")) == (False, False)
    # Nothing is overbooked, so there is nothing to explain, and nothing changes.
    assert (await member.change(free, overbooking_reason=why)).version == 1
    over = await member.book(scheduled_start=NINE + minutes(30), allow_conflict=True, overbooking_reason=why)

    assert (await member.get(over.id)).overbooking_reason == why
    [line] = [line for line in await member.audited("book_appointment") if line.resource_id == over.id]
    assert dict(line.facts) == {"overbooked": "true", "clashes": "1", "resources": "practitioner", "overbooking_reason": "given"}
    other = await member.change(over, overbooking_reason="Asked by the ward")
    assert (other.overbooked, other.overbooking_reason) == (True, "Asked by the ward")
    assert (await member.audited("change_appointment"))[-1].facts["overbooking_reason"] == "given"
    [change] = await member.status_changes(over)
    assert [(each.name, each.before, each.after) for each in change.fields] == [("overbooking_reason", "", "")]
    async with member.environment.superuser() as connection:
        stored = await connection.fetch("SELECT * FROM scheduling.appointments WHERE workspace_id = $1", member.workspace_id)
    assert "pain" not in str([dict(row) for row in stored])

    elsewhere = await member.move(over, NINE + minutes(120))
    assert (elsewhere.overbooked, elsewhere.HasField("overbooking_reason")) == (False, False)
    again = await member.move(over, NINE + minutes(15), allow_conflict=True)
    assert (again.overbooked, again.HasField("overbooking_reason")) == (True, False)
    with pytest.raises(Invalid):
        await member.change(over, overbooking_reason="x" * 2001)


async def test_a_client_may_be_with_two_practitioners_at_once_and_that_is_recorded(member):
    await member.book()
    second = await member.colleague().book(scheduled_start=NINE + minutes(30))

    assert not second.overbooked
    assert (await taken(member))[second.id] == [("client", True), ("practitioner", False)]
    [line] = [line for line in await member.audited("book_appointment") if line.resource_id == second.id]
    assert dict(line.facts) == {"client_overlaps": "1"}


async def test_what_an_appointment_takes_goes_and_comes_with_it(member):
    place = await room(member)
    booked = await member.book(location_id=place)
    assert (await taken(member))[booked.id] == [*FREE, ("room", False)]

    await member.change(booked, notes="Bring shoes")
    assert (await taken(member))[booked.id] == [*FREE, ("room", False)]
    await member.change(booked, location_id=None)
    assert (await taken(member))[booked.id] == FREE
    await member.change(booked, client_id=await member.new_client(), practitioner_id=str(member.owner_id))
    assert (await taken(member))[booked.id] == FREE
    await member.book()
    await member.change(booked, status="cancelled")
    assert booked.id not in await taken(member)
    await member.change(booked, status="scheduled")
    assert (await taken(member))[booked.id] == FREE
    await member.delete(booked)
    assert booked.id not in await taken(member)


async def test_another_client_does_not_make_an_overbooked_appointment_ask_again(member):
    await member.book()
    over = await member.book(scheduled_start=NINE + minutes(30), allow_conflict=True)

    changed = await member.change(over, client_id=await member.new_client())
    assert changed.overbooked
    shorter = await member.move(changed, NINE + minutes(30), 45)
    assert shorter.overbooked
    assert await member.conflicts(NINE + minutes(30), 40, exclude_appointment_id=over.id) == []


async def test_a_check_of_a_move_takes_practitioner_and_room_of_the_appointment(member):
    place, colleague = await room(member), member.colleague()
    mine = await member.book(location_id=place)
    theirs = await colleague.book(client_id=await member.new_client(), location_id=place, scheduled_start=NINE + minutes(120))

    assert await colleague.conflicts(NINE + minutes(90), exclude_appointment_id=mine.id) == [theirs.id]
    assert await colleague.conflicts(NINE + minutes(90), exclude_appointment_id=theirs.id) == []
    assert await colleague.conflicts(NINE + minutes(30), exclude_appointment_id=theirs.id) == [mine.id]
    with pytest.raises(NotFound):
        await colleague.conflicts(NINE, location_id=member.client_id)


async def test_the_time_of_an_erased_client_is_free(member):
    await member.book(location_id=await room(member))
    async with member.environment.runtime("clients").background(member.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=member.client_id))
    await member.environment.settle()

    assert await taken(member) == {}
    await member.book(client_id=await member.new_client())


ACTORS = 16
# How often the calendar of sixteen actors is begun anew.
MACHINES = int(os.environ.get("CASELOAD_CALENDARS", "4"))


class World:
    """Two practitioners, two rooms and two clients, in an hour and a half of five-minute steps."""

    def __init__(self, people: list[Member], rooms: list[str], clients: list[str], service_id: str) -> None:
        self.people, self.rooms, self.clients, self.service_id = people, [None, *rooms], clients, service_id
        self.booked: list[appointments_pb2.Appointment] = []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["book", "book", "overbook", "move", "cancel", "reopen", "delete", "be away"]),
        st.integers(0, 1), st.integers(0, 2), st.integers(0, 1), st.integers(0, 12), st.integers(1, 8), st.booleans(), st.integers(0, 50),
    ),
    min_size=4,
    max_size=14,
)  # fmt: skip


async def step(world: World, action, person, place, client, start, length, with_service, which):
    """Does one thing. A booking and a move are asked about first, and have to come out as they were said to."""
    me = world.people[person]
    at = NINE + minutes(15 * start)
    until = at + minutes(15 * length)
    where = {"location_id": world.rooms[place]}
    service = {"service_id": world.service_id if with_service else None}
    chosen = world.booked[which % len(world.booked)] if world.booked else None
    asked = {name: value for name, value in {**where, **service}.items() if value is not None}
    try:
        if action in {"book", "overbook"}:
            told = set(await me.conflicts(at, 15 * length, **asked))
            fields = {**where, **service, "client_id": world.clients[client], "scheduled_start": at, "scheduled_end": until}
            booked = await me.book(**fields, allow_conflict=action == "overbook")
            assert booked.overbooked == bool(told)
            world.booked.append(booked)
        elif action == "be away":
            await be_away(me, (f"{at:%H:%M}", f"{until:%H:%M}"))
        elif chosen is None:
            return
        elif action == "move":
            now = await me.get(chosen.id)
            told = set(await me.conflicts(at, 15 * length, exclude_appointment_id=chosen.id))
            if now.status != appointments_pb2.APPOINTMENT_STATUS_SCHEDULED:
                told = None
            await me.move(chosen, at, 15 * length)
            assert not told
        elif action == "delete":
            await me.delete(chosen)
            world.booked.remove(chosen)
        else:
            await me.change(chosen, status={"cancel": "cancelled", "reopen": "scheduled"}[action])
    except Conflict as refusal:
        found = {conflict["id"] for conflict in refusal.facts["conflicting_appointments"]}
        assert found
        assert action != "overbook"
        if action in {"book", "move"}:
            assert found == told


async def check_consistent(member: Member) -> None:
    """Appointments and busy periods agree, and of two overlapping periods of a resource one is overbooked."""
    async with member.environment.superuser() as connection:
        overlaps = await connection.fetchval(
            """
            SELECT count(*) FROM scheduling.busy_periods a JOIN scheduling.busy_periods b USING (workspace_id, resource_id)
            WHERE workspace_id = $1 AND (a.starts_at, a.owner_id) < (b.starts_at, b.owner_id)
            AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at AND NOT a.overbooked AND NOT b.overbooked
            """,
            member.workspace_id,
        )
        differences = await connection.fetch(
            """
            WITH expected AS (
                SELECT a.id, t.kind, t.resource_id, t.starts_at, t.ends_at
                FROM scheduling.appointments a LEFT JOIN scheduling.locations l
                    ON l.workspace_id = a.workspace_id AND l.id = a.location_id AND l.is_room,
                LATERAL (VALUES ('practitioner', a.practitioner_id, lower(a.during), upper(a.during)), ('room', l.id, lower(a.during),
                    upper(a.during)), ('client', a.client_id, a.scheduled_start, a.scheduled_end)) t (kind, resource_id, starts_at, ends_at)
                WHERE a.workspace_id = $1 AND a.status IN ('scheduled', 'completed') AND a.deleted_at IS NULL AND t.resource_id IS NOT NULL
            ), found AS (
                SELECT owner_id AS id, resource_kind AS kind, resource_id, starts_at, ends_at FROM scheduling.busy_periods
                WHERE workspace_id = $1 AND owner_kind = 'appointment'
            )
            (SELECT 'lost', * FROM (SELECT * FROM expected EXCEPT SELECT * FROM found) e)
            UNION ALL (SELECT 'left behind', * FROM (SELECT * FROM found EXCEPT SELECT * FROM expected) f)
            """,
            member.workspace_id,
        )
        flags = await connection.fetch(
            """
            SELECT a.id FROM scheduling.appointments a WHERE a.workspace_id = $1 AND a.status IN ('scheduled', 'completed') AND a.deleted_at IS NULL
            AND a.overbooked <> EXISTS (SELECT FROM scheduling.busy_periods b WHERE b.workspace_id = $1 AND b.owner_id = a.id
                AND b.overbooked AND b.resource_kind <> 'client')
            """,
            member.workspace_id,
        )
    assert overlaps == 0
    assert differences == []
    assert flags == []


async def new_world(environment) -> World:
    me = await new_member(environment)
    service_id = await me.offer(before=10, after=20)
    people = [replace(me, user_id=me.owner_id), await therapist(me)]
    return World(people, [await room(me), await room(me)], [await me.new_client(), await me.new_client()], service_id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_a_check_says_what_saving_does_and_the_calendar_stays_consistent(scheduling_environment, steps):
    world = await new_world(scheduling_environment)
    for each in steps:
        await step(world, *each)
    await check_consistent(world.people[0])


async def hold_and_book(world, me, at, chance):
    asked = holds_pb2.HoldSlotRequest(start=at, service_id=world.service_id)
    held = await me.environment.stub(HoldsStub).HoldSlot(asked, me.call)
    what = {"client_id": chance.choice(world.clients), "service_id": world.service_id, "scheduled_start": at}
    world.booked.append(await me.book(**what, hold_id=held.hold_id))


async def recur(world, me, at, chance):
    """Books a series, and has half of them begin a day later."""
    stub = me.environment.stub(AppointmentSeriesStub)
    asked = series_pb2.CreateSeriesRequest(
        client_id=chance.choice(world.clients),
        location_type=enum_value("location_type", "clinic"),
        rrule="FREQ=DAILY;COUNT=3",
        first_start=at - timedelta(days=1),
        time_zone="UTC",
        duration_minutes=15,
        on_conflict=series_pb2.ON_CONFLICT_SKIP,
    )
    made = await stub.CreateSeries(asked, me.call)
    world.booked += [await me.get(each.appointment_id) for each in made.occurrences if each.appointment_id]
    if chance.random() < 0.5:
        scope = {"scope": series_pb2.SERIES_SCOPE_ALL, "mask": {"paths": ["first_start"]}}
        await stub.ChangeSeries(series_pb2.ChangeSeriesRequest(series_id=made.id, first_start=at, **scope), me.call)


async def wait_and_accept(world, me, _at, chance):
    """Somebody joins the waitlist, the worker works, and somebody accepts what is offered."""
    waitlist = List(me)
    await waitlist.join(chance.choice(world.clients), latest=NINE + minutes(600))
    await waitlist.work()
    asked = waitlist_pb2.ListWaitlistRequest(status=waitlist_pb2.WAITLIST_STATUS_OFFERED)
    for entry in list((await waitlist.stub.ListWaitlist(asked, me.call)).items)[:1]:
        await waitlist.accept(entry.id)


BESIDE = {"hold": hold_and_book, "series": recur, "wait": wait_and_accept}


async def act(world: World, kind: str, seed: int) -> str | None:
    """One actor does one thing, where and when the seed says. Returns the code of what refused it, if anything did."""
    chance = random.Random(seed)
    me, at = chance.choice(world.people), NINE + minutes(15 * chance.randrange(24))
    until = at + minutes(15 * chance.randrange(1, 5))
    chosen = chance.choice(world.booked) if world.booked else None
    try:
        match kind:
            case "book" | "overbook":
                fields = {"location_id": chance.choice(world.rooms), "client_id": chance.choice(world.clients)}
                times = {"scheduled_start": at, "scheduled_end": until}
                world.booked.append(await me.book(**fields, **times, allow_conflict=kind == "overbook"))
            case "move" if chosen:
                await me.change(chosen, scheduled_start=at, scheduled_end=until, practitioner_id=str(chance.choice(world.people).user_id))
            case "be away":
                await be_away(me, (f"{at:%H:%M}", f"{until:%H:%M}"))
            case "hold" | "series" | "wait":
                await BESIDE[kind](world, me, at, chance)
            case "place" if chosen:
                await me.change(chosen, location_id=chance.choice(world.rooms), client_id=chance.choice(world.clients))
            case "cancel" if chosen:
                await me.change(chosen, status=chance.choice(["cancelled", "scheduled"]))
            case "delete" if chosen:
                await me.delete(chosen)
                world.booked[:] = [each for each in world.booked if each.id != chosen.id]
    except Refusal as refusal:
        if refusal.code not in REFUSED:
            raise
        return refusal.code
    return None


REFUSED = {
    "appointment_conflict", "not_found", "hold_lapsed", "too_many_holds", "series_not_bookable", "waitlist_entry_over",
    "waitlist_not_offered", "waitlist_offer_lapsed", "series_changed", "calendar_busy",
}  # fmt: skip
KINDS = ["book", "book", "overbook", "move", "move", "cancel", "delete", "place", "be away", "hold", "series", "wait"]


async def test_a_calendar_is_never_inconsistent_under_sixteen_actors(scheduling_environment):
    """Hypothesis says what sixteen people do at the same moment, again and again, and looks at the calendar after each moment."""
    loop, refused = asyncio.get_running_loop(), []

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=60)

    class Calendar(RuleBasedStateMachine):
        @initialize()
        def opens(self):
            self.world = run(new_world(scheduling_environment))

        @rule(things=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2**32)), min_size=ACTORS, max_size=ACTORS))
        def all_at_once(self, things):
            async def together():
                return await asyncio.gather(*(act(self.world, *each) for each in things))

            refused.extend(code for code in run(together()) if code is not None)

        @invariant()
        def is_consistent(self):
            if hasattr(self, "world"):
                run(check_consistent(self.world.people[0]))

    examples = settings(max_examples=MACHINES, stateful_step_count=4, deadline=None, suppress_health_check=list(HealthCheck))
    await asyncio.to_thread(run_state_machine_as_test, Calendar, settings=examples)
    assert "appointment_conflict" in refused, "the actors were not in each other's way"


@pytest.mark.drill
async def test_of_ten_thousand_racing_bookings_holds_and_moves_none_is_double(scheduling_environment):
    """Sixteen actors after six hours of two people and two rooms. No two wait for each other in a circle, which PostgreSQL would end (`database_unavailable`)."""
    world = await new_world(scheduling_environment)
    done, refused = Counter(), Counter()

    async def actor(number: int) -> None:
        chance = random.Random(number)
        for _ in range(10_000 // ACTORS):
            kind = chance.choice(["book", "book", "hold", "hold", "move", "move", "move", "delete", "delete"])
            code = await act(world, kind, chance.randrange(2**32))
            if code is None:
                done[kind] += 1
            else:
                refused[code] += 1

    await asyncio.gather(*map(actor, range(ACTORS)))
    assert done.total() + refused.total() == 10_000
    assert refused["appointment_conflict"] > 1_000, "there was time for everybody"
    assert min(done[kind] for kind in ("book", "hold", "move", "delete")) > 100, "there was time for nobody"
    await check_consistent(world.people[0])
    assert await world.people[0].double_bookings() == 0

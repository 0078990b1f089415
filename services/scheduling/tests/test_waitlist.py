"""The waitlist: who is offered what somebody gives back, who gets it, and who is told so."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.scheduling.v1 import availability_pb2, events_pb2
from caseload.scheduling.v1 import waitlist_pb2 as pb
from caseload.scheduling.v1.availability_rpc import AvailabilityStub
from caseload.scheduling.v1.waitlist_rpc import WaitlistStub
from chassis.errors import Conflict, Invalid, NotFound, Refusal
from chassis.protobuf.enums import enum_text
from chassis.protobuf.timestamps import to_datetime
from scheduling.waitlist import rules
from scheduling.waitlist.choosing import Choice
from scheduling.waitlist.worker import Claim, WaitlistWorker

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


class List:
    """The waitlist of a workspace, as its owner and its workers see it."""

    def __init__(self, member):
        self.member = member
        self.stub = member.environment.stub(WaitlistStub)
        self.worker = WaitlistWorker(member.environment.runtime("scheduling"))

    async def join(self, client_id=None, **but):
        asked = {"client_id": client_id or await self.member.new_client(), "earliest": NINE, "latest": NINE + timedelta(days=1), **but}
        return (await self.stub.JoinWaitlist(pb.JoinWaitlistRequest(**asked), self.member.call)).id

    async def entries(self, **filters):
        page = await self.stub.ListWaitlist(pb.ListWaitlistRequest(page_size=100, **filters), self.member.call)
        assert page.total == len(page.items)
        return {entry.id: entry for entry in page.items}

    async def status(self, *entry_ids):
        found = await self.entries()
        told = [enum_text(pb.WaitlistStatus, found[entry_id].status) for entry_id in entry_ids]
        return told[0] if len(told) == 1 else told

    async def statuses(self, *entry_ids):
        """Of these, however many others wait."""
        async with self.member.environment.superuser() as connection:
            found = await connection.fetch("SELECT id, status FROM scheduling.waitlist_entries WHERE id = ANY ($1::uuid[])", entry_ids)
        told = {str(row["id"]): row["status"] for row in found}
        return [told[entry_id] for entry_id in entry_ids]

    async def accept(self, entry_id, call=None):
        return await self.stub.AcceptOffer(pb.AcceptOfferRequest(entry_id=entry_id), call or self.member.call)

    async def withdraw(self, entry_id):
        return await self.stub.WithdrawEntry(pb.WithdrawEntryRequest(entry_id=entry_id), self.member.call)

    async def refused(self, awaitable):
        with pytest.raises(Refusal) as refused:
            await awaitable
        return refused.value.code

    async def work(self, *workers):
        """Does what is due, as the workers of so many instances would at the same moment, whether another one has claimed it or not."""
        async with self.member.environment.superuser() as connection:
            due = await connection.fetch("SELECT * FROM scheduling.waitlist_due WHERE workspace_id = $1", self.member.workspace_id)
        claims = [Claim(row["workspace_id"], row["kind"], row["item_id"]) for row in due]
        await asyncio.gather(*(worker.do(claim) for worker in workers or [self.worker] for claim in claims))

    async def pass_offers(self):
        """The offers of the workspace lapse."""
        async with self.member.environment.superuser() as connection:
            for table, column in (
                ("waitlist_offers", "offered_until"),
                ("waitlist_entries", "offered_until"),
                ("busy_periods", "expires_at"),
            ):
                await connection.execute(
                    f"UPDATE scheduling.{table} SET {column} = now() - interval '1 second' WHERE {column} > now() AND workspace_id = $1",
                    self.member.workspace_id,
                )

    async def events(self):
        await self.member.environment.settle()
        found = await self.member.environment.emitted(events_pb2.WaitlistChanged, self.member.workspace_id)
        return [(event.entry_id, event.status) for event in found]


@pytest.fixture
async def owner(member):
    """A practitioner whom others can name."""
    return replace(member, user_id=member.owner_id)


@pytest.fixture
async def waitlist(owner):
    return List(owner)


async def test_what_is_cancelled_is_offered_to_whoever_waits_longest_and_booked_by_accepting(owner, waitlist):
    booked = await owner.book()
    first, second = await waitlist.join(), await waitlist.join()
    await owner.change(booked, status="cancelled")
    await waitlist.work()

    entry = (await waitlist.entries())[first]
    assert await waitlist.status(first, second) == ["offered", "waiting"]
    assert (to_datetime(entry.offered_start), to_datetime(entry.offered_end)) == (NINE, NINE + minutes(60))
    assert entry.offered_practitioner_id == str(owner.user_id)
    due = rules.offered_until(NINE, ZoneInfo("Europe/London"), now=datetime.now(UTC))
    assert due - minutes(1) < to_datetime(entry.offered_until) <= due
    # Nobody else books it meanwhile, not even who keeps the list.
    with pytest.raises(Conflict) as refused:
        await owner.book()
    assert [conflict["status"] for conflict in refused.value.facts["conflicting_appointments"]] == ["hold"]
    assert await waitlist.refused(waitlist.accept(second)) == "waitlist_not_offered"

    accepted = await waitlist.accept(first)
    assert enum_text(pb.WaitlistStatus, accepted.status) == "booked"
    appointment = await owner.get(accepted.appointment_id)
    assert (appointment.client_id, to_datetime(appointment.scheduled_start)) == (entry.client_id, NINE)
    assert (appointment.practitioner_id, appointment.overbooked) == (str(owner.user_id), False)
    assert await waitlist.refused(waitlist.accept(first)) == "waitlist_entry_over"
    await waitlist.work()
    assert await waitlist.status(second) == "waiting"
    assert await waitlist.events() == [(first, "waiting"), (second, "waiting"), (first, "offered"), (first, "booked")]
    assert await owner.double_bookings() == 0
    # Who accepts for somebody is not told of the booking as of one that others have made.
    announced = await owner.environment.emitted(events_pb2.AppointmentBooked, owner.workspace_id)
    assert {event.by_user_id for event in announced} == {str(owner.user_id)}
    assert [line.resource_id for line in await owner.audited("offer_waitlist_time")] == [entry.client_id]
    assert [line.resource_id for line in await owner.audited("accept_offer") if not line.code] == [appointment.id]


async def test_an_offer_that_lapses_goes_to_the_next_and_in_the_end_the_time_is_free(owner, waitlist):
    booked = await owner.book()
    first, second = await waitlist.join(), await waitlist.join()
    await owner.delete(booked)
    await waitlist.work()
    await waitlist.pass_offers()

    assert await waitlist.refused(waitlist.accept(first)) == "waitlist_offer_lapsed"
    await waitlist.work()
    assert await waitlist.status(first, second) == ["waiting", "offered"]
    # Who withdraws gives it on at once; nobody is offered the same time twice.
    await waitlist.withdraw(second)
    await waitlist.work()
    assert await waitlist.status(first, second) == ["waiting", "withdrawn"]
    assert await waitlist.refused(waitlist.withdraw(second)) == "waitlist_entry_over"
    await owner.book()
    assert await waitlist.events() == [
        (first, "waiting"), (second, "waiting"), (first, "offered"), (first, "waiting"), (second, "offered"), (second, "withdrawn"),
    ]  # fmt: skip
    async with owner.environment.superuser() as connection:
        due = await connection.fetch("SELECT kind FROM scheduling.waitlist_due WHERE workspace_id = $1", owner.workspace_id)
    assert [row["kind"] for row in due] == ["entry"]


async def test_of_two_times_that_are_given_back_at_once_both_are_offered_one_after_the_other(owner, waitlist):
    booked = [await owner.book(), await owner.book(scheduled_start=NINE + minutes(120), scheduled_end=NINE + minutes(180))]
    entry = await waitlist.join()
    for each in booked:
        await owner.change(each, status="cancelled")
    offered = set()
    for _ in booked:
        await waitlist.work()
        await waitlist.work()
        offered.add(to_datetime((await waitlist.entries())[entry].offered_start))
        await waitlist.pass_offers()
    assert offered == {NINE, NINE + minutes(120)}
    await waitlist.work()
    assert await waitlist.status(entry) == "waiting"
    async with owner.environment.superuser() as connection:
        due = await connection.fetch("SELECT kind FROM scheduling.waitlist_due WHERE workspace_id = $1", owner.workspace_id)
    assert [row["kind"] for row in due] == ["entry"]


async def test_a_time_is_not_closed_because_whoever_waits_was_still_asked_about_another_one(owner, waitlist, monkeypatch):
    """Nobody was found for it, and before that was written the other offer lapsed, so that its entry waits again."""
    booked = [await owner.book(), await owner.book(scheduled_start=NINE + minutes(120), scheduled_end=NINE + minutes(180))]
    entry = await waitlist.join()
    await owner.change(booked[0], status="cancelled")
    await waitlist.work()
    await owner.change(booked[1], status="cancelled")
    async with owner.environment.superuser() as connection:
        found = await connection.fetch(
            "SELECT id FROM scheduling.waitlist_openings WHERE workspace_id = $1 ORDER BY starts_at", owner.workspace_id
        )
    asked_about, other = (Claim(owner.workspace_id, "opening", row["id"]) for row in found)
    choices = []

    async def choose_and_lapse(workspace_id, opening):
        choices.append(await choose(workspace_id, opening))
        if len(choices) == 1:
            await waitlist.pass_offers()
            assert await waitlist.worker._end_offer(asked_about)
        return choices[-1]

    choose = waitlist.worker._choosing.choose
    monkeypatch.setattr(waitlist.worker._choosing, "choose", choose_and_lapse)
    await waitlist.worker.do(other)

    assert [isinstance(choice, Choice) for choice in choices] == [False, True]
    assert to_datetime((await waitlist.entries())[entry].offered_start) == NINE + minutes(120)


async def test_of_fifty_who_accept_at_once_one_gets_it_and_the_others_stay_on_the_list(owner, waitlist):
    booked = await owner.book()
    clients = [await owner.new_client() for _ in range(5)]
    entries = [await waitlist.join(clients[number % 5]) for number in range(25)]
    await owner.change(booked, status="cancelled")
    await waitlist.work()

    async def attempt(entry_id):
        try:
            return (await waitlist.accept(entry_id)).appointment_id
        except Refusal as refusal:
            return refusal.code

    outcomes = await asyncio.gather(*(attempt(entry_id) for entry_id in [*entries, *entries[:1] * 25]))
    codes = {"waitlist_not_offered", "waitlist_entry_over"}
    (appointment,) = [outcome for outcome in outcomes if outcome not in codes]
    assert (await owner.get(appointment)).status
    # Every fifth is of the client who has it, and waits for nothing more.
    assert await waitlist.status(*entries) == ["booked", *["waiting"] * 4, *["withdrawn", *["waiting"] * 4] * 4]
    assert (await owner.page()).total == 2
    assert await owner.double_bookings() == 0


async def test_however_many_workers_there_are_a_time_is_offered_once(owner, waitlist):
    booked = await owner.book()
    entries = [await waitlist.join() for _ in range(3)]
    await owner.change(booked, status="cancelled")
    workers = [WaitlistWorker(owner.environment.runtime("scheduling")) for _ in range(6)]
    await waitlist.work(*workers)
    assert await waitlist.status(*entries) == ["offered", "waiting", "waiting"]

    # Whoever is offered one time is not offered another.
    again = await waitlist.join((await waitlist.entries())[entries[0]].client_id)
    for entry_id in entries[1:]:
        await waitlist.withdraw(entry_id)
    other = await owner.book(scheduled_start=NINE + minutes(120), scheduled_end=NINE + minutes(180))
    await owner.change(other, status="cancelled")
    await waitlist.work(*workers)
    assert await waitlist.status(entries[0], again) == ["offered", "waiting"]
    await waitlist.withdraw(again)

    # One was killed between the end of an offer and the next one: whoever finds it goes on.
    await waitlist.pass_offers()
    async with owner.environment.superuser() as connection:
        opening = await connection.fetchval(
            "SELECT id FROM scheduling.waitlist_openings WHERE status = 'open' AND workspace_id = $1 ORDER BY starts_at", owner.workspace_id
        )
    last = await waitlist.join()
    assert await waitlist.worker._end_offer(Claim(owner.workspace_id, "opening", opening))
    assert await waitlist.status(entries[0], last) == ["waiting", "waiting"]
    await waitlist.work(*workers)
    # The other time has waited for the answer.
    found = await waitlist.entries()
    assert [to_datetime(found[each].offered_start) for each in (entries[0], last)] == [NINE + minutes(120), NINE]
    async with owner.environment.superuser() as connection:
        held = "SELECT count(*) FROM scheduling.busy_periods WHERE owner_kind = 'hold' AND workspace_id = $1"
        assert await connection.fetchval(held, owner.workspace_id) == 2


async def test_whoever_a_time_does_not_suit_is_passed_over(owner, waitlist):
    booked, colleague = await owner.book(), str(uuid7())
    inactive, busy, twice = [await owner.new_client() for _ in range(3)]
    long = await owner.offer(default_duration_minutes=61)
    short = await owner.offer(default_duration_minutes=30, before=5, after=10)
    gone = await owner.offer(name="Gone")
    suited = {
        "who has given it back": await waitlist.join(owner.client_id),
        "inactive": await waitlist.join(inactive),
        "another time": await waitlist.join(earliest=NINE + minutes(1)),
        "too short": await waitlist.join(service_id=long),
        "service withdrawn": await waitlist.join(service_id=gone),
        "booked that day": await waitlist.join(busy),
    }
    await owner.environment.stub(ClientsStub).DeactivateClient(clients_pb2.DeactivateClientRequest(client_id=inactive), owner.call)
    await owner.withdraw(gone)
    await owner.book(client_id=busy, scheduled_start=NINE + minutes(300), scheduled_end=NINE + minutes(330))
    with pytest.raises(NotFound):
        await waitlist.join(twice, practitioner_id=colleague)
    chosen = await waitlist.join(service_id=short, practitioner_id=str(owner.user_id))
    await owner.move(booked, NINE + timedelta(days=7))
    await waitlist.work()

    assert set(await waitlist.status(*suited.values())) == {"waiting"}
    entry = (await waitlist.entries())[chosen]
    assert (to_datetime(entry.offered_start), to_datetime(entry.offered_end)) == (NINE + minutes(5), NINE + minutes(35))
    assert list(await waitlist.entries(status=pb.WAITLIST_STATUS_OFFERED)) == [chosen]
    assert list(await waitlist.entries(client_id=busy)) == [suited["booked that day"]]
    assert list(await waitlist.entries(practitioner_id=str(owner.user_id))) == [chosen]


async def test_hours_that_are_not_worked_any_more_are_not_offered(owner, waitlist):
    tomorrow = NINE + timedelta(days=1)
    booked, entry = await owner.book(), await waitlist.join(latest=tomorrow + minutes(60))
    later = await owner.book(scheduled_start=tomorrow, scheduled_end=tomorrow + minutes(60))
    ill = availability_pb2.AvailabilityException(date="2031-03-03", kind=availability_pb2.EXCEPTION_KIND_OFF)
    week = [availability_pb2.WeeklyHours(weekday=day, start="08:00", end="18:00") for day in range(7)]
    request = availability_pb2.SetAvailabilityRequest(practitioner_id=str(owner.user_id), time_zone="UTC", weekly=week, exceptions=[ill])
    await owner.environment.stub(AvailabilityStub).SetAvailability(request, owner.call)
    await owner.change(booked, status="cancelled")
    await waitlist.work()

    assert await waitlist.status(entry) == "waiting"
    await owner.change(later, status="cancelled")
    await waitlist.work()
    assert await waitlist.status(entry) == "offered"


async def test_who_can_no_longer_come_expires_and_who_waits_for_nothing_is_refused(owner, waitlist):
    entry = await waitlist.join(earliest=datetime.now(UTC) - minutes(5), latest=datetime.now(UTC) + minutes(5))
    await waitlist.work()
    assert await waitlist.status(entry) == "waiting"
    async with owner.environment.superuser() as connection:
        passed = "UPDATE scheduling.waitlist_entries SET latest = now() - interval '1 second' WHERE workspace_id = $1"
        await connection.execute(passed, owner.workspace_id)
    await waitlist.work()

    assert await waitlist.status(entry) == "expired"
    assert await waitlist.refused(waitlist.accept(entry)) == "waitlist_entry_over"
    assert await waitlist.refused(waitlist.join(latest=NINE)) == "waitlist_window_invalid"
    for but in ({"client_id": str(uuid7())}, {"service_id": str(uuid7())}):
        with pytest.raises(NotFound):
            await waitlist.join(**but)


async def test_nobody_waits_in_two_workspaces_and_only_those_who_may_keep_the_list(owner, waitlist, outsider):
    entry = await waitlist.join()
    theirs = List(outsider)

    assert await theirs.entries() == {}
    for foreign in (theirs.withdraw(entry), theirs.accept(entry), theirs.join(owner.client_id)):
        with pytest.raises(NotFound):
            await foreign
    reader = owner.only("appointments:read")
    for scope, call in (
        ("appointments:write", waitlist.accept(entry, reader.call)),
        ("appointments:read", theirs.stub.ListWaitlist(pb.ListWaitlistRequest(), owner.only("clients:read").call)),
    ):
        assert await waitlist.refused(call) == "permission_denied", scope
    assert await waitlist.status(entry) == "waiting"


async def test_a_time_that_somebody_overbooks_is_refused_to_whoever_accepts_it(owner, waitlist):
    booked, entry = await owner.book(), await waitlist.join()
    await owner.change(booked, status="cancelled")
    await waitlist.work()
    await owner.book(allow_conflict=True)

    assert await waitlist.refused(waitlist.accept(entry)) == "appointment_conflict"
    assert await waitlist.status(entry) == "offered"
    await waitlist.pass_offers()
    await waitlist.work()
    assert await waitlist.status(entry) == "waiting"


async def test_an_erased_client_waits_no_longer_and_the_next_one_is_offered_the_time(owner, waitlist):
    booked, client = await owner.book(), await owner.new_client()
    first, second = await waitlist.join(client), await waitlist.join()
    await owner.change(booked, status="cancelled")
    await waitlist.work()
    assert await waitlist.status(first) == "offered"
    stub = owner.environment.stub(ClientsStub)
    await stub.DeactivateClient(clients_pb2.DeactivateClientRequest(client_id=client), owner.call)
    await stub.EraseClient(clients_pb2.EraseClientRequest(client_id=client), owner.call)
    await owner.environment.settle()

    assert set(await waitlist.entries()) == {second}
    await waitlist.pass_offers()
    await waitlist.work()
    assert await waitlist.status(second) == "offered"
    with pytest.raises((NotFound, Invalid)):
        await waitlist.join(client)
    async with owner.environment.superuser() as connection:
        left = "SELECT count(*) FROM scheduling.waitlist_offers WHERE workspace_id = $1 AND entry_id = $2"
        assert await connection.fetchval(left, owner.workspace_id, UUID(first)) == 0


async def test_an_erasure_waits_for_whoever_accepts_an_offer_and_neither_for_the_other(owner, waitlist):
    """Both lock the entry first, and its client then."""
    client = await owner.new_client()
    entry = await waitlist.join(client)
    async with owner.environment.superuser() as connection:
        accepting = connection.transaction()
        await accepting.start()
        await connection.execute("SELECT FROM scheduling.waitlist_entries WHERE id = $1 FOR UPDATE", UUID(entry))
        async with owner.environment.runtime("clients").background(owner.workspace_id) as call:
            call.emit(clients_events.ClientErased(client_id=client))
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%waitlist_entries%'"
        async with owner.environment.superuser() as other, asyncio.timeout(30):
            while not await other.fetchval(waits):
                await asyncio.sleep(0.02)
        key = f"client {owner.workspace_id} {client}"
        assert await connection.fetchval("SELECT pg_try_advisory_xact_lock_shared(hashtextextended($1, 0))", key)
        await accepting.commit()
    await owner.environment.settle()
    assert await waitlist.entries() == {}


async def test_whoever_accepts_waits_for_nothing_of_the_kind_any_more(owner, waitlist):
    client_id, other_service = await owner.new_client(), await owner.offer()
    booked = await owner.book()
    first, again = await waitlist.join(client_id), await waitlist.join(client_id)
    other, somebody = await waitlist.join(client_id, service_id=other_service), await waitlist.join()
    await owner.change(booked, status="cancelled")
    await waitlist.work()
    await waitlist.accept(first)

    assert await waitlist.status(first, again, other, somebody) == ["booked", "withdrawn", "waiting", "waiting"]
    assert (again, "withdrawn") in await waitlist.events()


async def test_the_time_of_an_erased_client_is_offered(owner, waitlist):
    gone = await owner.new_client()
    await owner.book(client_id=gone)
    entry = await waitlist.join()
    async with owner.environment.runtime("clients").background(owner.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=gone))
    await owner.environment.settle()
    await waitlist.work()

    assert await waitlist.status(entry) == "offered"
    async with owner.environment.superuser() as connection:
        found = await connection.fetchval("SELECT count(*) FROM scheduling.waitlist_openings AS o WHERE o::text LIKE $1", f"%{gone}%")
    assert found == 0


async def inactive_clients(owner, number):
    """So many clients who are no longer active wait, all of them longer than anybody else."""
    async with owner.environment.superuser() as connection, connection.transaction():
        # Without the counters and searches of so many.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            """
            INSERT INTO clients.clients SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'is_active', false))).*
            FROM clients.clients c, generate_series(1, $2::int) WHERE c.workspace_id = $1 AND c.id = $3
            """,
            owner.workspace_id,
            number,
            UUID(owner.client_id),
        )
        await connection.execute(
            """
            INSERT INTO scheduling.waitlist_entries (workspace_id, id, client_id, earliest, latest, status, created_by, created_at, updated_at)
            SELECT workspace_id, gen_random_uuid(), id, $2, $2::timestamptz + interval '1 day', 'waiting', $3, now() - interval '9 days', now()
            FROM clients.clients WHERE workspace_id = $1 AND NOT is_active
            """,
            owner.workspace_id,
            NINE,
            owner.user_id,
        )
        await connection.execute("ANALYZE scheduling.waitlist_entries")


def asked(method):
    return REGISTRY.get_sample_value("caseload_rpc_total", {"service": "clients", "method": method, "code": "ok"}) or 0


async def test_ten_thousand_inactive_clients_before_an_active_one_keep_nobody_waiting(owner, waitlist):
    booked = await owner.book()
    await inactive_clients(owner, 10_000)
    entry = await waitlist.join()
    later = await waitlist.join()
    before, began = [asked(method) for method in ("CheckClient", "FindActive")], time.process_time()
    await owner.change(booked, status="cancelled")
    await waitlist.work()
    took = time.process_time() - began

    assert await waitlist.statuses(entry, later) == ["offered", "waiting"]
    # By twenty-one steps; the service's own worker may be at it, too.
    found = [asked(method) for method in ("CheckClient", "FindActive")]
    assert found[0] == before[0]
    assert before[1] + 21 <= found[1] <= before[1] + 100
    # Of the service, clients and the caller together.
    assert took < 4, took

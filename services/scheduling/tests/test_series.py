"""Series of appointments: booked all or none, changed and deleted, while single occurrences go their own way."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.scheduling.v1 import events_pb2, holds_pb2, holidays_pb2
from caseload.scheduling.v1 import series_pb2 as pb
from caseload.scheduling.v1.holds_rpc import HoldsStub
from caseload.scheduling.v1.holidays_rpc import HolidaysStub
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from chassis.db.transaction import Transaction
from chassis.errors import Conflict, Invalid, NotFound, Refusal, Stale
from chassis.protobuf.timestamps import to_datetime
from identity.roles import SCOPES_BY_ROLE
from scheduling.series import store

from .conftest import Member, message_values, minutes

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, three weeks before clocks change.
NINE = datetime(2031, 3, 10, 9, tzinfo=BERLIN).astimezone(UTC)
WEEK = timedelta(days=7)
OK, CONFLICT, HOLIDAY, SKIPPED = (
    pb.OCCURRENCE_STATUS_OK,
    pb.OCCURRENCE_STATUS_CONFLICT,
    pb.OCCURRENCE_STATUS_HOLIDAY,
    pb.OCCURRENCE_STATUS_NONEXISTENT_LOCAL_TIME,
)
SCOPES = {"this": pb.SERIES_SCOPE_THIS, "following": pb.SERIES_SCOPE_FOLLOWING, "all": pb.SERIES_SCOPE_ALL}


def stub(member: Member) -> AppointmentSeriesStub:
    return member.environment.stub(AppointmentSeriesStub)


def fields(member: Member, **changes):
    wanted = {
        "rrule": "FREQ=WEEKLY;COUNT=4",
        "first_start": NINE,
        "duration_minutes": 60,
        "time_zone": "Europe/Berlin",
        "client_id": member.client_id,
        "location_type": "clinic",
    }
    return message_values({**wanted, **changes})


async def preview(member: Member, **changes) -> pb.Series:
    return await stub(member).PreviewSeries(pb.PreviewSeriesRequest(**fields(member, **changes)), member.call)


async def create(member: Member, *, skip: bool = False, **changes) -> pb.Series:
    how = pb.ON_CONFLICT_SKIP if skip else pb.ON_CONFLICT_FAIL
    return await stub(member).CreateSeries(pb.CreateSeriesRequest(on_conflict=how, **fields(member, **changes)), member.call)


async def change(member: Member, series: pb.Series, scope: str, at: int | None = None, version: int | None = None, **changes) -> pb.Series:
    request = pb.ChangeSeriesRequest(
        series_id=series.id,
        scope=SCOPES[scope],
        appointment_id=None if at is None else series.occurrences[at].appointment_id,
        mask=FieldMask(paths=list(changes)),
        expected_version=version,
        **message_values(changes),
    )
    return await stub(member).ChangeSeries(request, member.call)


async def delete(member: Member, series: pb.Series, scope: str, at: int | None = None) -> list[str]:
    appointment = None if at is None else series.occurrences[at].appointment_id
    request = pb.DeleteSeriesRequest(series_id=series.id, scope=SCOPES[scope], appointment_id=appointment)
    return list((await stub(member).DeleteSeries(request, member.call)).deleted_ids)


def starts(series: pb.Series) -> list[datetime]:
    return [to_datetime(each.start) for each in series.occurrences]


def marks(series: pb.Series) -> list[int]:
    return [each.status for each in series.occurrences]


def clocks(series: pb.Series) -> list[str]:
    return [f"{each.astimezone(BERLIN):%m-%d %H:%M}" for each in starts(series)]


async def booked(member: Member) -> dict[str, datetime]:
    """All appointments of the workspace that are not deleted, by id."""
    page = await member.page(page_size=100, page=1)
    return {each.id: to_datetime(each.scheduled_start) for each in page.items}


async def holiday(member: Member, day: str) -> None:
    request = holidays_pb2.AddHolidayRequest(date=day, name="Closed")
    await member.environment.stub(HolidaysStub).AddHoliday(request, member.call)


async def agrees(member: Member) -> None:
    """Every scheduled appointment takes its practitioner's and its client's time, and nothing else does."""
    async with member.environment.superuser() as connection:
        wrong = await connection.fetchval(
            """
            SELECT count(*) FROM (
                SELECT id, practitioner_id AS resource, lower(during) AS starts, upper(during) AS ends FROM scheduling.appointments
                WHERE workspace_id = $1 AND deleted_at IS NULL AND status IN ('scheduled', 'completed')
                UNION ALL
                SELECT id, client_id, scheduled_start, scheduled_end FROM scheduling.appointments
                WHERE workspace_id = $1 AND deleted_at IS NULL AND status IN ('scheduled', 'completed')
            ) AS needed
            FULL JOIN (SELECT * FROM scheduling.busy_periods WHERE workspace_id = $1) AS taken
            ON needed.id = taken.owner_id AND needed.resource = taken.resource_id AND starts = starts_at AND ends = ends_at
            WHERE needed.id IS NULL OR taken.owner_id IS NULL
            """,
            member.workspace_id,
        )
    assert wrong == 0
    assert await member.double_bookings() == 0


async def test_a_preview_tells_everything_that_is_in_the_way_and_writes_nothing(member):
    service = await member.offer(before=15, after=15)
    early, late = await member.book(scheduled_start=NINE + minutes(70)), await member.book(scheduled_start=NINE - minutes(70))
    await holiday(member, "2031-03-17")
    again = await member.book(scheduled_start=NINE + WEEK)
    found = await preview(member, service_id=service)

    assert clocks(found) == ["03-10 09:00", "03-17 09:00", "03-24 09:00", "03-31 09:00"]
    assert marks(found) == [CONFLICT, HOLIDAY, OK, OK]
    assert [set(each.conflict_ids) for each in found.occurrences[:2]] == [{early.id, late.id}, {again.id}]
    assert {each.id for each in found.conflicts} == {early.id, late.id, again.id}
    assert (found.id, found.version, found.occurrences[2].appointment_id) == ("00000000-0000-0000-0000-000000000000", 0, "")
    assert await booked(member) == {each.id: to_datetime(each.scheduled_start) for each in (early, late, again)}
    # The same verdict as that of the check before a booking.
    assert set(await member.conflicts(NINE, service_id=service)) == {early.id, late.id}


async def test_a_series_is_booked_whole_with_its_events_and_one_line_in_the_trail(member):
    series = await create(member, notes="Knee")

    assert clocks(series) == ["03-10 09:00", "03-17 09:00", "03-24 09:00", "03-31 09:00"]
    assert starts(series)[3] - starts(series)[2] == WEEK - timedelta(hours=1)
    ids = [each.appointment_id for each in series.occurrences]
    assert await booked(member) == dict(zip(ids, starts(series), strict=True))
    one = await member.get(ids[1])
    assert (one.series_id, one.notes, one.version, one.overbooked) == (series.id, "Knee", 1, False)
    emitted = await member.environment.emitted(events_pb2.AppointmentBooked, member.workspace_id)
    assert {(event.appointment_id, event.by_user_id) for event in emitted} == {(each, str(member.user_id)) for each in ids}
    # People are told of the first, which stands for all.
    assert {event.appointment_id: event.batch_part for event in emitted} == dict(zip(ids, (1, 2, 2, 2), strict=True))
    [line] = await member.audited("create_series")
    assert (set(line.resource_ids), {record.record_id for record in line.records}) == (set(ids), set(ids))
    assert line.facts["series_id"] == series.id
    await agrees(member)
    # It changes like any appointment.
    assert (await member.change(one, notes="Hip")).notes == "Hip"


async def test_all_or_none_unless_marked_ones_are_left_out(member):
    taken = await member.book(scheduled_start=NINE + minutes(30))
    await holiday(member, "2031-03-17")
    with pytest.raises(Conflict) as refused:
        await create(member)
    assert refused.value.code == "appointment_conflict"
    assert [each["id"] for each in refused.value.facts["conflicting_appointments"]] == [taken.id]
    assert [each["status"] for each in refused.value.facts["occurrences"]] == ["conflict", "holiday"]
    with pytest.raises(Conflict) as refused:
        await create(member, first_start=NINE + WEEK)
    assert refused.value.code == "series_not_bookable"
    with pytest.raises(Conflict) as refused:
        await create(member, skip=True, rrule="FREQ=WEEKLY;COUNT=2")
    assert refused.value.code == "series_not_bookable"
    assert set(await booked(member)) == {taken.id}

    series = await create(member, skip=True)
    assert marks(series) == [CONFLICT, HOLIDAY, OK, OK]
    assert [bool(each.appointment_id) for each in series.occurrences] == [False, False, True, True]
    assert series.occurrences[0].conflict_ids == [taken.id]
    assert len(await booked(member)) == 3
    # What was left out stays so.
    assert marks(await change(member, series, "all", first_start=NINE + minutes(120))) == [CONFLICT, HOLIDAY, OK, OK]
    await agrees(member)


async def test_a_time_that_clocks_skip_is_left_out_and_does_not_count(member):
    night = datetime(2031, 3, 29, 2, 30, tzinfo=BERLIN).astimezone(UTC)
    with pytest.raises(Conflict) as refused:
        await create(member, rrule="FREQ=DAILY;COUNT=3", first_start=night)
    assert refused.value.code == "series_not_bookable"
    series = await create(member, skip=True, rrule="FREQ=DAILY;COUNT=3", first_start=night)

    assert clocks(series) == ["03-29 02:30", "03-30 03:30", "03-31 02:30", "04-01 02:30"]
    assert marks(series) == [OK, SKIPPED, OK, OK]
    moved = await change(member, series, "all", first_start=night + minutes(60))
    assert clocks(moved) == ["03-29 03:30", "03-30 03:30", "03-31 03:30"]
    assert [each.appointment_id for each in moved.occurrences] == [series.occurrences[n].appointment_id for n in (0, 2, 3)]
    await agrees(member)


async def test_a_day_that_clocks_skip_is_left_out(member):
    """Samoa had no 30 December 2011."""
    first = datetime(2011, 12, 29, 9, tzinfo=ZoneInfo("Pacific/Apia")).astimezone(UTC)
    series = await create(member, skip=True, rrule="FREQ=DAILY;COUNT=3", first_start=first, time_zone="Pacific/Apia")
    assert marks(series) == [OK, SKIPPED, OK, OK]
    assert sorted((await booked(member)).values()) == [first + n * timedelta(days=1) for n in range(3)]
    assert len((await change(member, series, "all", notes="Over")).occurrences) == 3


async def test_occurrences_do_not_overlap_with_each_other(member):
    service = await member.offer(after=1)
    for attempt in (create, preview):
        with pytest.raises(Invalid) as refused:
            await attempt(member, rrule="FREQ=DAILY;COUNT=2", duration_minutes=1440, service_id=service)
        assert refused.value.code == "series_overlaps_itself"


async def test_the_callers_own_hold_is_in_nobodys_way_and_that_of_others_is(member):
    owner = replace(member, user_id=member.owner_id)
    hold = holds_pb2.HoldSlotRequest(service_id=await owner.offer(), start=NINE + WEEK)
    await owner.environment.stub(HoldsStub).HoldSlot(hold, owner.call)

    found = await preview(owner.colleague(), practitioner_id=str(owner.user_id))
    assert (marks(found), found.conflicts[0].kind) == ([OK, CONFLICT, OK, OK], "hold")
    assert marks(await create(owner)) == [OK] * 4
    await agrees(owner)


async def test_all_that_is_to_come_changes_and_what_went_its_own_way_stays(member):
    series = await create(member, notes="Knee")
    first, second, third, fourth = [await member.get(each.appointment_id) for each in series.occurrences]
    await member.move(second, NINE + WEEK + timedelta(days=1))
    await member.change(third, status="cancelled")
    await member.change(fourth, notes="Brings the X-ray")
    changed = await change(member, series, "all", first_start=NINE + minutes(90), duration_minutes=45, notes="Hip")

    assert clocks(changed) == ["03-10 10:30", "03-18 09:00", "03-24 09:00", "03-31 10:30"]
    assert (changed.id, changed.version, changed.duration_minutes) == (series.id, 2, 45)
    one, two, three, four = [await member.get(each.id) for each in (first, second, third, fourth)]
    assert [each.notes for each in (one, two, three, four)] == ["Hip", "Hip", "Knee", "Brings the X-ray"]
    assert to_datetime(four.scheduled_end) - to_datetime(four.scheduled_start) == minutes(45)
    assert (one.version, one.edit_count, three.version) == (2, 1, 2)
    history = {field.name: field.after for field in (await member.status_changes(one))[0].fields}
    assert history["series_scope"] == "all"
    assert history.keys() == {"series_scope", "scheduled_start", "scheduled_end", "notes"}
    moved = await member.environment.emitted(events_pb2.AppointmentMoved, member.workspace_id)
    assert {event.appointment_id for event in moved[1:]} == {first.id, fourth.id}
    [line] = await member.audited("change_series")
    assert set(line.resource_ids) == {first.id, second.id, fourth.id}
    await agrees(member)
    # A second change leaves the same alone.
    again = await change(member, changed, "all", first_start=NINE)
    assert clocks(again) == ["03-10 09:00", "03-18 09:00", "03-24 09:00", "03-31 09:00"]


async def test_one_occurrence_changes_by_itself(member):
    series = await create(member)
    changed = await change(member, series, "this", 1, first_start=NINE + WEEK + minutes(60), notes="Alone")
    assert clocks(changed) == ["03-10 09:00", "03-17 10:00", "03-24 09:00", "03-31 09:00"]
    assert (changed.id, changed.version) == (series.id, 1)

    later = await change(member, changed, "all", first_start=NINE - minutes(60), notes="All")
    assert clocks(later) == ["03-10 08:00", "03-17 10:00", "03-24 08:00", "03-31 08:00"]
    assert (await member.get(series.occurrences[1].appointment_id)).notes == "Alone"
    with pytest.raises(Invalid) as refused:
        await change(member, series, "this", 1, rrule="FREQ=DAILY;COUNT=1")
    assert refused.value.code == "series_scope_invalid"
    await member.change(await member.get(series.occurrences[1].appointment_id), status="cancelled")
    with pytest.raises(Conflict) as refused:
        await change(member, series, "this", 1, notes="Late")
    assert refused.value.code == "occurrence_not_open"
    await agrees(member)


async def test_what_follows_becomes_a_series_of_its_own(member):
    series = await create(member, rrule="FREQ=WEEKLY;COUNT=5")
    third = await member.get(series.occurrences[3].appointment_id)
    await member.move(third, NINE + 3 * WEEK + timedelta(days=1))
    tail = await change(member, series, "following", 2, first_start=NINE + 2 * WEEK + minutes(120))

    assert clocks(tail) == ["03-24 11:00", "04-01 10:00", "04-07 11:00"]
    assert (tail.rrule, tail.version, tail.id != series.id) == ("FREQ=WEEKLY;COUNT=3", 1, True)
    assert {(await member.get(each.appointment_id)).series_id for each in tail.occurrences} == {tail.id}
    head = await change(member, series, "all", notes="Head")
    assert (head.rrule, clocks(head)) == ("FREQ=WEEKLY;COUNT=2", ["03-10 09:00", "03-17 09:00"])
    # Each changes for itself, and what was moved by itself stays.
    later = await change(member, tail, "all", first_start=NINE + 2 * WEEK)
    assert clocks(later) == ["03-24 09:00", "04-01 10:00", "04-07 09:00"]
    with pytest.raises(NotFound):
        await change(member, series, "following", 2, notes="Elsewhere")
    assert (await change(member, head, "following", 0, notes="Whole")).id == series.id
    await agrees(member)


async def test_what_clients_ask_of_an_occurrence_stays_until_a_change_of_the_series_gives_it_another_time(member):
    series = await create(member)
    ids = [each.appointment_id for each in series.occurrences]
    async with member.environment.superuser() as connection:
        await connection.execute(
            "UPDATE scheduling.appointments SET cancellation_asked_at = now() WHERE workspace_id = $1 AND id = ANY($2)",
            member.workspace_id, [UUID(each) for each in ids[:3]],
        )  # fmt: skip

    async def asked():
        return [(await member.get(each)).HasField("cancellation_asked_at") for each in ids]

    # The fourth client has asked for nothing, and does not come to have.
    changed = await change(member, series, "all", notes="Knee")
    assert await asked() == [True, True, True, False]
    longer = await change(member, changed, "all", duration_minutes=45)
    assert await asked() == [True, True, True, False]
    await change(member, longer, "this", 0, first_start=NINE + minutes(60))
    assert await asked() == [False, True, True, False]
    await change(member, longer, "following", 2, first_start=NINE + 2 * WEEK + minutes(60))
    assert await asked() == [False, True, False, False]


async def test_another_rule_moves_books_and_deletes(member):
    series = await create(member, notes="Knee")
    with pytest.raises(Invalid) as refused:
        await change(member, series, "all", rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=4")
    assert refused.value.code == "series_start_off_rule"
    longer = await change(member, series, "all", rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=5")
    assert clocks(longer) == ["03-10 09:00", "03-24 09:00", "04-07 09:00", "04-21 09:00", "05-05 09:00"]
    assert [each.appointment_id for each in longer.occurrences[:4]] == [each.appointment_id for each in series.occurrences]
    assert (await member.get(longer.occurrences[4].appointment_id)).notes == "Knee"
    assert len(longer.changed_ids) == 4

    with pytest.raises(Invalid) as refused:
        # They are booked with somebody who has another role by now.
        await change(replace(member, scopes=SCOPES_BY_ROLE["assistant"]), longer, "all", rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=6")
    assert refused.value.code == "practitioner_does_not_treat"
    await member.environment.stub(ClientsStub).DeactivateClient(
        clients_pb2.DeactivateClientRequest(client_id=member.client_id), member.call
    )
    with pytest.raises(Invalid) as refused:
        await change(member, longer, "all", rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=6")
    assert refused.value.code == "client_inactive"
    shorter = await change(member, longer, "all", rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=2")
    assert clocks(shorter) == ["03-10 09:00", "03-24 09:00"]
    assert set(await booked(member)) == {each.appointment_id for each in shorter.occurrences}
    assert len(shorter.changed_ids) == 3
    await agrees(member)


async def test_a_change_is_refused_with_everything_that_is_in_the_way(member):
    series = await create(member)
    taken = [await member.book(scheduled_start=NINE + n * WEEK + minutes(90)) for n in (0, 1)]
    before = await booked(member)
    with pytest.raises(Conflict) as refused:
        await change(member, series, "all", first_start=NINE + minutes(60))
    assert {each["id"] for each in refused.value.facts["conflicting_appointments"]} == {each.id for each in taken}
    assert await booked(member) == before

    await holiday(member, "2031-03-24")
    # On the same day it is no news.
    await change(member, series, "all", first_start=NINE - minutes(60))
    with pytest.raises(Conflict) as refused:
        await change(member, series, "all", first_start=NINE + 2 * WEEK)
    assert refused.value.code == "series_not_bookable"
    await agrees(member)


async def test_a_series_moves_onto_its_own_times(member):
    series = await create(member, rrule="FREQ=DAILY;COUNT=5")
    moved = await change(member, series, "all", first_start=NINE + timedelta(days=1))
    assert clocks(moved) == ["03-11 09:00", "03-12 09:00", "03-13 09:00", "03-14 09:00", "03-15 09:00"]
    longer = await change(member, moved, "all", duration_minutes=90)
    assert [to_datetime(each.end) - to_datetime(each.start) for each in longer.occurrences] == [minutes(90)] * 5
    await agrees(member)


async def test_what_is_still_to_come_is_deleted(member):
    series = await create(member, rrule="FREQ=WEEKLY;COUNT=6")
    ids = [each.appointment_id for each in series.occurrences]
    await member.move(await member.get(ids[4]), NINE + 4 * WEEK + timedelta(days=1))
    await member.change(await member.get(ids[5]), status="cancelled")

    assert await delete(member, series, "this", 1) == [ids[1]]
    assert set(await delete(member, series, "following", 3)) == {ids[3], ids[4]}
    assert set(await booked(member)) == {ids[0], ids[2], ids[5]}
    closed = await member.environment.emitted(events_pb2.AppointmentDeleted, member.workspace_id)
    assert {event.appointment_id for event in closed} == {ids[1], ids[3], ids[4]}
    [line, _] = sorted(await member.audited("delete_series"), key=lambda each: len(each.resource_ids), reverse=True)
    assert set(line.resource_ids) == {ids[3], ids[4]}
    head = await change(member, series, "all", notes="Left")
    assert (head.rrule, [each.appointment_id for each in head.occurrences]) == ("FREQ=WEEKLY;COUNT=3", [ids[0], ids[2]])
    assert set(await delete(member, series, "all")) == {ids[0], ids[2]}
    for attempt in (delete(member, series, "all"), change(member, series, "all", notes="Gone")):
        with pytest.raises(NotFound):
            await attempt
    await agrees(member)


async def test_what_is_over_or_completed_stays_as_it_is(member):
    yesterday = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    series = await create(member, rrule="FREQ=DAILY;COUNT=4", first_start=yesterday, time_zone="UTC", duration_minutes=30)
    past = await member.get(series.occurrences[0].appointment_id)
    await member.change(past, status="completed")
    before = await member.get(past.id)
    changed = await change(member, series, "all", first_start=yesterday + minutes(30), notes="New")

    assert starts(changed)[0] == yesterday
    assert await member.get(past.id) == before
    assert starts(changed)[-1] == yesterday + timedelta(days=3, minutes=30)
    with pytest.raises(Conflict):
        await change(member, series, "this", 0, notes="Late")
    with pytest.raises(Conflict):
        await delete(member, series, "this", 0)
    assert past.id not in await delete(member, series, "all")
    assert await member.get(past.id) == before


async def test_strangers_readers_and_those_who_saw_another_version_change_nothing(member, outsider):
    series = await create(member)
    for attempt in (
        change(outsider, series, "all", notes="Mine"),
        delete(outsider, series, "all"),
        create(outsider, client_id=member.client_id),
        create(member, practitioner_id=str(uuid7())),
        create(member, service_id=str(uuid7())),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Stale):
        await change(member, series, "all", version=2, notes="Old")
    with pytest.raises(Invalid):
        await change(member, series, "all", duration_minutes=0)
    with pytest.raises(Refusal) as refused:
        await create(member.only("appointments:read"))
    assert refused.value.code == "permission_denied"
    assert len(await booked(member)) == 4


async def test_a_repeated_request_books_one_series(member):
    call = replace(member.call, idempotency_key="weekly")
    request = pb.CreateSeriesRequest(on_conflict=pb.ON_CONFLICT_FAIL, **fields(member))
    first, second = [await stub(member).CreateSeries(request, call) for _ in range(2)]
    assert first == second
    assert len(await booked(member)) == 4


async def test_of_series_and_bookings_that_race_for_a_time_one_gets_it(member):
    async def attempt(work):
        try:
            await work
        except Conflict as refusal:
            return refusal.code
        return "booked"

    others = [replace(member, client_id=await member.new_client()) for _ in range(3)]
    series = [create(each, rrule="FREQ=DAILY;COUNT=12", first_start=NINE + n * minutes(20)) for n, each in enumerate(others)]
    single = [member.book(scheduled_start=NINE + timedelta(days=n, minutes=30)) for n in (0, 5, 11)]
    outcomes = await asyncio.gather(*(attempt(each) for each in (*series, *single)))
    assert set(outcomes) == {"booked", "appointment_conflict"}
    assert outcomes[:3].count("booked") <= 1
    await agrees(member)

    mine = await create(member, rrule="FREQ=DAILY;COUNT=12", first_start=NINE + 10 * WEEK)
    theirs = await create(others[0], rrule="FREQ=DAILY;COUNT=12", first_start=NINE + 10 * WEEK + minutes(60))
    crossed = await asyncio.gather(
        attempt(change(member, mine, "all", first_start=NINE + 10 * WEEK + minutes(60))),
        attempt(change(others[0], theirs, "all", first_start=NINE + 10 * WEEK)),
        attempt(delete(member, mine, "following", 6)),
    )
    assert set(crossed) <= {"booked", "appointment_conflict"}
    await agrees(member)


async def test_a_series_of_520_takes_as_many_statements_as_a_short_one(member, monkeypatch):
    made = []
    ask = Transaction._ask

    async def noted(self, how, statement, params):
        made.append((self, statement))
        return await ask(self, how, statement, params)

    def beside(statement):
        """How many statements the transaction with this one has."""
        [transaction] = [by for by, each in made if each is statement]
        return sum(by is transaction for by, _ in made)

    monkeypatch.setattr(Transaction, "_ask", noted)
    series = await create(member, rrule="FREQ=WEEKLY;COUNT=520")
    changed = await change(member, series, "all", first_start=NINE + minutes(30))
    await delete(member, series, "all")

    assert len(series.occurrences) == len(changed.occurrences) == 520
    assert beside(store.book) < 15
    assert beside(store.rewrite) < 25
    assert beside(store.mark_deleted) < 10
    await agrees(member)


async def test_an_erased_client_leaves_no_series(member):
    series = await create(member)
    async with member.environment.runtime("clients").background(member.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=member.client_id))
    await member.environment.settle()
    async with member.environment.superuser() as connection:
        left = await connection.fetchval(
            "SELECT (SELECT count(*) FROM scheduling.series WHERE workspace_id = $1)"
            " + (SELECT count(*) FROM scheduling.series_occurrences WHERE workspace_id = $1)",
            member.workspace_id,
        )
    assert left == 0
    closed = await member.environment.emitted(events_pb2.AppointmentClosed, member.workspace_id)
    assert [event.batch_part for event in closed] == [events_pb2.BATCH_PART_FIRST, *[events_pb2.BATCH_PART_FURTHER] * 3]
    with pytest.raises(NotFound):
        await change(member, series, "all", notes="Gone")


async def test_a_series_survives_the_erasure_of_somebody_who_was_given_one_of_its_occurrences(member):
    series, other = await create(member), await member.new_client()
    given = await member.change(await member.get(series.occurrences[1].appointment_id), client_id=other)
    async with member.environment.runtime("clients").background(member.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=other))
    await member.environment.settle()

    assert given.id not in await booked(member)
    changed = await change(member, series, "all", notes="Still here")
    assert [each.appointment_id for each in changed.occurrences if each.appointment_id in await booked(member)] == [
        each.appointment_id for number, each in enumerate(series.occurrences) if number != 1
    ]
    await agrees(member)

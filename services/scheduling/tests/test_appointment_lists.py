"""Lists, client summaries and timeline events of many appointments, and their totals."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.errors import Invalid
from chassis.protobuf.timestamps import to_datetime
from scheduling.appointments import store

# In the past, so that appointments can be completed.
NINE = datetime(2021, 3, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.fixture
async def busy(member):
    """70 appointments of two practitioners and two clients in five weeks, with every status, and days without any."""
    chance = random.Random(3)
    other_client, colleague = await member.new_client(), member.colleague()
    booked = []
    for n in range(70):
        who = chance.choice((member, colleague))
        start = NINE.replace(hour=0) + DAY * chance.choice([d for d in range(35) if d % 6]) + minutes(5 * chance.randrange(288))
        client_id = chance.choice((member.client_id, other_client))
        appointment = await who.book(client_id=client_id, scheduled_start=start, allow_conflict=True, notes=f"Note {n}")
        if (status := chance.choice(("scheduled", "scheduled", "completed", "cancelled", "no_show"))) != "scheduled":
            appointment = await who.change(appointment, status=status)
        if n % 10 == 0:
            await who.delete(appointment)
        else:
            booked.append(appointment)
    booked.sort(key=lambda a: (to_datetime(a.scheduled_start), a.id))
    return member, colleague, other_client, booked


async def test_a_list_is_ordered_by_start_on_all_pages_and_has_its_total(busy):
    member, _, _, booked = busy
    pages = [await member.page(page=number, page_size=10) for number in range(1, 9)]

    assert [a.id for page in pages for a in page.items] == [a.id for a in booked]
    assert [a for page in pages for a in page.items] == booked
    assert {page.total for page in pages} == {len(booked)}


async def test_filters_combine_on_every_page(busy):
    member, colleague, other_client, booked = busy
    names = {"scheduled": 1, "completed": 2, "cancelled": 3, "no_show": 4}
    windows = [
        {},
        {"start_date": NINE + 3 * DAY, "end_date": NINE + 17 * DAY + minutes(77)},
        {"start_date": NINE.replace(hour=0) + 7 * DAY},
        {"end_date": NINE.replace(hour=0) + 20 * DAY},
        {"start_date": NINE + 2 * DAY, "end_date": NINE + 2 * DAY + minutes(400)},
        {"start_date": NINE + 20 * DAY, "end_date": NINE + 10 * DAY},
    ]
    asked = 0
    for window in windows:
        for client in (None, member.client_id, other_client):
            for practitioner in (None, str(colleague.user_id)):
                for status in (None, *names):
                    filters = {**window, "client_id": client, "practitioner_id": practitioner, "status": status}
                    expected = [
                        a.id
                        for a in booked
                        if window.get("start_date", NINE - 99 * DAY)
                        <= to_datetime(a.scheduled_start)
                        < window.get("end_date", NINE + 99 * DAY)
                        and client in {None, a.client_id}
                        and practitioner in {None, a.practitioner_id}
                        and status in {None, *(n for n, v in names.items() if v == a.status)}
                    ]
                    page = asked % 4 + 1
                    reply = await member.page(**filters, page=page, page_size=7)
                    assert reply.total == len(expected), filters
                    assert [a.id for a in reply.items] == expected[7 * (page - 1) : 7 * page], (filters, page)
                    asked += 1
    assert asked == 180


async def test_a_page_past_the_end_is_empty_and_has_the_total(busy):
    member, *_, booked = busy

    page = await member.page(page=1000)
    assert (list(page.items), page.total) == ([], len(booked))


async def test_a_page_out_of_range_is_refused(member):
    for wrong in ({"page": -1}, {"page_size": 101}, {"page_size": -1}):
        with pytest.raises(Invalid):
            await member.page(**wrong)
    with pytest.raises(Invalid):
        await member.page(status=9)


async def test_a_list_is_audited_with_the_ids_it_returned(busy):
    member, *_, booked = busy
    await member.page(page_size=5)

    [line] = await member.audited("list_appointments")
    assert list(line.resource_ids) == [a.id for a in booked[:5]]


TOTALS = """
SELECT {keys}, sum(appointment_count)::bigint AS n FROM (
    SELECT workspace_id, {keys}, appointment_count FROM scheduling.{counter}_figures
    UNION ALL SELECT workspace_id, {keys}, appointment_count FROM scheduling.{counter}_counter_changes
) AS totals WHERE workspace_id = $1 GROUP BY {keys}
"""


async def test_the_counters_equal_the_number_of_rows(busy):
    """After bookings, moves, closings and deletions."""
    member, _, other_client, booked = busy
    await member.move(booked[0], NINE + 40 * DAY, allow_conflict=True)
    await member.change(booked[1], client_id=other_client if booked[1].client_id == member.client_id else member.client_id)

    async with member.environment.superuser() as connection:
        for kept, counted in (
            (
                TOTALS.format(keys="client_id", counter="client"),
                "SELECT client_id, count(*) AS n FROM scheduling.appointments WHERE workspace_id = $1 AND deleted_at IS NULL GROUP BY 1",
            ),
            (
                TOTALS.format(keys="day, status", counter="day"),
                """SELECT (scheduled_start AT TIME ZONE 'UTC')::date AS day, status, count(*) AS n
                FROM scheduling.appointments WHERE workspace_id = $1 AND deleted_at IS NULL GROUP BY 1, 2""",
            ),
        ):
            counters = {tuple(row.values()) for row in await connection.fetch(kept, member.workspace_id) if row["n"] != 0}
            assert counters == {tuple(row.values()) for row in await connection.fetch(counted, member.workspace_id)}
            assert counters


async def test_a_clients_summary_has_the_next_and_last_appointment_and_their_number(member):
    now = datetime.now(UTC).replace(microsecond=0)
    new_client = await member.new_client()
    for days, status in (
        (-3, "completed"),
        (-2, "completed"),
        (-1, "no_show"),
        (-4, "scheduled"),
        (1, "cancelled"),
        (2, "scheduled"),
        (3, "scheduled"),
    ):
        appointment = await member.book(scheduled_start=now + days * DAY)
        if status != "scheduled":
            await member.change(appointment, status=status)

    regular, new = await member.summaries(member.client_id, new_client)
    assert (to_datetime(regular.next_appointment), to_datetime(regular.last_appointment)) == (now + 2 * DAY, now - 2 * DAY)
    assert (regular.client_id, regular.appointment_count) == (member.client_id, 7)
    assert new == pb.Figures(client_id=new_client)


async def test_summaries_are_limited_to_five_hundred_clients_without_repetitions(member):
    ids = [str(uuid7()) for _ in range(500)]
    assert [f.client_id for f in await member.summaries(*ids, *ids)] == ids

    with pytest.raises(Invalid):
        await member.summaries(*ids, str(uuid7()))


async def test_summaries_asked_for_at_the_same_moment_share_statements(member, monkeypatch):
    read = []
    pool = member.environment.runtime("scheduling").database._pool
    monkeypatch.setattr(pool, "took", lambda sql, _seconds: read.append(sql))
    clients = [str(uuid7()) for _ in range(30)]

    summaries = await asyncio.gather(*(member.summaries(client) for client in clients))

    assert [figures.client_id for (figures,) in summaries] == clients
    # Two seconds at most, and in each of them two that ran at once and those that gathered meanwhile.
    assert read.count(store.client_summaries.sql) < 15


async def test_timeline_events_are_newest_first_and_continue_after_the_cursor(busy):
    member, *_, booked = busy
    expected = [a.id for a in reversed(booked) if a.client_id == member.client_id]
    event_ids, cursor = [], {}
    while True:
        events = await member.timeline(**cursor, limit=4)
        event_ids += [event.appointment_id for event in events.items]
        assert events.total == len(expected)
        if not events.items:
            break
        cursor = {"before": events.items[-1].at, "before_id": events.items[-1].appointment_id}

    assert event_ids == expected


async def test_the_cursor_separates_events_of_the_same_time(member):
    twins = [await member.book(scheduled_start=NINE, allow_conflict=True) for _ in range(3)]
    first = await member.timeline(limit=1)
    rest = await member.timeline(before=first.items[0].at, before_id=first.items[0].appointment_id)

    event_ids = [event.appointment_id for event in [*first.items, *rest.items]]
    assert event_ids == [twin.id for twin in reversed(twins)]
    assert first.items[0] == pb.HistoryEntry(
        appointment_id=twins[2].id, at=NINE, status=pb.APPOINTMENT_STATUS_SCHEDULED, location_type=pb.LOCATION_TYPE_CLINIC
    )


async def test_an_incomplete_cursor_or_a_limit_out_of_range_is_refused(member):
    for wrong in ({"before": NINE}, {"before_id": str(uuid7())}, {"limit": 501}, {"limit": -1}):
        with pytest.raises(Invalid):
            await member.timeline(**wrong)


async def test_a_late_page_skips_the_rows_of_its_own_day_only(member):
    """The first and the last page of a list cost the same."""
    from scheduling.appointments import store

    await _fill(member, days=400, per_day=12)
    read = {}
    async with member.environment.runtime("scheduling").database.transaction(member.workspace_id, seconds=10.0) as tx:
        from chassis.paging import Page

        for name, offset in (("near", 0), ("middle", 2405), ("far", 4775)):
            located = await tx.one(store.appointment_list.locate_statement(), since=NINE - 999 * DAY, until=NINE + 999 * DAY, offset=offset)
            read[name] = offset - located["rows_before"]
            rows, total = await store.appointment_list.read_page(tx, {}, Page(limit=25, offset=offset))
            assert (len(rows), total) == (25, 4800)
    assert max(read.values()) < 12


async def _fill(member, *, days: int, per_day: int) -> None:
    async with member.environment.superuser() as connection:
        await connection.execute(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
                location_type, status, sealed, created_by, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, $3, at, at + interval '1 hour', tstzrange(at, at + interval '1 hour'),
                'clinic', 'scheduled', '', $2, now(), now()
            FROM generate_series(0, $4 - 1) AS day, generate_series(0, $5 - 1) AS hour,
                LATERAL (SELECT $6::timestamptz + day * interval '1 day' + hour * interval '1 hour' AS at) AS at
            """,
            member.workspace_id, member.user_id, UUID(member.client_id), days, per_day, NINE,
        )  # fmt: skip

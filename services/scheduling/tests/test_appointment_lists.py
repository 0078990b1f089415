"""Lists, figures and history: what is told of many appointments, and how many there are."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.errors import Invalid
from chassis.protobuf.timestamps import when

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.fixture
async def busy(desk):
    """A practice with two practitioners, two clients, five weeks and every status; whole and part days, and days without any."""
    chance = random.Random(3)
    other_client, colleague = await desk.new_client(), desk.colleague()
    booked = []
    for n in range(70):
        who = chance.choice((desk, colleague))
        start = NINE.replace(hour=0) + DAY * chance.choice([d for d in range(35) if d % 6]) + minutes(5 * chance.randrange(288))
        client_id = chance.choice((desk.client_id, other_client))
        appointment = await who.book(client_id=client_id, scheduled_start=start, allow_conflict=True, notes=f"Note {n}")
        if (status := chance.choice(("scheduled", "scheduled", "completed", "cancelled", "no_show"))) != "scheduled":
            appointment = await who.change(appointment, status=status)
        if n % 10 == 0:
            await who.delete(appointment)
        else:
            booked.append(appointment)
    booked.sort(key=lambda a: (when(a.scheduled_start), a.id))
    return desk, colleague, other_client, booked


async def test_a_list_is_earliest_first_page_by_page_and_knows_its_total(busy):
    desk, _, _, booked = busy
    pages = [await desk.page(page=number, page_size=10) for number in range(1, 9)]

    assert [a.id for page in pages for a in page.items] == [a.id for a in booked]
    assert [a for page in pages for a in page.items] == booked
    assert {page.total for page in pages} == {len(booked)}


async def test_every_filter_narrows_on_every_page(busy):
    desk, colleague, other_client, booked = busy
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
        for client in (None, desk.client_id, other_client):
            for practitioner in (None, str(colleague.user_id)):
                for status in (None, *names):
                    filters = {**window, "client_id": client, "practitioner_id": practitioner, "status": status}
                    expected = [
                        a.id
                        for a in booked
                        if window.get("start_date", NINE - 99 * DAY) <= when(a.scheduled_start) < window.get("end_date", NINE + 99 * DAY)
                        and client in {None, a.client_id}
                        and practitioner in {None, a.practitioner_id}
                        and status in {None, *(n for n, v in names.items() if v == a.status)}
                    ]
                    page = asked % 4 + 1
                    told = await desk.page(**filters, page=page, page_size=7)
                    assert told.total == len(expected), filters
                    assert [a.id for a in told.items] == expected[7 * (page - 1) : 7 * page], (filters, page)
                    asked += 1
    assert asked == 180


async def test_a_page_past_the_end_is_empty_and_still_knows_the_total(busy):
    desk, *_, booked = busy

    page = await desk.page(page=1000)
    assert (list(page.items), page.total) == ([], len(booked))


async def test_a_page_out_of_range_is_refused(desk):
    for wrong in ({"page": -1}, {"page_size": 101}, {"page_size": -1}):
        with pytest.raises(Invalid):
            await desk.page(**wrong)
    with pytest.raises(Invalid):
        await desk.page(status=9)


async def test_a_list_leaves_a_line_with_every_id_it_told(busy):
    desk, *_, booked = busy
    await desk.page(page_size=5)

    [line] = await desk.audited("list_appointments")
    assert list(line.resource_ids) == [a.id for a in booked[:5]]


async def test_the_figures_kept_are_those_counted(busy):
    """Whatever was booked, moved, closed and deleted: the kept figures say what counting would."""
    desk, _, other_client, booked = busy
    await desk.move(booked[0], NINE + 40 * DAY, allow_conflict=True)
    await desk.change(booked[1], client_id=other_client if booked[1].client_id == desk.client_id else desk.client_id)

    async with desk.house.superuser() as connection:
        for kept, counted in (
            (
                "SELECT client_id, appointment_count AS n FROM scheduling.client_figures WHERE workspace_id = $1",
                "SELECT client_id, count(*) AS n FROM scheduling.appointments WHERE workspace_id = $1 AND deleted_at IS NULL GROUP BY 1",
            ),
            (
                "SELECT day, status, appointment_count AS n FROM scheduling.day_figures WHERE workspace_id = $1",
                """SELECT (scheduled_start AT TIME ZONE 'UTC')::date AS day, status, count(*) AS n
                FROM scheduling.appointments WHERE workspace_id = $1 AND deleted_at IS NULL GROUP BY 1, 2""",
            ),
        ):
            figures = {tuple(row.values()) for row in await connection.fetch(kept, desk.workspace_id) if row["n"] != 0}
            assert figures == {tuple(row.values()) for row in await connection.fetch(counted, desk.workspace_id)}
            assert figures


async def test_figures_tell_the_next_the_last_and_how_many(desk):
    now = datetime.now(UTC).replace(microsecond=0)
    nobody_yet = await desk.new_client()
    for days, status in (
        (-3, "completed"),
        (-2, "completed"),
        (-1, "no_show"),
        (-4, "scheduled"),
        (1, "cancelled"),
        (2, "scheduled"),
        (3, "scheduled"),
    ):
        appointment = await desk.book(scheduled_start=now + days * DAY)
        if status != "scheduled":
            await desk.change(appointment, status=status)

    known, new = await desk.figures(desk.client_id, nobody_yet)
    assert (when(known.next_appointment), when(known.last_appointment)) == (now + 2 * DAY, now - 2 * DAY)
    assert (known.client_id, known.appointment_count) == (desk.client_id, 7)
    assert new == pb.Figures(client_id=nobody_yet)


async def test_figures_are_for_five_hundred_clients_at_most_each_once(desk):
    ids = [str(uuid7()) for _ in range(500)]
    assert [f.client_id for f in await desk.figures(*ids, *ids)] == ids

    with pytest.raises(Invalid):
        await desk.figures(*ids, str(uuid7()))


async def test_history_is_newest_first_and_goes_on_where_it_stopped(busy):
    desk, *_, booked = busy
    expected = [a.id for a in reversed(booked) if a.client_id == desk.client_id]
    told, place = [], {}
    while True:
        history = await desk.history(**place, limit=4)
        told += [entry.appointment_id for entry in history.items]
        assert history.total == len(expected)
        if not history.items:
            break
        place = {"before": history.items[-1].at, "before_id": history.items[-1].appointment_id}

    assert told == expected


async def test_history_goes_on_between_two_of_one_moment(desk):
    twins = [await desk.book(allow_conflict=True) for _ in range(3)]
    first = await desk.history(limit=1)
    rest = await desk.history(before=first.items[0].at, before_id=first.items[0].appointment_id)

    told = [entry.appointment_id for entry in [*first.items, *rest.items]]
    assert told == [twin.id for twin in reversed(twins)]
    assert first.items[0] == pb.HistoryEntry(
        appointment_id=twins[2].id, at=NINE, status=pb.APPOINTMENT_STATUS_SCHEDULED, location_type=pb.LOCATION_TYPE_CLINIC
    )


async def test_half_a_place_in_history_is_refused(desk):
    for wrong in ({"before": NINE}, {"before_id": str(uuid7())}, {"limit": 501}, {"limit": -1}):
        with pytest.raises(Invalid):
            await desk.history(**wrong)


async def test_a_far_page_reads_no_more_than_its_own_day(desk):
    """The price of a page is the same at both ends of the agenda."""
    from scheduling.appointments import store

    await _fill(desk, days=400, per_day=12)
    read = {}
    async with desk.house.runtime("scheduling").database.transaction(desk.workspace_id) as tx:
        from chassis.db.paging import Page

        for name, offset in (("near", 0), ("middle", 2405), ("far", 4775)):
            place = await tx.one(store.agenda.placed[frozenset()], since=NINE - 999 * DAY, until=NINE + 999 * DAY, offset=offset)
            read[name] = offset - place["passed"]
            rows, total = await store.agenda.turn_to(tx, {}, Page(limit=25, offset=offset))
            assert (len(rows), total) == (25, 4800)
    assert max(read.values()) < 12


async def _fill(desk, *, days: int, per_day: int) -> None:
    async with desk.house.superuser() as connection:
        await connection.execute(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
                location_type, status, sealed, created_by, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, $3, at, at + interval '1 hour', tstzrange(at, at + interval '1 hour'),
                'clinic', 'scheduled', '', $2, now(), now()
            FROM generate_series(0, $4 - 1) AS day, generate_series(0, $5 - 1) AS hour,
                LATERAL (SELECT $6::timestamptz + day * interval '1 day' + hour * interval '1 hour' AS at) AS at
            """,
            desk.workspace_id, desk.user_id, UUID(desk.client_id), days, per_day, NINE,
        )  # fmt: skip

"""The schema: migrations run up and down, every table has row security, and frequent statements use indexes."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from uuid_utils.compat import uuid7

from chassis.db.statement import Statement
from chassis.migrations.roles import versions_of
from chassis.migrations.runner import drift, migrate
from chassis.testing.environment import Environment, start_environment
from scheduling.__main__ import SERVICE
from scheduling.activity import store as activity
from scheduling.appointments import store
from scheduling.availability import store as availability
from scheduling.busy_periods import store as busy_periods
from scheduling.calendar_feeds import store as feeds
from scheduling.clock_changes import store as clocks
from scheduling.locations import store as locations
from scheduling.slot_holds import store as slot_holds
from scheduling.slots import store as slots
from scheduling.tables import metadata
from scheduling.working_hours import store as working_hours
from scheduling.workspace_holidays import store as holidays

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
MAX_ROWS = 1000
# The day counters and what is not folded yet are small tables, of which a scan is the best plan.
SMALL = {"day_figures", "day_counter_changes", "client_counter_changes"}
MAX_COUNTED_ROWS = 5000
INDEXES = ("start", "status", "practitioner", "client")


@pytest.fixture(scope="module")
async def alone(postgres: str):
    """The schema of scheduling in a database of its own."""
    peers = {"clients": "unix:/nowhere", "identity": "unix:/nowhere"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as h:
        yield h


async def tables(h: Environment) -> set[str]:
    async with h.superuser() as connection:
        rows = await connection.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'scheduling'::regnamespace AND relkind = 'r'")
        functions = await connection.fetch("SELECT proname FROM pg_proc WHERE pronamespace = 'scheduling'::regnamespace")
    return {row[0] for row in [*rows, *functions]}


async def test_the_migrations_run_up_and_down_and_leave_nothing_behind(alone):
    before = await tables(alone)
    await migrate(alone.admin_dsn, "scheduling", "base")
    assert await tables(alone) == {"alembic_version"}
    await migrate(alone.admin_dsn, "scheduling")

    assert await tables(alone) == before
    assert {
        "appointments",
        "services",
        "locations",
        "client_figures",
        "day_figures",
        "client_counter_changes",
        "busy_periods",
        "keep_counts",
    } < before


async def test_appointments_from_before_take_their_time_after_the_upgrade(alone):
    """Practitioners' periods are overbooked as the appointments are. Of clients the later of two is. No location is a room yet."""
    workspace_id, room, client, first, second, over, gone = (uuid7() for _ in range(7))
    one, two = uuid7(), uuid7()
    names = sorted(path.name for path in versions_of("scheduling").glob("[0-9]*.py"))
    [first_of_them] = [number for number, name in enumerate(names) if name.endswith("_busy_periods.py")]
    await migrate(alone.admin_dsn, "scheduling", f"-{len(names) - first_of_them}")
    async with alone.superuser() as connection:
        await connection.execute(
            "INSERT INTO scheduling.locations (workspace_id, id, name, location_type) VALUES ($1, $2, 'Room', 'clinic')", workspace_id, room
        )
        await connection.executemany(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, location_id, scheduled_start, scheduled_end, during,
                location_type, status, cancelled_at, overbooked, overbooked_by, overbooked_at, sealed, created_by, created_at, updated_at)
            SELECT $1, $2, $3::uuid, $4, $5, at, at + interval '1 hour', tstzrange(at - interval '10 minutes', at + interval '1 hour'), 'clinic',
                $7::text, CASE $7::text WHEN 'cancelled' THEN at END, $8::boolean, CASE WHEN $8::boolean THEN $3::uuid END,
                CASE WHEN $8::boolean THEN at END, '', $3::uuid, at, at
            FROM (SELECT $6::timestamptz AS at) AS made
            """,
            [
                (workspace_id, first, one, client, room, NINE, "scheduled", False),
                (workspace_id, second, two, client, room, NINE + timedelta(minutes=30), "completed", False),
                (workspace_id, over, one, uuid7(), None, NINE + timedelta(minutes=30), "scheduled", True),
                (workspace_id, gone, one, client, room, NINE + timedelta(hours=5), "cancelled", False),
            ],
        )
    await migrate(alone.admin_dsn, "scheduling")

    async with alone.superuser() as connection:
        rows = await connection.fetch(
            "SELECT owner_id, resource_kind, resource_id, starts_at, ends_at, overbooked FROM scheduling.busy_periods WHERE workspace_id = $1",
            workspace_id,
        )
        await connection.execute("DELETE FROM scheduling.appointments WHERE workspace_id = $1", workspace_id)
        await connection.execute("DELETE FROM scheduling.busy_periods WHERE workspace_id = $1", workspace_id)
    taken = {(row["owner_id"], row["resource_kind"]): tuple(row)[2:] for row in rows}
    early, start, end = NINE - timedelta(minutes=10), NINE, NINE + timedelta(hours=1)
    half = timedelta(minutes=30)
    assert {key: values for key, values in taken.items() if key[0] != over} == {
        (first, "practitioner"): (one, early, end, False),
        (first, "client"): (client, start, end, False),
        (second, "practitioner"): (two, early + half, end + half, False),
        (second, "client"): (client, start + half, end + half, True),
    }
    assert taken[over, "practitioner"] == (one, early + half, end + half, True)
    assert len(rows) == 6


async def test_the_migrated_schema_agrees_with_the_tables(alone):
    assert await drift(alone.admin_dsn, "scheduling", metadata) == []


async def test_every_table_has_row_security_and_keys_that_begin_with_the_workspace(alone):
    async with alone.superuser() as connection:
        rows = await connection.fetch(
            """
            SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polqual IS NOT NULL AS reads, p.polwithcheck IS NOT NULL AS writes
            FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'tenant'
            WHERE c.relnamespace = 'scheduling'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
            """
        )
        keys = await connection.fetch(
            """
            SELECT conname, (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS first
            FROM pg_constraint WHERE connamespace = 'scheduling'::regnamespace AND contype IN ('p', 'u', 'f', 'x')
            """
        )
    assert {row["relname"] for row in rows} >= {"appointments", "services", "locations", "client_figures", "day_figures"}
    for row in rows:
        # What is due is found across workspaces.
        assert all(tuple(row)[1:]) or (row["relname"] == "waitlist_due" and row["relforcerowsecurity"]), dict(row)
    assert {row["conname"] for row in keys if row["first"] != "workspace_id"} <= {"pk_outbox", "alembic_version_pkc"}


@pytest.fixture(scope="module")
async def filled(alone):
    """100,000 appointments of 20 practitioners and 5,000 clients in one workspace, in a little more than three months.

    One more client has 2,000 appointments after those, and no other.
    """
    workspace_id, practitioners, clients = uuid7(), [uuid7() for _ in range(20)], [uuid7() for _ in range(5000)]
    planned = uuid7()
    async with alone.superuser() as connection, connection.transaction():
        # Without triggers. The counters are written below.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
                location_type, status, cancelled_at, time_zone, local_start, utc_offset, sealed, created_by, created_at, updated_at)
            SELECT $1, gen_random_uuid(), ($2::uuid[])[1 + n % 20], ($3::uuid[])[1 + (n::bigint * 7919) % 5000], at, at + interval '20 minutes',
                tstzrange(at, at + interval '20 minutes'), 'clinic', status, CASE status WHEN 'cancelled' THEN at END,
                'UTC', at AT TIME ZONE 'UTC', 0, decode(repeat('00', 120), 'hex'), ($2::uuid[])[1], at, at
            FROM generate_series(0, 99999) AS n,
                LATERAL (SELECT $4::timestamptz + (n / 20) * interval '30 minutes' AS at,
                    CASE n % 100 WHEN 3 THEN 'cancelled' WHEN 7 THEN 'no_show' WHEN 11 THEN 'completed' ELSE 'scheduled' END AS status) AS made
            """,
            workspace_id, practitioners, clients, NINE,
        )  # fmt: skip
        await connection.execute(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
                location_type, status, sealed, created_by, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, $3, at, at + interval '20 minutes', tstzrange(at, at + interval '20 minutes'),
                'clinic', 'scheduled', decode(repeat('00', 120), 'hex'), $2, at, at
            FROM generate_series(0, 1999) AS n, LATERAL (SELECT $4::timestamptz + interval '1200 days' + n * interval '1 day' AS at) AS made
            """,
            workspace_id, practitioners[3], planned, NINE,
        )  # fmt: skip
        await connection.execute(
            """
            INSERT INTO scheduling.busy_periods (workspace_id, resource_kind, resource_id, starts_at, ends_at, owner_kind, owner_id, overbooked)
            SELECT workspace_id, kind, resource_id, scheduled_start, scheduled_end, 'appointment', id, kind = 'client'
            FROM scheduling.appointments, LATERAL (VALUES ('practitioner', practitioner_id), ('client', client_id)) AS t (kind, resource_id)
            WHERE status IN ('scheduled', 'completed');
            INSERT INTO scheduling.client_figures SELECT workspace_id, client_id, count(*) FROM scheduling.appointments GROUP BY 1, 2;
            INSERT INTO scheduling.day_figures
            SELECT workspace_id, (scheduled_start AT TIME ZONE 'UTC')::date, status, count(*) FROM scheduling.appointments GROUP BY 1, 2, 3;
            INSERT INTO scheduling.services (workspace_id, id, name, default_duration_minutes)
            SELECT gen_random_uuid(), gen_random_uuid(), 'Service ' || n, 30 FROM generate_series(1, 5000) AS n;
            INSERT INTO scheduling.locations (workspace_id, id, name, location_type, sealed, version)
            SELECT gen_random_uuid(), gen_random_uuid(), 'Room ' || n, 'clinic', decode(repeat('00', 120), 'hex'), 1 FROM generate_series(1, 5000) AS n;
            INSERT INTO scheduling.availability (workspace_id, practitioner_id, notice_minutes, slot_step_minutes, sealed, version, updated_by, updated_at)
            SELECT gen_random_uuid(), gen_random_uuid(), 0, 15, decode(repeat('00', 120), 'hex'), 1, gen_random_uuid(), now() FROM generate_series(1, 5000);
            """
        )
        await connection.execute(
            """
            INSERT INTO scheduling.holidays (workspace_id, id, date, name, created_by, created_at)
            SELECT workspace_id, gen_random_uuid(), $2::date + n, 'Holiday', workspace_id, now()
            FROM unnest($1::uuid[]) AS workspace_id, generate_series(1, 500) AS n
            """,
            [workspace_id, *(uuid7() for _ in range(20))], NINE.date(),
        )  # fmt: skip
    async with alone.superuser() as connection:
        await connection.execute(
            "VACUUM ANALYZE scheduling.appointments, scheduling.busy_periods, scheduling.client_figures, scheduling.day_figures, scheduling.services,"
            " scheduling.availability, scheduling.holidays, scheduling.locations"
        )
        some = await connection.fetchval("SELECT id FROM scheduling.appointments OFFSET 50000 LIMIT 1")
    return {
        "workspace_id": workspace_id,
        "practitioner_id": practitioners[3],
        "client_id": clients[5],
        "id": some,
        "clients": clients,
        "planned": planned,
    }


def frequent(ids) -> dict[str, tuple[Statement, dict[str, object]]]:
    """The frequent statements, with parameters that match many rows."""
    day = {"since": NINE + timedelta(days=20), "until": NINE + timedelta(days=21)}
    week = {"since": NINE + timedelta(days=20), "until": NINE + timedelta(days=27)}
    always = {"since": NINE - timedelta(days=999), "until": NINE + timedelta(days=999)}
    one = {"id": ids["id"]}
    client, practitioner = {"client_id": ids["client_id"]}, {"practitioner_id": ids["practitioner_id"]}
    agenda = {**practitioner, "since": NINE + timedelta(days=1200), "until": NINE + timedelta(days=1600), "gone_since": NINE}
    since = NINE + timedelta(days=1200)
    taken = {"resource_ids": [ids["practitioner_id"]], "starts": [NINE + timedelta(days=9)]}
    first, far = {"skip": 0, "limit": 50}, {"skip": 12, "limit": 50}
    filters = [names for size in range(4) for names in combinations(store.appointment_list.filters, size)]
    values = {**client, **practitioner, "status": "no_show"}
    lists = {
        f"list by {', '.join(names) or 'nothing'}": (
            store.appointment_list.list_statement(names),
            {**{name: values[name] for name in names}, **always, **first},
        )
        for names in filters
    }
    counts = {
        f"count by {', '.join(names)}": (
            store.appointment_list.count_statement(names),
            {**{name: values[name] for name in names}, **always},
        )
        for names in filters
        if {"client_id", "practitioner_id"} & set(names)
    }
    assert (len(lists), len(counts)) == (8, 6)
    return {
        **lists,
        **counts,
        "a practitioner's week": (store.appointment_list.list_statement(["practitioner_id"]), {**practitioner, **week, **first}),
        "a week's list": (store.appointment_list.list_statement(), {**week, **first}),
        "what clocks say of what is to come": (clocks.agreed, {"since": NINE + timedelta(days=9), "after": ids["id"], "limit": 50}),
        "a day's list": (store.appointment_list.list_statement(), {**day, **first}),
        "a far page's list": (store.appointment_list.list_statement(), {**always, "since": NINE + timedelta(days=90), **far}),
        "whose clients ask to cancel": (store.asked_list.list_statement(), {**always, **first}),
        "a practitioner's whose clients ask to cancel": (
            store.asked_list.list_statement(["practitioner_id"]),
            {**always, **practitioner, **first},
        ),
        "how many clients ask to cancel": (store.asked_list.count_statement(), always),
        "where a far page begins": (store.appointment_list.locate_statement(), {**always, "offset": 90_000}),
        "where a status's page begins": (
            store.appointment_list.locate_statement(["status"]),
            {**always, "offset": 900, "status": "no_show"},
        ),
        "where a window's page begins": (store.appointment_list.locate_statement(), {**day, "offset": 50}),
        "get": (store.get, one),
        "get to change": (store.get_for_update, one),
        "slot": (store.slot, one),
        "conflicts": (
            busy_periods.conflicts,
            {
                "owner_id": ids["id"],
                "now": NINE,
                "reader": ids["id"],
                "resource_kinds": ["practitioner"],
                **taken,
                "ends": [NINE + timedelta(days=9, hours=1)],
            },
        ),
        "what was taken": (busy_periods.release, {"owner_id": ids["id"], **taken}),
        "holds in the way": (
            busy_periods.release_holds,
            {**taken, "ends": [NINE + timedelta(days=9, hours=1)], "now": NINE, "reader": ids["id"]},
        ),
        "a hold": (busy_periods.release_hold, {"owner_id": ids["id"], "now": NINE, "reader": ids["id"]}),
        "somebody's holds": (slot_holds.count, {"held_by": ids["id"], "now": NINE}),
        "somebody's expired holds": (slot_holds.with_expired, {"held_by": ids["id"], "now": NINE}),
        "a practitioner's month": (
            busy_periods.busy_within,
            {"resource_id": ids["practitioner_id"], "since": NINE + timedelta(days=9), "until": NINE + timedelta(days=24), "now": NINE},
        ),
        "client summaries": (store.client_summaries, {"ids": ids["clients"][:40], "now": NINE + timedelta(days=9)}),
        "the summary of a client with years planned": (store.client_summaries, {"ids": [ids["planned"]], "now": NINE + timedelta(days=9)}),
        "timeline": (store.timeline_events, {**client, "limit": 100}),
        "timeline after a cursor": (
            store.timeline_events_before,
            {**client, "limit": 100, "before": NINE + timedelta(days=9), "before_id": ids["id"]},
        ),
        "a client's count": (store.client_counter, client),
        "a client's erasure": (store.of_client_for_update, client),
        "a service": (store.service, one),
        "when a practitioner is busy for six weeks": (
            busy_periods.busy_within,
            {"resource_id": ids["practitioner_id"], "since": since, "until": since + timedelta(days=42), "now": NINE},
        ),
        "a slot's service": (slots.service, one),
        "a person's day": (store.agenda, {**practitioner, "since": NINE, "until": NINE + timedelta(days=1)}),
        "a calendar feed's appointments": (feeds.agenda, {**agenda, "limit": 500}),
        "what a calendar feed says was deleted": (feeds.deleted, agenda),
        "feeds of a practitioner": (feeds.of_practitioner, practitioner),
        "a feed by its secret": (feeds.find, {**one, "token_hash": b""}),
        "a month's activity of a practitioner": (
            activity.activity({"practitioner_id"}),
            {**practitioner, "bounds": [since + timedelta(days=n) for n in range(32)], "since": since, "until": since + timedelta(days=31)},
        ),
        "a day's activity": (activity.activity(()), {**day, "bounds": [day["since"], day["until"]]}),
        "a practitioner's time off": (availability.end_time_off, practitioner),
        "an address that is to be sealed": (locations.get_open, one),
        "working hours": (working_hours.get, practitioner),
        "holidays of six weeks": (working_hours.holidays_between, {"first": NINE.date(), "last": NINE.date() + timedelta(days=42)}),
        "a page of holidays": (holidays.page, {"first": NINE.date(), "last": NINE.date() + timedelta(days=900), **first}),
        "a country's holidays": (
            holidays.of_country,
            {"first": NINE.date(), "last": NINE.date() + timedelta(days=365), "country": "DE", "subdivision": None},
        ),
    }


async def test_no_statement_scans_a_large_table(alone, filled):
    """As the service's role, under row security. The rows are those that the plan really read."""
    async with alone.runtime("scheduling").database.transaction(filled["workspace_id"], seconds=10.0) as tx:
        connection = await tx.connection()
        for name, (stmt, params) in frequent(filled).items():
            plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {stmt.sql}", *stmt.arguments(params)))[0]["Plan"]
            # Only the rows of one practitioner or client are counted.
            max_rows = MAX_COUNTED_ROWS if name.startswith("count") else MAX_ROWS
            for node in nodes(plan):
                assert node["Node Type"] != "Seq Scan" or node["Relation Name"] in SMALL, (name, node)
                rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                assert "Relation Name" not in node or rows <= max_rows, (name, rows, node)


@pytest.mark.parametrize("name", ["a day's list", "a practitioner's week", "timeline", "what clocks say of what is to come"])
async def test_without_its_indexes_a_statement_reads_too_much(alone, filled, name):
    """So what is checked above can fail."""
    stmt, params = frequent(filled)[name]
    read = []
    async with alone.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        for change in ("SELECT", f"DROP INDEX {', '.join(f'scheduling.ix_appointments_{each}' for each in INDEXES)}"):
            await connection.execute(change)
            # As the service, under row security.
            await connection.execute("SET LOCAL ROLE scheduling_app")
            await connection.execute("SELECT set_config('app.workspace_id', $1, true)", str(filled["workspace_id"]))
            plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {stmt.sql}", *stmt.arguments(params)))[0]["Plan"]
            await connection.execute("RESET ROLE")
            rows = [
                (each["Actual Rows"] + each.get("Rows Removed by Filter", 0)) * each["Actual Loops"]
                for each in nodes(plan)
                if "Relation Name" in each
            ]
            read.append(max(rows))
        await transaction.rollback()
    assert read[0] <= MAX_ROWS < read[1]


async def test_no_generic_plan_scans_a_large_table(alone, filled):
    """The service runs with `force_generic_plan`, so statements are planned without knowledge of their parameters."""
    async with alone.runtime("scheduling").database.transaction(filled["workspace_id"], seconds=10.0) as tx:
        connection = await tx.connection()
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for name, (stmt, _) in frequent(filled).items():
            await connection.execute(f"PREPARE tested AS {stmt.sql}")
            unknown = ", ".join(["NULL"] * len(stmt.names))
            plan = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE tested({unknown})"))[0]["Plan"]
            for node in nodes(plan):
                assert node["Node Type"] != "Seq Scan" or node["Relation Name"] in SMALL, (name, node)
            await connection.execute("DEALLOCATE tested")


async def test_who_is_busy_is_never_read_in_the_index_of_the_constraint(alone, filled):
    """By it PostgreSQL would read everything that a practitioner was ever booked for. It cannot even where there is no better one."""
    statements = frequent(filled)
    async with alone.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("ALTER TABLE scheduling.busy_periods DROP CONSTRAINT pk_busy_periods")
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off")
        for name in ("conflicts", "a practitioner's month"):
            stmt, params = statements[name]
            plan = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {stmt.sql}", *stmt.arguments(params)))[0]["Plan"]
            assert not [node for node in nodes(plan) if node.get("Index Name") == "busy_period_conflict"], name
        await transaction.rollback()


async def test_a_booking_reads_no_busy_periods_but_overbooked_ones(alone, filled):
    from asyncpg import Range

    start = NINE + timedelta(days=9, minutes=20)
    appointment = {
        "workspace_id": filled["workspace_id"], "id": uuid7(), "client_id": filled["client_id"], "practitioner_id": filled["practitioner_id"],
        "scheduled_start": start, "scheduled_end": start + timedelta(minutes=5), "during": Range(start, start + timedelta(minutes=5)),
        "location_type": "clinic", "location_id": None, "service_id": None, "status": "scheduled", "sealed": b"", "overbooked": False,
        "overbooked_by": None, "overbooked_at": None, "payment_price": None, "payment_status": None, "payment_method": None, "paid_at": None,
        "time_zone": None, "local_start": None, "utc_offset": None,
        "created_by": uuid7(), "created_at": NINE, "updated_at": NINE, "owner_id": uuid7(), "resource_kinds": ["practitioner"],
        "resource_ids": [filled["practitioner_id"]], "starts": [start], "ends": [start + timedelta(minutes=5)], "flags": [False],
    }  # fmt: skip
    async with alone.runtime("scheduling").database.transaction(filled["workspace_id"], seconds=10.0) as tx:
        connection = await tx.connection()
        raw = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {store.book.sql}", *store.book.arguments(appointment))
        for node in nodes(json.loads(raw)[0]["Plan"]):
            assert node["Node Type"] != "Seq Scan", node
            assert (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] <= 1, node
        assert await tx.one(store.get, id=appointment["id"])


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)

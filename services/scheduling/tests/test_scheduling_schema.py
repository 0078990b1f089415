"""The schema: forward and back and forward again, every table closed to strangers, every hot query by index."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from chassis.db.statement import Statement
from chassis.migrations.runner import drift, migrate
from chassis.testing.environment import House, house
from scheduling.__main__ import SERVICE
from scheduling.appointments import store
from scheduling.tables import metadata

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)
OVER_THE_LINE = 1000
OF_ONE_PRACTITIONER = 5000


@pytest.fixture(scope="module")
async def alone(postgres: str):
    """The schema of scheduling on a database nobody else uses."""
    peers = {"clients": "unix:/nowhere", "identity": "unix:/nowhere"}
    async with house(postgres, SERVICE, settings={"peers": peers}, relay=False) as h:
        yield h


async def tables(h: House) -> set[str]:
    async with h.superuser() as connection:
        rows = await connection.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'scheduling'::regnamespace AND relkind = 'r'")
        functions = await connection.fetch("SELECT proname FROM pg_proc WHERE pronamespace = 'scheduling'::regnamespace")
    return {row[0] for row in [*rows, *functions]}


async def test_the_migrations_go_up_down_and_up_and_leave_nothing_behind(alone):
    before = await tables(alone)
    await migrate(alone.admin_dsn, "scheduling", "base")
    assert await tables(alone) == {"alembic_version"}
    await migrate(alone.admin_dsn, "scheduling")

    assert await tables(alone) == before
    assert {"appointments", "services", "locations", "client_figures", "day_figures", "keep_counts"} < before


async def test_the_schema_is_what_the_tables_say(alone):
    assert await drift(alone.admin_dsn, "scheduling", metadata) == []


async def test_every_table_is_closed_to_other_workspaces(alone):
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
        assert all(tuple(row)[1:]), dict(row)
    assert {row["conname"] for row in keys if row["first"] != "workspace_id"} <= {"pk_outbox", "alembic_version_pkc"}


@pytest.fixture(scope="module")
async def crowded(alone):
    """100 000 appointments of one workspace: 20 practitioners, 5 000 clients, a year and more."""
    workspace_id, practitioners, clients = uuid7(), [uuid7() for _ in range(20)], [uuid7() for _ in range(5000)]
    async with alone.superuser() as connection, connection.transaction():
        # Rows of this kind do not fire the trigger: the figures are written at once below.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
                location_type, status, cancelled_at, sealed, created_by, created_at, updated_at)
            SELECT $1, gen_random_uuid(), ($2::uuid[])[1 + n % 20], ($3::uuid[])[1 + (n::bigint * 7919) % 5000], at, at + interval '20 minutes',
                tstzrange(at, at + interval '20 minutes'), 'clinic', status, CASE status WHEN 'cancelled' THEN at END,
                decode(repeat('00', 120), 'hex'), ($2::uuid[])[1], at, at
            FROM generate_series(0, 99999) AS n,
                LATERAL (SELECT $4::timestamptz + (n / 20) * interval '30 minutes' AS at,
                    CASE n % 100 WHEN 3 THEN 'cancelled' WHEN 7 THEN 'no_show' WHEN 11 THEN 'completed' ELSE 'scheduled' END AS status) AS made
            """,
            workspace_id, practitioners, clients, NINE,
        )  # fmt: skip
        await connection.execute(
            """
            INSERT INTO scheduling.client_figures SELECT workspace_id, client_id, count(*) FROM scheduling.appointments GROUP BY 1, 2;
            INSERT INTO scheduling.day_figures
            SELECT workspace_id, (scheduled_start AT TIME ZONE 'UTC')::date, status, count(*) FROM scheduling.appointments GROUP BY 1, 2, 3;
            INSERT INTO scheduling.services (workspace_id, id, name, default_duration_minutes)
            SELECT gen_random_uuid(), gen_random_uuid(), 'Service ' || n, 30 FROM generate_series(1, 5000) AS n
            """
        )
    async with alone.superuser() as connection:
        await connection.execute(
            "VACUUM ANALYZE scheduling.appointments, scheduling.client_figures, scheduling.day_figures, scheduling.services"
        )
        some = await connection.fetchval("SELECT id FROM scheduling.appointments OFFSET 50000 LIMIT 1")
    return {"workspace_id": workspace_id, "practitioner_id": practitioners[3], "client_id": clients[5], "id": some, "clients": clients}


def hot(known) -> dict[str, tuple[Statement, dict[str, object]]]:
    """What people wait for, with the arguments of a busy day."""
    from asyncpg import Range

    day = {"since": NINE + timedelta(days=20), "until": NINE + timedelta(days=21)}
    always = {"since": NINE - timedelta(days=999), "until": NINE + timedelta(days=999)}
    one = {"id": known["id"]}
    client, practitioner = {"client_id": known["client_id"]}, {"practitioner_id": known["practitioner_id"]}
    first, far = {"skip": 0, "limit": 50}, {"skip": 12, "limit": 50}
    lists = {
        f"list by {', '.join(sorted(names)) or 'nothing'}": (
            store.agenda.listed[names],
            {**{n: v for n, v in {**client, **practitioner, "status": "no_show"}.items() if n in names}, **always, **first},
        )
        for names in store.agenda.listed
    }
    counts = {
        f"count by {', '.join(sorted(names))}": (
            store.agenda.counted[names],
            {**{n: v for n, v in {**client, **practitioner, "status": "no_show"}.items() if n in names}, **always},
        )
        for names in store.agenda.counted
    }
    return {
        **lists,
        **counts,
        "a day's list": (store.agenda.listed[frozenset()], {**day, **first}),
        "a far page's list": (store.agenda.listed[frozenset()], {**always, "since": NINE + timedelta(days=90), **far}),
        "where a far page begins": (store.agenda.placed[frozenset()], {**always, "offset": 90_000}),
        "where a status's page begins": (store.agenda.placed[frozenset({"status"})], {**always, "offset": 900, "status": "no_show"}),
        "where a window's page begins": (store.agenda.placed[frozenset()], {**day, "offset": 50}),
        "get": (store.get, one),
        "get to change": (store.get_to_change, one),
        "slot": (store.slot, one),
        "clashes": (store.clashes, {**one, **practitioner, "during": Range(NINE + timedelta(days=9), NINE + timedelta(days=9, hours=1))}),
        "figures": (store.figures, {"ids": known["clients"][:40], "now": NINE + timedelta(days=9)}),
        "history": (store.history, {**client, "limit": 100}),
        "history further back": (
            store.history_before,
            {**client, "limit": 100, "before": NINE + timedelta(days=9), "before_id": known["id"]},
        ),
        "a client's count": (store.count_of_client, client),
        "a client's erasure": (store.of_client, client),
        "a service": (store.service, one),
    }


async def test_no_hot_query_reads_a_table_from_end_to_end(alone, crowded):
    """As the app role, under row security, on 100 000 rows; rows are counted, not guessed."""
    async with alone.runtime("scheduling").database.transaction(crowded["workspace_id"]) as tx:
        connection = await tx.connection()
        for name, (stmt, params) in hot(crowded).items():
            plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {stmt.sql}", *stmt.arguments(params)))[0]["Plan"]
            # One practitioner's or client's own are counted along an index; nothing else is.
            most = OF_ONE_PRACTITIONER if name.startswith("count") else OVER_THE_LINE
            for node in nodes(plan):
                # A year and more of days is a small table, which PostgreSQL rightly reads whole.
                assert node["Node Type"] != "Seq Scan" or node["Relation Name"] == "day_figures", (name, node)
                rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                assert "Relation Name" not in node or rows <= most, (name, rows, node)


async def test_no_hot_query_does_so_once_postgresql_plans_it_for_any_arguments(alone, crowded):
    """A statement run often is planned without its arguments in sight, and must not turn into a scan then."""
    async with alone.runtime("scheduling").database.transaction(crowded["workspace_id"]) as tx:
        connection = await tx.connection()
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for name, (stmt, _) in hot(crowded).items():
            await connection.execute(f"PREPARE hot AS {stmt.sql}")
            unknown = ", ".join(["NULL"] * len(stmt.names))
            plan = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE hot({unknown})"))[0]["Plan"]
            for node in nodes(plan):
                assert node["Node Type"] != "Seq Scan" or node["Relation Name"] == "day_figures", (name, node)
            await connection.execute("DEALLOCATE hot")


async def test_a_booking_looks_at_its_own_calendar_alone(alone, crowded):
    from asyncpg import Range

    start = NINE + timedelta(days=9, minutes=20)
    appointment = {
        "workspace_id": crowded["workspace_id"], "id": uuid7(), "client_id": crowded["client_id"], "practitioner_id": crowded["practitioner_id"],
        "scheduled_start": start, "scheduled_end": start + timedelta(minutes=5), "during": Range(start, start + timedelta(minutes=5)),
        "location_type": "clinic", "location_id": None, "service_id": None, "status": "scheduled", "sealed": b"", "overbooked": False,
        "overbooked_by": None, "overbooked_at": None, "created_by": uuid7(), "created_at": NINE, "updated_at": NINE,
    }  # fmt: skip
    async with alone.runtime("scheduling").database.transaction(crowded["workspace_id"]) as tx:
        connection = await tx.connection()
        raw = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {store.book.sql}", *store.book.arguments(appointment))
        for node in nodes(json.loads(raw)[0]["Plan"]):
            assert node["Node Type"] != "Seq Scan", node
            assert (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] <= 200, node
        assert await tx.one(store.get, id=appointment["id"])


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)

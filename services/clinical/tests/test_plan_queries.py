"""Among a hundred thousand plans, milestones, measures and events, no frequent statement reads more rows than it needs."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.db.statement import Statement
from chassis.paging import BEGINNING
from chassis.testing.environment import start_environment
from clinical.__main__ import SERVICE
from clinical.erasure import store as erasure
from clinical.measures import store as measures
from clinical.milestones import store as milestones
from clinical.plans import store as plans

from .test_clinical_queries import literal, nodes, rows_read

WORKSPACES = 5
ROWS = 100_000
PER_CLIENT = 20
# A tenth of the rows of a table belong to a plan each: the plans that the test asks for.
PER_PLAN = 10
HERE = UUID(int=3)
LATE = datetime(2100, 1, 1, tzinfo=UTC)
START = datetime(2020, 1, 1, tzinfo=UTC)
TABLES = {"plans", "plan_versions", "milestones", "measures", "plan_events"}


def row(number: int) -> UUID:
    """The id of a row in the workspace of the test."""
    return UUID(int=number * WORKSPACES + HERE.int - 1)


def client_of(number: int) -> UUID:
    return row(number // PER_CLIENT)


@pytest.fixture(scope="module")
async def archive(postgres):
    """Five workspaces of twenty thousand rows of each table. The encrypted columns hold random bytes."""
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as h:
        async with h.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            await db.execute(f"""
                CREATE FUNCTION pg_temp.id(n bigint) RETURNS uuid LANGUAGE sql AS $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
                CREATE TEMP TABLE made AS SELECT pg_temp.id(n % {WORKSPACES} + 1) AS workspace_id, pg_temp.id(n) AS id,
                    pg_temp.id(((n / {WORKSPACES}) / {PER_CLIENT}) * {WORKSPACES} + n % {WORKSPACES}) AS client_id,
                    pg_temp.id(((n / {WORKSPACES}) / {PER_PLAN}) * {PER_PLAN * WORKSPACES} + n % {WORKSPACES}) AS plan_id,
                    (n / {WORKSPACES}) % {PER_PLAN} AS place, '2020-01-01Z'::timestamptz + n * interval '1 minute' AS at,
                    CASE WHEN (n / {WORKSPACES}) % 10 = 0 THEN 'completed' ELSE 'active' END AS status
                    FROM generate_series(0, {ROWS - 1}) n;
                INSERT INTO clinical.plans SELECT workspace_id, id, client_id, decode(repeat(md5(id::text), 10), 'hex'), 1, status, NULL, NULL, at, at
                    FROM made;
                INSERT INTO clinical.plan_versions SELECT workspace_id, id, plan_id, place + 1, '\\x00', status, client_id, at FROM made;
                INSERT INTO clinical.milestones SELECT workspace_id, id, plan_id, '\\x00', 1, place, 'pending', NULL, at, at FROM made;
                INSERT INTO clinical.measures SELECT workspace_id, id, plan_id, NULL, '\\x00', 1, at, at FROM made;
                INSERT INTO clinical.plan_events SELECT workspace_id, id, plan_id, client_id, id, 'milestone_achieved', at FROM made;
                UPDATE clinical.plan_events SET hidden = true WHERE client_id = '{client_of(1000)}' AND id > '{row(1009)}';
                INSERT INTO clinical.plan_tallies SELECT workspace_id, status, count(*) FROM made GROUP BY 1, 2;
                ANALYZE clinical.plans; ANALYZE clinical.plan_versions; ANALYZE clinical.milestones; ANALYZE clinical.measures;
                ANALYZE clinical.plan_events; ANALYZE clinical.plan_tallies;
            """)
        yield h.runtime("clinical")


FIRST: dict[str, Any] = {"limit": 50, "offset": 0}
CLIENT: dict[str, Any] = {"client_id": client_of(1000)}
PLAN: dict[str, Any] = {"plan_id": row(1000)}
PLACED: dict[str, Any] = {"id": row(1000), "sealed": b"s", "position": 0, "status": "pending", "achieved_at": None, "now": START}

# Statements, their parameters, and how many rows each may read.
ASKED: dict[str, tuple[Statement, dict[str, Any], int]] = {
    "first page": (plans.page(), FIRST, 50),
    "third page": (plans.page(), {"limit": 50, "offset": 100}, 150),
    "of a status": (plans.page(["status"]), {**FIRST, "status": "completed"}, 50),
    "of a client": (plans.page(["client_id"]), {**FIRST, **CLIENT}, PER_CLIENT),
    "of a client and a status": (plans.page(["client_id", "status"]), {**FIRST, **CLIENT, "status": "completed"}, PER_CLIENT),
    "count": (plans.count(), {}, 0),
    "count of a status": (plans.count(["status"]), {"status": "active"}, 0),
    "count of a client": (plans.count(["client_id"]), CLIENT, PER_CLIENT),
    "get": (plans.get, {"id": row(1000)}, 1),
    "lock": (plans.lock, {"id": row(1000)}, 1),
    "save": (plans.save, {"id": row(1000), "sealed": b"s", "status": "completed", "now": START}, 1),
    "versions": (plans.versions, {**PLAN, "limit": 50, "after": BEGINNING}, PER_PLAN + 1),
    "timeline": (plans.newest_events, {**CLIENT, "limit": 5}, 5),
    "timeline continued": (plans.events_before, {**CLIENT, "limit": 5, "before": LATE, "before_id": row(0)}, 5),
    "a deleted plan's events": (plans.hide_events, {"id": row(1000)}, PER_PLAN),
    "a milestone's event": (plans.hide_event_of_milestone, {"milestone_id": row(1001)}, 1),
    "milestones": (milestones.page, {**PLAN, **FIRST}, PER_PLAN),
    "all milestones": (milestones.of_plan, PLAN, PER_PLAN),
    "count of milestones": (milestones.count, PLAN, PER_PLAN),
    "a milestone": (milestones.get, {**PLAN, "id": row(1001)}, 1),
    "a milestone's place": (milestones.save, PLACED, 1),
    "a milestone's removal": (milestones.remove, {**PLAN, "id": row(1001)}, 1),
    "measures": (measures.page, {**PLAN, **FIRST}, PER_PLAN),
    "count of measures": (measures.count, PLAN, PER_PLAN),
    "a measure's removal": (measures.remove, {**PLAN, "id": row(1001)}, 1),
    "an erased client's plans": (erasure.lock_plans, CLIENT, PER_CLIENT),
    "the measures' removal": (erasure.remove_measures, CLIENT, 2 * PER_CLIENT),
    "the milestones' removal": (erasure.remove_milestones, CLIENT, 2 * PER_CLIENT),
    "the versions' removal": (erasure.remove_plan_versions, CLIENT, 2 * PER_CLIENT),
}
ERASING = {erasure.remove_plan_versions}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("asked", ASKED)
async def test_a_statement_reads_no_more_rows_than_it_needs(archive, asked, mode):
    statement, parameters, most = ASKED[asked]
    values = ", ".join("NULL" if value is None else literal(value) for value in statement.arguments(parameters))
    tx = (archive.eraser_database if statement in ERASING else archive.database).begin(HERE)
    try:
        connection = await tx.connection()
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}; PREPARE asked AS {statement.sql}")
        plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked{f' ({values})' if values else ''}"))
        await connection.execute("DEALLOCATE asked")
    finally:
        await tx.rollback()

    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") in TABLES and "Scan" in node["Node Type"]]
    assert not [node for node in scans if node["Node Type"] == "Seq Scan"], plan
    assert sum(map(rows_read, scans)) <= most, plan
    assert bool(scans) == (most > 0), plan
    assert not scans or sum(map(rows_read, scans)) > 0, "it found nothing to look at"

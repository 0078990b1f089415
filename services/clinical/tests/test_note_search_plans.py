"""Beside a hundred thousand rows of work and of blocks, no statement of a search reads more rows than it needs."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.db.statement import Statement
from chassis.testing.environment import start_environment
from clinical.__main__ import SERVICE
from clinical.note_search import store

from .test_clinical_queries import literal, nodes, rows_read

WORKSPACES = 5
ROWS = 100_000
SEGMENTS = 20
HERE = UUID(int=3)
START = datetime(2020, 1, 1, tzinfo=UTC)
TABLES = {"search_work", "search_segments", "search_blocks", "sessions"}


def segment(number: int) -> UUID:
    """The id of a segment in the workspace of the test."""
    return UUID(int=number * WORKSPACES + HERE.int - 1)


@pytest.fixture(scope="module")
async def archive(postgres):
    """Five workspaces of twenty segments and twenty thousand blocks, notes and rows of work each. The encrypted columns hold random bytes."""
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as h:
        # The worker has nothing to find: nothing is due before 2100.
        async with h.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            await db.execute(f"""
                CREATE FUNCTION pg_temp.id(n bigint) RETURNS uuid LANGUAGE sql AS $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
                INSERT INTO clinical.search_segments SELECT pg_temp.id(n % {WORKSPACES} + 1), pg_temp.id(n), 1000, '\\x00', '\\x00', 0, n % 10 < 9, NULL
                    FROM generate_series(0, {SEGMENTS * WORKSPACES - 1}) n;
                INSERT INTO clinical.search_blocks SELECT pg_temp.id(n % {WORKSPACES} + 1), pg_temp.id(n % {SEGMENTS * WORKSPACES}),
                    n / {SEGMENTS * WORKSPACES}, decode(repeat(md5(n::text), 10), 'hex') FROM generate_series(0, {ROWS - 1}) n;
                INSERT INTO clinical.search_work (workspace_id, session_id, due_at) SELECT pg_temp.id(n % {WORKSPACES} + 1), pg_temp.id(n),
                    '2100-01-01Z'::timestamptz + n * interval '1 second' FROM generate_series(0, {ROWS - 1}) n;
                INSERT INTO clinical.sessions (workspace_id, id, client_id, created_by_user_id, sealed, version, session_date, status,
                    created_at, updated_at)
                SELECT pg_temp.id(n % {WORKSPACES} + 1), pg_temp.id(n), pg_temp.id(n), pg_temp.id(n), decode(repeat(md5(n::text), 10), 'hex'), 1,
                    '2020-01-01Z', 'draft', '2020-01-01Z', '2020-01-01Z' FROM generate_series(0, {ROWS - 1}) n;
                ANALYZE clinical.search_segments; ANALYZE clinical.search_blocks; ANALYZE clinical.search_work; ANALYZE clinical.sessions;
            """)
        yield h.runtime("clinical")


BLOCKS: dict[str, Any] = {"segment_ids": [segment(number % SEGMENTS) for number in range(40)], "numbers": list(range(40))}

# Statements, their parameters, and how many rows each may read. A table of one page is read whole, whatever indexes it has.
ASKED: dict[str, tuple[Statement, dict[str, Any], int]] = {
    "segments and changed notes": (store.segments_and_changes, {"limit": 100}, SEGMENTS * WORKSPACES + 100),
    "segments": (store.segments, {}, SEGMENTS * WORKSPACES),
    "notes from before the index": (store.unseen_notes, {}, SEGMENTS * WORKSPACES),
    "blocks": (store.blocks, BLOCKS, 40),
    "changed notes": (store.notes, {"ids": [segment(number) for number in range(50)]}, 50),
    "first changes": (store.changes, {"limit": 100}, 100),
    "work that is done": (store.remove_work, {"ids": [WORKSPACES * number + HERE.int for number in range(50)]}, 50),
}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("asked", ASKED)
async def test_a_statement_reads_no_more_rows_than_it_needs(archive, asked, mode):
    statement, parameters, most = ASKED[asked]
    plan = await explained(archive, statement, parameters, mode, HERE)

    scans = [node for node in nodes(plan) if node.get("Relation Name") in TABLES and "Scan" in node["Node Type"] and node["Actual Loops"]]
    assert not [node for node in scans if node["Node Type"] == "Seq Scan" and node["Relation Name"] != "search_segments"], plan
    assert 0 < sum(map(rows_read, scans)) <= most, plan


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_workspaces_with_work_that_is_due_are_found_by_one_row_of_each(archive, mode):
    asked = {"now": datetime(2100, 1, 1, 0, 1, tzinfo=UTC), "limit": 100, "passed_over": [UUID(int=1)]}
    plan = await explained(archive, store.due, asked, mode, None)

    scans = [node for node in nodes(plan) if node.get("Relation Name") == "search_work"]
    assert {scan["Index Name"] for scan in scans} == {"ix_search_work_due"}, plan
    assert plan["Actual Rows"] == WORKSPACES - 1
    # Of each workspace the row that is due first, although dozens are due.
    assert sum(map(rows_read, scans)) == WORKSPACES


async def explained(archive, statement: Statement, parameters: dict[str, Any], mode: str, workspace_id: UUID | None) -> dict[str, Any]:
    values = ", ".join(
        map(literal, statement.arguments({"workspace_id": HERE, **parameters} if "workspace_id" in statement.names else parameters))
    )
    tx = archive.database.begin(workspace_id)
    try:
        connection = await tx.connection()
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}; PREPARE asked AS {statement.sql}")
        plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked{f' ({values})' if values else ''}"))
        await connection.execute("DEALLOCATE asked")
    finally:
        await tx.rollback()
    return plan[0]["Plan"]

"""With a hundred thousand events, every query on the trail uses an index."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest

from audit.trail import store, vocabulary

WORKSPACES = [UUID(int=n) for n in range(1, 6)]
UNTIL_NOW = (datetime.now(UTC) - timedelta(days=30), datetime.now(UTC))
VALUES = {
    "user_id": UUID(int=7),
    "resource_type": "Client",
    "resource_id": UUID(int=9),
    "action": "UPDATE",
    "outcome": "failure",
}


@pytest.fixture(scope="module")
async def a_hundred_thousand(audit_environment):
    """Three months of five workspaces, of which the first has more than half. Every event is about two entities."""
    async with audit_environment.superuser() as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            """
            CREATE TEMP TABLE made AS
            SELECT ('00000000-0000-0000-0000-00000000000' || CASE WHEN n % 10 < 6 THEN 1 ELSE 2 + n % 4 END)::uuid AS workspace_id,
                   md5('event' || n)::uuid AS id, now() - make_interval(mins => n) AS created_at,
                   lpad(to_hex(n % 50), 32, '0')::uuid AS user_id, 'get_client' AS event_type,
                   (ARRAY['Client', 'Session', 'User', 'Audit'])[1 + n % 4] AS resource_type,
                   lpad(to_hex(n % 500), 32, '0')::uuid AS resource_id,
                   (ARRAY['READ', 'READ', 'READ', 'UPDATE'])[1 + (n / 7) % 4] AS action,
                   CASE WHEN n % 40 = 0 THEN 'failure' ELSE 'success' END AS outcome,
                   '192.0.2.7' AS ip_address, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' AS user_agent, md5('sign-in' || n % 99)::uuid AS session_id,
                   jsonb_build_object('request_id', md5(n::text)::uuid) AS metadata, current_date + 2555 AS retention_until
            FROM generate_series(1, 100000) AS n
            """
        )
        await connection.execute("INSERT INTO audit.audit_events SELECT * FROM made")
        await connection.execute("INSERT INTO audit.touched SELECT workspace_id, resource_id, created_at, id FROM made")
        await connection.execute(
            "INSERT INTO audit.touched SELECT workspace_id, md5('other' || resource_id)::uuid, created_at, id FROM made"
        )
        await connection.execute(
            "INSERT INTO audit.seals SELECT workspace_id, row_number() OVER (PARTITION BY workspace_id ORDER BY created_at), id, created_at,"
            " sha256('a'), sha256('b') FROM made"
        )
        await connection.execute("INSERT INTO audit.chain_heads SELECT workspace_id, count(*), sha256('b') FROM made GROUP BY 1")
        await connection.execute("SET session_replication_role = origin")
        await connection.execute("VACUUM ANALYZE audit.audit_events, audit.touched, audit.seals, audit.chain_heads, audit.unsealed")
    return audit_environment


async def plan(environment, stmt, workspace_id, **params) -> str:
    """The plan of the statement, run as the service's own role, from EXPLAIN ANALYZE."""
    async with environment.runtime("audit").database.transaction(workspace_id) as tx:
        await tx.execute(store.force_index_scans)
        connection = await tx.connection()
        given = {**params, "workspace_id": workspace_id} if "workspace_id" in stmt.names else params
        rows = await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {stmt.sql}", *stmt.arguments(given))
    return "\n".join(row[0] for row in rows)


async def scanned(environment, explained: str) -> list[str]:
    """The tables of more than a thousand rows that the plan scans sequentially."""
    async with environment.superuser() as connection:
        large = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000")
    assert len(large) >= 3, "no table is large enough for the test to fail"
    return sorted({row["relname"] for row in large} & set(re.findall(r"Seq Scan on (\w+)", explained)))


@pytest.mark.parametrize("workspace_id", [WORKSPACES[0], WORKSPACES[1]], ids=["large", "small"])
@pytest.mark.parametrize("names", [c for size in range(6) for c in combinations(VALUES, size)], ids="+".join)
async def test_every_list_and_its_total_use_an_index(a_hundred_thousand, names, workspace_id):
    filters = {name: VALUES[name] for name in names}
    for windowed in (False, True):
        window = {"start": UNTIL_NOW[0], "end": UNTIL_NOW[1]} if windowed else {}
        shape = frozenset(filters) | frozenset(window)
        listed = await plan(a_hundred_thousand, store.list_events(shape), workspace_id, limit=50, offset=0, **filters, **window)
        counted = await plan(
            a_hundred_thousand, store.count_events(shape) if shape else store.count_all_events, workspace_id, **filters, **window
        )
        assert await scanned(a_hundred_thousand, listed) == [], listed
        assert await scanned(a_hundred_thousand, counted) == [], counted


@pytest.mark.parametrize("workspace_id", [WORKSPACES[0], WORKSPACES[1]], ids=["large", "small"])
@pytest.mark.parametrize("also", [(), ("resource_id",), ("user_id", "action")], ids="+".join)
async def test_what_may_hold_phi_walks_an_index(a_hundred_thousand, also, workspace_id):
    filters = {"excluded_types": vocabulary.TYPES_WITHOUT_PHI} | {name: VALUES[name] for name in also}
    listed = await plan(a_hundred_thousand, store.list_events(frozenset(filters)), workspace_id, limit=50, offset=0, **filters)
    counted = await plan(a_hundred_thousand, store.count_events(frozenset(filters)), workspace_id, **filters)
    assert await scanned(a_hundred_thousand, listed) == [], listed
    assert await scanned(a_hundred_thousand, counted) == [], counted


async def test_an_event_is_found_by_its_id_in_an_index(a_hundred_thousand):
    async with a_hundred_thousand.superuser() as connection:
        event_id = await connection.fetchval("SELECT id FROM audit.audit_events WHERE workspace_id = $1 LIMIT 1", WORKSPACES[0])
    explained = await plan(a_hundred_thousand, store.get, WORKSPACES[0], id=event_id)
    assert await scanned(a_hundred_thousand, explained) == [], explained


@pytest.mark.parametrize("after", [0, 30_000])
async def test_a_verification_reads_the_chain_in_the_order_of_its_index(a_hundred_thousand, after):
    explained = await plan(a_hundred_thousand, store.entries_after, WORKSPACES[0], after=after, limit=1000)
    assert await scanned(a_hundred_thousand, explained) == [], explained
    assert "Sort" not in explained
    counts = await plan(a_hundred_thousand, store.chain_counts, WORKSPACES[0])
    assert await scanned(a_hundred_thousand, counts) == [], counts

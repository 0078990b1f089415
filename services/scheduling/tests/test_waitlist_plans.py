"""With 100,000 entries of ten workspaces, of which half wait, and as many openings and offers no statement of the waitlist scans a large table."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest

from chassis.testing.environment import start_environment
from scheduling.__main__ import SERVICE
from scheduling.waitlist import store
from scheduling.waitlist_records import store as records

WORKSPACE = UUID("00000000-0000-4000-8000-000000000001")
ID = UUID("00000000-0000-4000-a000-000000000001")
NOW = datetime.now(UTC)
CANDIDATES = {
    "opening_id": ID, "practitioner_id": ID, "free_from": NOW, "free_until": NOW + timedelta(hours=1), "since": NOW - timedelta(days=900),
    "after": ID, "limit": 50,
}  # fmt: skip
ENTRY = {"status": "waiting", "offered_until": None, "appointment_id": None}
STATEMENTS = {
    "an entry": (store.get, {"id": ID}),
    "lock an entry": (store.lock, {"id": ID}),
    "change an entry": (store.change, {**ENTRY, "id": ID, "now": NOW}),
    "who could be offered it": (store.candidates, CANDIDATES),
    "who is asked for something else": (
        store.next_answer,
        {"seen": [ID], **{name: CANDIDATES[name] for name in ("opening_id", "practitioner_id", "free_from", "free_until")}},
    ),
    "an appointment that day": (store.with_appointment, {"client_ids": [ID], "sinces": [NOW], "untils": [NOW]}),
    "an opening": (store.get_opening, {"id": ID}),
    "lock an opening": (store.lock_opening, {"id": ID}),
    "make an opening due": (store.wait_until, {"id": ID, "at": NOW}),
    "close an opening": (store.close_opening, {"id": ID}),
    "the offer of an opening": (store.open_offer, {"opening_id": ID}),
    "the offer of an entry": (store.open_offer_of_entry, {"entry_id": ID}),
    "whose time is offered": (store.offered_practitioner, {"entry_id": ID}),
    "an offer": (store.get_offer, {"id": ID}),
    "end an offer": (store.end_offer, {"id": ID, "status": "lapsed"}),
    "claim": (store.claim, {"limit": 4, "lease": timedelta(seconds=30)}),
    "erase a client": (records.erase, {"client_id": ID}),
    "a merged client's": (records.next_of_client, {"client_id": ID, "limit": 50}),
}
VALUES = {"client_id": ID, "practitioner_id": ID, "status": "waiting"}
LISTS = [names for number in range(len(VALUES) + 1) for names in combinations(sorted(VALUES), number)]


@pytest.fixture(scope="module")
async def crowded(postgres):
    peers = {"clients": "unix:/nowhere", "identity": "unix:/nowhere"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as environment:
        async with environment.superuser() as connection:
            await connection.execute(
                """
                SET session_replication_role = replica;
                INSERT INTO scheduling.waitlist_entries
                    (workspace_id, id, client_id, practitioner_id, earliest, latest, status, created_by, created_at, updated_at)
                SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + (n - 1) / 10000), 12, '0'))::uuid, ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
                    ('00000000-0000-4000-a000-' || lpad(to_hex(1 + n / 20), 12, '0'))::uuid,
                    CASE WHEN n % 2 = 0 THEN ('00000000-0000-4000-a000-' || lpad(to_hex(1 + n % 200), 12, '0'))::uuid END,
                    now() - make_interval(mins => n), now() + make_interval(mins => n), CASE WHEN n % 2 = 0 THEN 'waiting' ELSE 'withdrawn' END,
                    gen_random_uuid(), now() - make_interval(mins => n), now()
                FROM generate_series(1, 100000) AS n;
                INSERT INTO scheduling.waitlist_openings
                    (workspace_id, id, practitioner_id, appointment_id, location_type, starts_at, ends_at, free_from, free_until, status, due_at, created_at)
                SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + (n - 1) / 10000), 12, '0'))::uuid, ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(),
                    gen_random_uuid(), 'clinic', now(), now() + interval '1 hour', now(), now() + interval '1 hour', 'closed', now(), now()
                FROM generate_series(1, 100000) AS n;
                INSERT INTO scheduling.waitlist_offers
                    (workspace_id, id, opening_id, entry_id, starts_at, ends_at, busy_from, busy_until, status, offered_until, created_at)
                SELECT workspace_id, id, id, id, starts_at, ends_at, free_from, free_until, 'lapsed', now(), now() FROM scheduling.waitlist_openings;
                INSERT INTO scheduling.waitlist_due (workspace_id, kind, item_id, due_at)
                SELECT workspace_id, 'entry', id, latest FROM scheduling.waitlist_entries WHERE status = 'waiting';
                SET session_replication_role = DEFAULT;
                """
            )
            await connection.execute("VACUUM ANALYZE")
        yield environment


async def plan(crowded, stmt, params):
    """The plan for any values, which PostgreSQL may use after five executions, as it was run."""
    async with crowded.runtime("scheduling").database.transaction(WORKSPACE, seconds=20.0) as tx:
        connection = await tx.connection()
        given = {**params, "workspace_id": WORKSPACE} if "workspace_id" in stmt.names else params
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        (row,) = await connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {stmt.sql}", *stmt.arguments(given))
        await connection.execute("ROLLBACK; BEGIN")
    return json.loads(row[0])[0]["Plan"]


def nodes(found):
    yield found
    for below in found.get("Plans", ()):
        yield from nodes(below)


def scans(found):
    return [
        node["Relation Name"] for node in nodes(found) if node["Node Type"] == "Seq Scan" and node["Relation Name"].startswith("waitlist")
    ]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_no_statement_scans_a_large_table(crowded, statement):
    assert scans(await plan(crowded, *STATEMENTS[statement])) == []


@pytest.mark.parametrize("names", LISTS, ids=" ".join)
async def test_a_page_is_read_along_an_index_and_counted_without_the_rows_of_others(crowded, names):
    values = {name: VALUES[name] for name in names}
    page = await plan(crowded, store.page(names), {**values, "limit": 50, "offset": 0})
    counted = await plan(crowded, store.count(names), values)

    assert scans(page) == scans(counted) == []
    assert not any(node["Node Type"] == "Sort" and node["Actual Rows"] > 100 for node in nodes(page)), page

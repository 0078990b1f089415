"""With a hundred thousand events, every question about the trail reads what it is about and nothing else: rows are counted, not guessed."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest

from audit.compliance import rules as compliance_rules
from audit.compliance import store as compliance
from audit.dropping import store as dropping
from audit.exports import store as exports
from audit.narrowing import store as narrowing
from audit.trail import listing, store, verification_store, vocabulary

PAGE = 50
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


async def read(environment, stmt, workspace_id, *, first=listing.look_up_each, **params) -> dict[str, int]:
    """How many rows of each table the serving role's own query reads, those thrown away again included; partitions count with their table."""
    async with environment.runtime("audit").database.transaction(workspace_id, seconds=10.0) as tx:
        await tx.execute(first)
        connection = await tx.connection()
        given = {**params, "workspace_id": workspace_id} if "workspace_id" in stmt.names else params
        told = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {stmt.sql}", *stmt.arguments(given))
    rows: Counter[str] = Counter()
    for node in nodes(json.loads(told)[0]["Plan"]):
        if "Relation Name" in node:
            thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            rows[re.sub(r"_(\d.*|default)", "", node["Relation Name"])] += round((node["Actual Rows"] + thrown) * node["Actual Loops"])
    assert rows, told
    return dict(rows)


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest.fixture(scope="module")
async def own(a_hundred_thousand):
    """How many events a question is about, going by what leads an index: the workspace, then the resource, else the user, then the time."""
    known = {}

    async def count(workspace_id, filters, window) -> int:
        chosen = {name: filters[name] for name in ("resource_id", "user_id") if name in filters}
        chosen = dict([next(iter(chosen.items()))]) if chosen else {}
        key = (workspace_id, *chosen, *window)
        if key not in known:
            table = "touched" if "resource_id" in chosen else "audit_events"
            about = [workspace_id, *chosen.values(), *window.values()]
            tests = [f"{name} = ${n}" for n, name in enumerate(("workspace_id", *chosen), 1)]
            if window:
                tests.append(f"created_at >= ${len(about) - 1} AND created_at < ${len(about)}")
            async with a_hundred_thousand.superuser() as connection:
                known[key] = await connection.fetchval(f"SELECT count(*) FROM audit.{table} WHERE {' AND '.join(tests)}", *about)
        return known[key]

    return count


@pytest.mark.parametrize("workspace_id", [WORKSPACES[0], WORKSPACES[1]], ids=["large", "small"])
@pytest.mark.parametrize("names", [c for size in range(6) for c in combinations(VALUES, size)], ids="+".join)
async def test_every_list_and_its_total_read_no_more_than_they_are_about(a_hundred_thousand, own, names, workspace_id):
    filters = {name: VALUES[name] for name in names}
    for windowed in (False, True):
        window = {"start": UNTIL_NOW[0], "end": UNTIL_NOW[1]} if windowed else {}
        shape = frozenset(filters) | frozenset(window)
        listed = await read(a_hundred_thousand, listing.list_events(shape), workspace_id, limit=PAGE, offset=0, **filters, **window)
        counted = await read(
            a_hundred_thousand, listing.count_events(shape) if shape else listing.count_all_events, workspace_id, **filters, **window
        )
        most = await own(workspace_id, filters, window)
        assert {table: rows for table, rows in listed.items() if rows > most + PAGE} == {}, most
        assert {table: rows for table, rows in counted.items() if rows > most} == {}, most


async def test_a_page_of_everything_reads_only_that_page(a_hundred_thousand):
    listed = await read(a_hundred_thousand, listing.list_events(frozenset()), WORKSPACES[0], limit=PAGE, offset=0)
    # The keys in an index, then the rows: one more of every month that is looked into.
    assert listed["seals"] == PAGE
    assert 2 * PAGE <= listed["audit_events"] <= 2 * PAGE + 10


@pytest.mark.parametrize("workspace_id", [WORKSPACES[0], WORKSPACES[1]], ids=["large", "small"])
@pytest.mark.parametrize("also", [(), ("resource_id",), ("user_id", "action")], ids="+".join)
async def test_a_list_of_what_may_hold_phi_reads_no_more_than_it_is_about(a_hundred_thousand, own, also, workspace_id):
    filters = {"excluded_types": vocabulary.TYPES_WITHOUT_PHI} | {name: VALUES[name] for name in also}
    listed = await read(a_hundred_thousand, listing.list_events(frozenset(filters)), workspace_id, limit=PAGE, offset=0, **filters)
    counted = await read(a_hundred_thousand, listing.count_events(frozenset(filters)), workspace_id, **filters)
    most = await own(workspace_id, filters, {})
    assert {table: rows for table, rows in listed.items() if rows > most + PAGE} == {}, most
    assert {table: rows for table, rows in counted.items() if rows > most} == {}, most


async def test_an_access_report_reads_no_more_than_what_was_opened(a_hundred_thousand, own):
    """A client's own events and those of a record of the client; here each event is one of either."""
    async with a_hundred_thousand.superuser() as connection:
        other = await connection.fetchval("SELECT md5('other' || $1::text)::uuid", str(VALUES["resource_id"]))
    filters = {"resource_ids": [VALUES["resource_id"], other], "excluded_types": ["Audit"]}
    listed = await read(
        a_hundred_thousand,
        listing.list_events(frozenset(filters)),
        WORKSPACES[0],
        first=listing.look_up_and_sort,
        limit=PAGE,
        offset=0,
        **filters,
    )
    counted = await read(
        a_hundred_thousand, listing.count_events(frozenset(filters)), WORKSPACES[0], first=listing.look_up_and_sort, **filters
    )
    most = 2 * await own(WORKSPACES[0], {"resource_id": VALUES["resource_id"]}, {})
    assert {table: rows for table, rows in listed.items() if rows > most + PAGE} == {}, most
    assert {table: rows for table, rows in counted.items() if rows > most} == {}, most


async def test_an_event_is_found_by_its_id_in_an_index(a_hundred_thousand):
    async with a_hundred_thousand.superuser() as connection:
        event_id = await connection.fetchval("SELECT id FROM audit.audit_events WHERE workspace_id = $1 LIMIT 1", WORKSPACES[0])
    assert await read(a_hundred_thousand, listing.get, WORKSPACES[0], id=event_id) == {"audit_events": 1, "seals": 1}


@pytest.mark.parametrize("workspace_id", [WORKSPACES[0], WORKSPACES[1]], ids=["large", "small"])
async def test_a_report_reads_the_time_that_it_is_of_and_no_more(a_hundred_thousand, own, workspace_id):
    within = {"start": UNTIL_NOW[0], "end": UNTIL_NOW[1]}
    names = [*compliance_rules.PERMISSION_CHANGES, compliance_rules.BROKEN]
    office = {"zone": "America/New_York", "opens": 420, "closes": 1200, "weekdays": [1, 2, 3, 4, 5]}
    most = await own(workspace_id, {}, within)
    for stmt, given in (
        (compliance.size, {"limit": 10**6}),
        (compliance.tallies, office),
        (compliance.days, office | {"excluded_types": vocabulary.TYPES_WITHOUT_PHI}),
        (compliance.failures, {}),
        (compliance.named, {"event_types": names}),
    ):
        found = await read(a_hundred_thousand, stmt, workspace_id, **within, **given)
        # What is chosen in an index is looked at once more; and one more of every month that is looked into.
        assert found["audit_events"] <= 2 * most + 10, stmt.sql
    assert (await read(a_hundred_thousand, compliance.clients, workspace_id, **within, limit=100))["audit_events"] <= most + 10
    # One more of every month that is looked into.
    assert (await read(a_hundred_thousand, compliance.oldest, workspace_id))["audit_events"] <= 10


@pytest.mark.parametrize("after", [0, 30_000])
async def test_a_verification_reads_its_part_of_the_chain_and_no_more(a_hundred_thousand, own, after):
    walked = await read(
        a_hundred_thousand, verification_store.entries_after, WORKSPACES[0], first=listing.look_up_each, after=after, limit=1000
    )
    # The entry behind them tells that the last one is not there twice.
    assert walked == {"audit_events": 1000, "seals": 1001}
    standing = await read(a_hundred_thousand, verification_store.chain_counts, WORKSPACES[0], first=listing.look_up_each)
    assert max(standing.values()) <= await own(WORKSPACES[0], {}, {}), standing


async def test_what_a_call_and_a_step_of_the_background_ask_of_a_long_chain_is_bounded(a_hundred_thousand):
    standing = await read(a_hundred_thousand, verification_store.standing, WORKSPACES[0], first=listing.look_up_each)
    assert standing == {"seals": 1, "chain_heads": 3, "closed_runs": 0}
    begin = {"created_at": UNTIL_NOW[0] - timedelta(days=90), "id": UUID(int=0)}
    for stmt, given in ((verification_store.newest_events, {}), (verification_store.events_after, begin)):
        held = await read(a_hundred_thousand, stmt, WORKSPACES[0], first=listing.look_up_each, limit=1000, **given)
        # Some more of each month that is looked into.
        assert 1000 <= held.pop("audit_events") <= 1010
        assert all(rows <= 1000 for rows in held.values()), held


async def test_a_batch_of_a_backlog_reads_the_batch_and_no_more(a_hundred_thousand):
    """What waits is twenty thousand events, of which the statistics know nothing."""
    async with a_hundred_thousand.superuser() as connection:
        await connection.execute("SET session_replication_role = replica")
        insert = "INSERT INTO audit.unsealed (workspace_id, event_id, event_created_at) SELECT workspace_id, id, created_at FROM audit.audit_events WHERE workspace_id = ANY($1::uuid[]) ORDER BY created_at LIMIT 20000"
        await connection.execute(insert, WORKSPACES[:2])
        try:
            arrivals = await connection.fetch(
                "SELECT arrival FROM audit.unsealed WHERE workspace_id = $1 ORDER BY arrival LIMIT 2 OFFSET 9998", WORKSPACES[0]
            )
            for after in (0, arrivals[0]["arrival"]):
                batch = await read(
                    a_hundred_thousand, store.list_waiting, WORKSPACES[0], first=listing.look_up_each, after=after, limit=500
                )
                assert batch == {"audit_events": 500, "unsealed": 500}
            found = await read(a_hundred_thousand, store.workspaces_waiting, None, first=store.read_by_index.replace("SET ", "SET LOCAL "))
            # Those of other tests included.
            waiting = await connection.fetchval("SELECT count(DISTINCT workspace_id) FROM audit.unsealed")
            assert sum(found.values()) <= waiting + 1, found
        finally:
            await connection.execute("DELETE FROM audit.unsealed WHERE workspace_id = ANY($1::uuid[])", WORKSPACES[:2])


@pytest.mark.parametrize("names", [(), ("user_id",), ("resource_id", "action"), ("start", "end", "resource_type", "outcome")], ids="+".join)
async def test_an_export_reads_a_stretch_of_the_chain_with_its_events_and_no_more(a_hundred_thousand, names):
    filters = {name: (VALUES | {"start": UNTIL_NOW[0], "end": UNTIL_NOW[1]})[name] for name in names}
    stretch = {"after": 20_000, "until": 22_000, "limit": 500, **filters}
    rows = await read(a_hundred_thousand, exports.lines(frozenset(names)), WORKSPACES[0], first=listing.look_up_each, **stretch)
    assert max(rows.values()) <= 2_000, rows


@pytest.fixture(scope="module")
async def narrow(a_hundred_thousand):
    """The same, of which the month before the last is narrow."""
    today = datetime.now(UTC).date().replace(day=1)
    month = (today - timedelta(days=1)).replace(day=1)
    if today > datetime.now(UTC).date() - timedelta(days=8):
        month = (month - timedelta(days=1)).replace(day=1)
    runtime = a_hundred_thousand.runtime("audit")
    async with runtime.background(None) as work:
        await work.db.run(dropping.open_month, month=month, is_open=True)
    async with runtime.background(None) as work:
        for workspace_id in WORKSPACES:
            async with work.elsewhere(workspace_id, UUID(int=0)):
                assert (await work.db.one(narrowing.narrow_events, month=month))["events"] > 4_000
        await work.db.run(narrowing.attach, month=month)
        for workspace_id in WORKSPACES:
            async with work.elsewhere(workspace_id, UUID(int=0)):
                assert (await work.db.one(narrowing.is_narrow, month=month))["all"]
        await work.db.run(narrowing.narrow_month, month=month)
    async with a_hundred_thousand.superuser() as connection:
        await connection.execute("VACUUM ANALYZE audit.kept_events, audit.kept_mentions, audit.kept_kinds, audit.kept_origins, audit.seals")
    within = {"start": datetime(month.year, month.month, 1, tzinfo=UTC), "end": datetime(month.year, month.month, 28, tzinfo=UTC)}
    return a_hundred_thousand, within


@pytest.mark.parametrize("names", [c for size in range(3) for c in combinations((*VALUES, "excluded_types", "start"), size)], ids="+".join)
async def test_lists_and_totals_read_of_narrow_months_what_they_are_about(narrow, names):
    environment, within = narrow
    values = VALUES | {"excluded_types": vocabulary.TYPES_WITHOUT_PHI}
    filters = {name: values[name] for name in names if name != "start"} | (within if "start" in names else {})
    shape = frozenset(filters)
    listed = await read(environment, listing.list_events(shape), WORKSPACES[0], limit=PAGE, offset=0, **filters)
    counted = await read(environment, listing.count_events(shape) if shape else listing.count_all_events, WORKSPACES[0], **filters)
    table, tests, about = "all_events", "workspace_id = $1", [WORKSPACES[0]]
    if leading := next((name for name in ("resource_id", "user_id") if name in names), None):
        # Users and resources of this data are of all workspaces; those of people are of one.
        table, tests, about = "all_touched" if leading == "resource_id" else "all_events", f"{leading} = $1", [filters[leading]]
    async with environment.superuser() as connection:
        await connection.execute("SET enable_seqscan = off")
        most = await connection.fetchval(f"SELECT count(*) FROM audit.{table} WHERE {tests}", *about)
    # The keys in an index, then the rows; and the words of each, which are several.
    assert {name: rows for name, rows in listed.items() if rows > most + 10 * PAGE} == {}, most
    assert {name: rows for name, rows in counted.items() if rows > most + 100} == {}, most


async def test_a_page_of_everything_reads_only_that_page_of_narrow_months_too(narrow):
    environment, within = narrow
    for filters in ({}, within):
        listed = await read(environment, listing.list_events(frozenset(filters)), WORKSPACES[0], limit=PAGE, offset=0, **filters)
        assert listed.get("audit_events", 0) + listed.get("kept_events", 0) <= 4 * PAGE + 40, listed
    assert listed["kept_events"] >= 2 * PAGE


async def test_a_verification_reads_its_part_of_a_narrow_month_and_no_more(narrow):
    environment, _ = narrow
    after = 30_000
    walked = await read(environment, verification_store.entries_after, WORKSPACES[0], first=listing.look_up_each, after=after, limit=1000)
    assert 2000 <= walked["kept_events"] <= 4000
    assert walked.get("seals", 0) + walked.get("audit_events", 0) <= 2000
    lines = await read(
        environment,
        exports.lines(frozenset(["user_id"])),
        WORKSPACES[0],
        first=listing.look_up_each,
        after=after,
        until=after + 2000,
        limit=500,
        user_id=VALUES["user_id"],
    )
    assert lines["kept_events"] <= 8000

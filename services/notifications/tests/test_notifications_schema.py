"""The schema: migrations up and down, row security, and an index for every frequent query."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from chassis.migrations.runner import drift, migrate
from chassis.paging import Page
from chassis.testing.environment import start_environment
from notifications.__main__ import SERVICE
from notifications.mail import store as mail_store
from notifications.reminder_links import store as links
from notifications.reminder_templates import store as templates
from notifications.reminders import store
from notifications.reminders.workflow import AT_ONCE
from notifications.tables import metadata, reminder_counters

NOW = datetime.now(UTC)
MANY = 100_000
# Tables of which a sequential scan is right: a counter per day and status, what is not folded yet, rules, texts, and what few clients withdraw.
SMALL = {
    "reminder_figures",
    "reminder_counter_changes",
    "reminder_configurations",
    "reminder_templates",
    "reminder_consents",
    "merged_clients",
}


@pytest.fixture(scope="module")
async def alone(postgres):
    """The service on a database of its own. Its background tasks are stopped."""
    peers = {"clients": "unix:/nowhere", "identity": "unix:/nowhere", "scheduling": "unix:/nowhere"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as environment:
        await environment.runtime("notifications")._loops.stop()
        yield environment


async def test_migrations_down_and_up_restore_the_schema_and_leave_nothing_behind(alone):
    before = await _names(alone)
    await migrate(alone.admin_dsn, "notifications", "base")
    assert await _names(alone) == {"alembic_version"}
    await migrate(alone.admin_dsn, "notifications")

    assert await _names(alone) == before
    assert {"reminders", "mails", "due_work", "reminder_figures", "keep_due_work", "keep_figures"} < before


async def test_the_schema_equals_the_declared_tables(alone):
    assert await drift(alone.admin_dsn, "notifications", metadata) == []


async def test_due_work_can_be_read_and_claimed_across_workspaces_but_not_inserted_or_reassigned(alone):
    runtime, workspace_id, item = alone.runtime("notifications"), uuid7(), uuid7()
    async with runtime.database.transaction(workspace_id, seconds=10.0) as tx:
        await (await tx.connection()).execute("INSERT INTO notifications.due_work VALUES ($1, 'mail', $2, now())", workspace_id, item)
    async with runtime.database.transaction(None, seconds=10.0) as tx:
        connection = await tx.connection()
        assert await connection.fetchval("SELECT workspace_id FROM notifications.due_work WHERE item_id = $1", item) == workspace_id
        assert await connection.execute("UPDATE notifications.due_work SET due_at = now() WHERE item_id = $1", item) == "UPDATE 1"
        assert await connection.execute("DELETE FROM notifications.due_work WHERE item_id = $1", item) == "DELETE 0"
    for sql in (
        "INSERT INTO notifications.due_work VALUES (gen_random_uuid(), 'mail', gen_random_uuid(), now())",
        f"UPDATE notifications.due_work SET workspace_id = '{uuid7()}'",
        f"UPDATE notifications.due_work SET item_id = '{uuid7()}'",
    ):
        tx = runtime.database.transaction(None, seconds=10.0)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tx as begun:
                await (await begun.connection()).execute(sql)
    await _clear(alone)


@pytest.fixture(scope="module")
async def crowded(alone):
    """100 000 reminders of one workspace over two years, a tenth of them pending."""
    workspace_id, clients, appointments = uuid7(), [uuid7() for _ in range(5000)], [uuid7() for _ in range(MANY)]
    async with alone.superuser() as connection:
        await connection.execute(
            """
            INSERT INTO notifications.reminders (workspace_id, id, appointment_id, client_id, hours_before, channel, appointment_version,
                starts_at, due_at, status, next_attempt_at, sent_at, created_at)
            SELECT $1, gen_random_uuid(), appointment, ($3::uuid[])[1 + n % 5000], 24, 'email', 1, at + interval '1 day', at, status, at,
                CASE status WHEN 'sent' THEN at END, at
            FROM unnest($2::uuid[]) WITH ORDINALITY AS made (appointment, n),
                LATERAL (SELECT $4::timestamptz + (n - 90000) * interval '10 minutes' AS at,
                    CASE WHEN n > 90000 THEN 'pending' WHEN n % 100 = 1 THEN 'failed' ELSE 'sent' END AS status) AS rest
            """,
            workspace_id, appointments, clients, NOW,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO notifications.appointments SELECT workspace_id, appointment_id, client_id, starts_at, status = 'pending', 1"
            " FROM notifications.reminders"
        )
        await connection.execute(
            "INSERT INTO notifications.reminder_links SELECT workspace_id, id, '', appointment_id, client_id, 'email', starts_at, 'UTC', due_at"
            " FROM notifications.reminders"
        )
        await connection.execute(
            "INSERT INTO notifications.reminder_opt_outs SELECT $1, gen_random_uuid(), 'email', $2::timestamptz - n * interval '1 minute'"
            " FROM generate_series(1, $3) AS n",
            workspace_id, NOW, MANY,
        )  # fmt: skip
        await connection.fetchval(reminder_counters.fold_sql, 1_000_000)
        for table in (
            "reminders",
            "appointments",
            "reminder_links",
            "reminder_opt_outs",
            "due_work",
            "reminder_figures",
            "reminder_counter_changes",
        ):
            await connection.execute(f"VACUUM ANALYZE notifications.{table}")
    return {"workspace_id": workspace_id, "appointment_id": appointments[95_000], "client_id": clients[7]}


def frequent_queries(known):
    always = {"since": store.EARLIEST, "until": store.LATEST}
    first = {**always, "skip": 0, "limit": 50}
    given = {"appointment_id": known["appointment_id"], "client_id": known["client_id"], "told_status": "failed"}
    filters = [frozenset(names) for size in range(4) for names in combinations(store.log.filters, size)]
    selective = [names for names in filters if names - {"told_status"}]
    lists = {f"list by {sorted(names)}": (store.log.list_statement(names), {n: given[n] for n in names} | first) for names in filters}
    counts = {f"count by {sorted(names)}": (store.log.count_statement(names), {n: given[n] for n in names} | always) for names in selective}
    places = {
        f"place by {sorted(names)}": (
            store.log.locate_statement(names),
            {n: given[n] for n in names} | always | {"offset": 0 if names else 80_000},
        )
        for names in filters
        if names not in selective
    }
    assert (len(lists), len(counts), len(places)) == (8, 6, 2)
    return {
        **lists,
        **counts,
        **places,
        "a far page": (store.log.list_statement(), {**always, "until": NOW - timedelta(days=200), "skip": 40, "limit": 50}),
        "claim": (mail_store.claim, {"kind": "reminder", "limit": 5, "lease": timedelta(minutes=3), "but": []}),
        "claim ahead": (mail_store.claim_ahead, {"kind": "reminder", "limit": 5, "lease": timedelta(minutes=3), "but": []}),
        "appointments": (store.appointments_for_update, {"ids": [known["appointment_id"]]}),
        # What a rule or the policy changes, by the batch.
        "plan a batch": (
            store.next_appointments,
            {"after": NOW, "after_id": uuid7(), "hours_before": 24, "channel": "email", "limit": AT_ONCE},
        ),
        "cancel a batch": (store.cancel_of_rule, {"hours_before": 24, "channel": "email", "limit": AT_ONCE, "reason": "test"}),
        "look again at a batch": (
            store.look_again,
            {
                "after_id": known["appointment_id"],
                "after_hours": 24,
                "after_channel": "email",
                "early": timedelta(hours=-11),
                "limit": AT_ONCE,
            },
        ),
        "text of a rule": (templates.of_rule, {"hours_before": 24, "channel": "email"}),
        "links of a client": (links.erase_links, {"client_id": known["client_id"]}),
        "links by which somebody cancelled": (
            links.mark_declined,
            {"appointment_id": known["appointment_id"], "asked_at": NOW, "now": NOW},
        ),
        "the link that was declined": (links.last_declined, {"appointment_id": known["appointment_id"]}),
        "whether a cancellation waits": (links.waiting, {"appointment_id": known["appointment_id"], "starts_at": NOW}),
        "links of a client's appointment": (
            links.lock_all,
            {"appointment_ids": [known["appointment_id"]], "client_ids": [known["client_id"]]},
        ),
        "what a client has answered": (
            links.forget_answers,
            {"appointment_ids": [known["appointment_id"]], "client_ids": [known["client_id"]]},
        ),
        "what a client has confirmed": (
            links.forget_confirmations,
            {"appointment_ids": [known["appointment_id"]], "client_ids": [known["client_id"]]},
        ),
        "who wants no more": (links.page, {"limit": 50, "offset": 0}),
        "whether one wants no more": (links.opt_outs_of, {"client_id": known["client_id"]}),
        "cancel": (store.cancel_pending, {"appointment_id": known["appointment_id"], "reason": "test"}),
        "erase reminders": (store.erase_reminders, {"client_id": known["client_id"]}),
        "erase appointments": (store.erase_appointments, {"client_id": known["client_id"]}),
    }


async def test_no_frequent_query_scans_a_whole_table(alone, crowded):
    for name, (stmt, arguments) in frequent_queries(crowded).items():
        for node in _nodes(await _plan(alone, crowded["workspace_id"], stmt, arguments)):
            whole = node["Node Type"] == "Seq Scan" and node["Relation Name"] not in SMALL
            assert not whole, (name, node)
            rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            assert "Relation Name" not in node or rows <= 3000, (name, rows, node)


async def test_counters_equal_counted_rows_and_distant_pages_equal_offset_queries(alone, crowded):
    async with alone.runtime("notifications").database.transaction(crowded["workspace_id"], seconds=10.0) as tx:
        connection = await tx.connection()
        for status in (None, "pending", "failed"):
            filters = {} if status is None else {"told_status": status}
            for window in ({}, {"since": NOW - timedelta(days=30, hours=5)}, {"until": NOW - timedelta(days=3, hours=7, minutes=5)}):
                for offset in (0, 49, 700):
                    found, total = await store.log.read_page(tx, filters, Page(limit=7, offset=offset), **window)
                    condition = "($1::text IS NULL OR told_status = $1) AND due_at >= $2 AND due_at < $3"
                    arguments = (status, window.get("since", store.EARLIEST), window.get("until", store.LATEST))
                    walked = await connection.fetch(
                        f"SELECT id FROM notifications.reminders WHERE {condition} ORDER BY due_at DESC, id DESC OFFSET $4 LIMIT 7",
                        *arguments,
                        offset,
                    )
                    assert total == await connection.fetchval(f"SELECT count(*) FROM notifications.reminders WHERE {condition}", *arguments)
                    assert [row["id"] for row in found] == [row["id"] for row in walked]


async def _plan(alone, workspace_id, stmt, arguments):
    """The plan of the statement as the app role, under row security. Its changes are rolled back."""
    async with alone.runtime("notifications").database.transaction(workspace_id, seconds=10.0) as tx:
        connection = await tx.connection()
        await connection.execute("SAVEPOINT before")
        raw = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {stmt.sql}", *stmt.arguments(arguments))
        await connection.execute("ROLLBACK TO SAVEPOINT before")
    return json.loads(raw)[0]["Plan"]


def _nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


async def _names(alone):
    async with alone.superuser() as connection:
        rows = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'notifications'::regnamespace AND relkind = 'r'"
            " UNION SELECT proname FROM pg_proc WHERE pronamespace = 'notifications'::regnamespace"
        )
    return {row[0] for row in rows}


async def _clear(alone):
    async with alone.superuser() as connection:
        await connection.execute("TRUNCATE notifications.due_work")

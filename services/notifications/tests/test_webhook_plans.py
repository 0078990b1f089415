"""With 100,000 deliveries and 5,000 webhooks no statement of webhooks scans a large table, also where many messages wait."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.testing.environment import start_environment
from notifications.__main__ import SERVICE
from notifications.webhooks import store

WORKSPACE = UUID("00000000-0000-4000-8000-000000000001")
WEBHOOK = UUID("00000000-0000-4000-9000-000000000001")
DELIVERY = UUID("00000000-0000-4000-a000-000000000001")
NOW = datetime.now(UTC)
IT = {"webhook_id": WEBHOOK}
ANSWER = {"id": DELIVERY, "status": "delivered", "response_status": 200, "error": None, "next_attempt_at": None}

STATEMENTS = {
    "who listens": (store.listening, {"event_type": "client.created"}),
    "make a webhook due": (store.make_due, {**IT, "due_at": NOW}),
    "what was told of a client": (store.forget_client, {"client_id": DELIVERY, "but": "client.erased"}),
    "a page of deliveries": (store.list_deliveries, {**IT, "limit": 100, "offset": 0}),
    "how many deliveries there are": (store.count_deliveries, IT),
    "one delivery": (store.get_delivery, {**IT, "id": DELIVERY}),
    "send again": (store.retry, {**IT, "id": DELIVERY, "now": NOW}),
    "claim": (store.claim, {"limit": 32, "lease": timedelta(seconds=40)}),
    "hold": (store.hold, {**IT, "leased_until": NOW, "lease": timedelta(seconds=40)}),
    "put back": (store.put_back, {**IT, "now": NOW}),
    "what is next": (store.due_deliveries, {**IT, "now": NOW, "limit": 4}),
    "when the next one is due": (store.next_due, IT),
    "mark as being sent": (store.begin_sending, {"ids": [DELIVERY]}),
    "record an answer": (store.settle, ANSWER),
    "release": (store.release, {**IT, "due_at": None}),
    "fail all": (store.fail_all, {**IT, "error": "webhook_disabled"}),
    "delete all": (store.delete_deliveries, IT),
}


@pytest.fixture(scope="module")
async def crowded(postgres):
    peers = {"clients": "unix:/nowhere", "identity": "unix:/nowhere", "scheduling": "unix:/nowhere"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as environment:
        async with environment.superuser() as connection:
            await connection.execute(
                """
                INSERT INTO notifications.webhooks (workspace_id, id, sealed, version, event_types, is_active, created_by, created_at)
                SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n / 5), 12, '0'))::uuid, ('00000000-0000-4000-9000-' || lpad(to_hex(1 + n), 12, '0'))::uuid,
                    ''::bytea, 1, ARRAY['client.created'], true, gen_random_uuid(), now() FROM generate_series(0, 4999) AS n;
                INSERT INTO notifications.webhook_queues (workspace_id, webhook_id, due_at)
                SELECT workspace_id, id, CASE WHEN random() < 0.01 THEN now() + interval '1 hour' END FROM notifications.webhooks;
                INSERT INTO notifications.webhook_deliveries
                    (workspace_id, id, webhook_id, event_type, aggregate_id, position, body, status, next_attempt_at, give_up_at, created_at)
                SELECT '00000000-0000-4000-8000-000000000001', ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
                    ('00000000-0000-4000-9000-' || lpad(to_hex(1 + n % 5), 12, '0'))::uuid, 'client.changed',
                    ('00000000-0000-4000-a000-' || lpad(to_hex(n / 50), 12, '0'))::uuid, n, '{}',
                    CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'delivered' END, CASE WHEN n % 10 = 0 THEN now() - make_interval(secs => n) END,
                    now(), now() - make_interval(secs => n)
                FROM generate_series(1, 100000) AS n;
                """
            )
            await connection.execute("VACUUM ANALYZE")
        yield environment


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_no_statement_scans_a_large_table(crowded, statement):
    """By the plan for any values, which PostgreSQL may use after five executions."""
    stmt, params = STATEMENTS[statement]
    async with crowded.runtime("notifications").database.transaction(WORKSPACE, seconds=20.0) as tx:
        connection = await tx.connection()
        given = {**params, "workspace_id": WORKSPACE} if "workspace_id" in stmt.names else params
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        lines = await connection.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {stmt.sql}", *stmt.arguments(given))
        await connection.execute("ROLLBACK; BEGIN")
    text = "\n".join(row[0] for row in lines)

    assert not {"webhooks", "webhook_queues", "webhook_deliveries"} & set(re.findall(r"Seq Scan on (\w+)", text)), text

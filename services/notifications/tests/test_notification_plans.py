"""With 100,000 deliveries, alerts, steps and things that are due, and 5,000 webhooks, no frequent statement scans a large table."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.testing.environment import start_environment
from notifications.__main__ import SERVICE
from notifications.alert_feed import store as alert_feed
from notifications.alert_records import store as alerts
from notifications.escalations import store as escalations
from notifications.mail import store as mail
from notifications.webhooks import store

WORKSPACE = UUID("00000000-0000-4000-8000-000000000001")
WEBHOOK = UUID("00000000-0000-4000-9000-000000000001")
DELIVERY = UUID("00000000-0000-4000-a000-000000000001")
NOW = datetime.now(UTC)
IT = {"webhook_id": WEBHOOK}
ANSWER = {"id": DELIVERY, "status": "delivered", "response_status": 200, "error": None, "next_attempt_at": None}

FIRST = {"limit": 50, "offset": 0}
NURSE: dict[str, Any] = {"departments": [DELIVERY], "user_id": DELIVERY}

STATEMENTS = {
    "who listens": (store.listening, {"event_type": "client.created"}),
    "make a webhook due": (store.make_due, {**IT, "due_at": NOW}),
    "what was told of a client": (store.forget_client, {"client_id": DELIVERY, "but": "client.erased"}),
    "a page of deliveries": (store.list_deliveries, {**IT, "limit": 100, "offset": 0}),
    "how many deliveries there are": (store.count_deliveries, IT),
    "one delivery": (store.get_delivery, {**IT, "id": DELIVERY}),
    "send again": (store.retry, {**IT, "id": DELIVERY, "now": NOW}),
    "claim": (store.claim, {"limit": 32, "lease": timedelta(seconds=40)}),
    "claim mails": (mail.claim, {"kind": "mail", "limit": 5, "lease": timedelta(seconds=8), "but": []}),
    "claim text messages of others": (mail.claim, {"kind": "text_message", "limit": 8, "lease": timedelta(seconds=20), "but": [WORKSPACE]}),
    "whether a claim holds": (mail.is_still_claimed, {"kind": "mail", "item_id": DELIVERY, "due_at": NOW}),
    "hold": (store.hold, {**IT, "leased_until": NOW, "lease": timedelta(seconds=40)}),
    "put back": (store.put_back, {**IT, "now": NOW}),
    "what is next": (store.due_deliveries, {**IT, "now": NOW, "limit": 4}),
    "when the next one is due": (store.next_due, IT),
    "mark as being sent": (store.begin_sending, {"ids": [DELIVERY]}),
    "record an answer": (store.settle, ANSWER),
    "release": (store.release, {**IT, "due_at": None}),
    "give up what waits": (store.fail_some, {**IT, "error": "webhook_disabled"}),
    "delete all": (store.delete_deliveries, IT),
    "a page of alerts": (alerts.page(), FIRST),
    "a page of alerts of a status": (alerts.page(["status"]), {**FIRST, "status": "resolved"}),
    "a page of alerts of a department": (alerts.page(["department_id"]), {**FIRST, "department_id": DELIVERY}),
    "a page of what a nurse sees": (alerts.page(NURSE), {**FIRST, **NURSE}),
    "how many a nurse sees": (alerts.count(NURSE), NURSE),
    "active alerts": (alerts.active(), {}),
    "active alerts of a nurse": (alerts.active(NURSE), NURSE),
    "one alert to change": (alerts.lock, {"id": DELIVERY}),
    "the steps of an alert": (escalations.of_alert, {"alert_id": DELIVERY, "limit": 1000}),
    "changes of alerts": (alert_feed.changes, {"after": 500, "through": 700, "limit": 200}),
    "the oldest change": (alert_feed.oldest, {}),
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
                SET session_replication_role = replica;
                INSERT INTO notifications.alerts (workspace_id, id, version, department_id, priority, alert_type, drill, status, escalation_level,
                    policy, created_by, resolved_by, resolved_at, sealed, created_at, updated_at)
                SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % 5), 12, '0'))::uuid, ('00000000-0000-4000-a000-' || lpad(to_hex(1 + n / 5), 12, '0'))::uuid,
                    1, ('00000000-0000-4000-a000-' || lpad(to_hex(1 + n % 97), 12, '0'))::uuid, 'high', 'medical', false,
                    CASE WHEN n % 500 < 5 THEN 'active' ELSE 'resolved' END, 1, '{}', gen_random_uuid(), CASE WHEN n % 500 >= 5 THEN gen_random_uuid() END,
                    CASE WHEN n % 500 >= 5 THEN now() END, ''::bytea, now() - make_interval(secs => n), now() FROM generate_series(0, 99999) AS n;
                INSERT INTO notifications.alert_escalations (workspace_id, id, alert_id, alert_version, from_level, to_level, reason, found, escalated_at)
                SELECT workspace_id, id, id, 1, 0, 1, 'timeout', 1, now() FROM notifications.alerts;
                INSERT INTO notifications.alert_changes (workspace_id, id, sequence, alert_id, kind, changed_at)
                SELECT workspace_id, id, row_number() OVER (PARTITION BY workspace_id ORDER BY id), id, 'raised', now() FROM notifications.alerts;
                INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
                SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'mail' ELSE 'text_message' END, gen_random_uuid(), now() + make_interval(secs => n - 500)
                FROM generate_series(1, 100000) AS n;
                SET session_replication_role = origin;
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

    large = {"webhooks", "webhook_queues", "webhook_deliveries", "alerts", "alert_escalations", "alert_changes", "due_work"}
    assert not large & set(re.findall(r"Seq Scan on (\w+)", text)), text

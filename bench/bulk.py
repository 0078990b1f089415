"""A hospital's records, loaded with COPY in about a minute: sealed and indexed as the services do it, and counted.

What is left out: the audit lines of all this, which no measured operation reads.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from bench import notes
from bench.unwitnessed import Unwitnessed
from caseload.clients.v1 import clients_pb2
from chassis.encryption.records import WorkspaceKeys
from clients.clients import mapping as client_mapping
from scheduling.appointments import mapping as appointment_mapping
from scheduling.appointments.rules import AppointmentDetails, Buffers
from scheduling.appointments.time_rules import busy_period

CLIENTS = 100_000
PRACTITIONERS, DAYS, PER_DAY = 50, 220, 16
# Half of the year is over; the other half begins after the benchmark, so that no reminder is due in it.
DAYS_AHEAD = 30
SLOT = timedelta(minutes=30)
_ROWS_AT_ONCE = 5_000

TEXT = "Chronic tension headaches since 2019, worse under stress; physiotherapy helped for some weeks at a time. " * 3
# What the triggers of scheduling would have left behind.
FOLLOWING = """
INSERT INTO scheduling.client_figures AS kept (workspace_id, client_id, appointment_count)
SELECT workspace_id, client_id, count(*) FROM scheduling.appointments WHERE created_by = '{loader}' GROUP BY 1, 2;
INSERT INTO scheduling.day_figures AS kept (workspace_id, day, status, appointment_count)
SELECT workspace_id, (scheduled_start AT TIME ZONE 'UTC')::date, status, count(*) FROM scheduling.appointments
WHERE created_by = '{loader}' GROUP BY 1, 2, 3
ON CONFLICT (workspace_id, day, status) DO UPDATE SET appointment_count = kept.appointment_count + excluded.appointment_count;
INSERT INTO scheduling.busy_periods (workspace_id, resource_kind, resource_id, starts_at, ends_at, owner_kind, owner_id, overbooked)
SELECT workspace_id, kind, resource_id, scheduled_start, scheduled_end, 'appointment', id, kind = 'client' AND coalesce(scheduled_start < max(scheduled_end)
    OVER (PARTITION BY resource_id ORDER BY scheduled_start, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false)
FROM scheduling.appointments, LATERAL (VALUES ('practitioner', practitioner_id), ('client', client_id)) AS taken (kind, resource_id)
WHERE created_by = '{loader}' AND status IN ('scheduled', 'completed')
"""
# And the reactions of notifications.
REMINDERS = """
INSERT INTO notifications.appointments (workspace_id, id, client_id, starts_at, is_open, version)
SELECT workspace_id, id, client_id, scheduled_start, status = 'scheduled', version FROM scheduling.appointments WHERE created_by = '{loader}';
INSERT INTO notifications.reminders (workspace_id, id, appointment_id, client_id, hours_before, channel, appointment_version, starts_at,
    due_at, next_attempt_at, status, sent_at, created_at)
SELECT workspace_id, gen_random_uuid(), id, client_id, 24, 'email', version, scheduled_start, due_at, due_at,
    CASE WHEN due_at > now() THEN 'pending' ELSE 'sent' END, CASE WHEN due_at <= now() THEN due_at END, created_at
FROM scheduling.appointments, LATERAL (SELECT scheduled_start - interval '24 hours' AS due_at) AS due WHERE created_by = '{loader}';
INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
SELECT workspace_id, 'reminder', id, due_at FROM notifications.reminders WHERE status = 'pending'
ON CONFLICT DO NOTHING;
INSERT INTO notifications.reminder_figures AS kept (workspace_id, day, status, reminder_count)
SELECT workspace_id, (due_at AT TIME ZONE 'UTC')::date, told_status, count(*) FROM notifications.reminders
WHERE appointment_id IN (SELECT id FROM scheduling.appointments WHERE created_by = '{loader}') GROUP BY 1, 2, 3
ON CONFLICT (workspace_id, day, status) DO UPDATE SET reminder_count = kept.reminder_count + excluded.reminder_count
"""


async def load(dsn: str, workspace_id: UUID, keys: dict[str, WorkspaceKeys]) -> None:
    """Adds the clients and a year of appointments to the workspace. `dsn` is the administrator's."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            # Triggers would write a change of a counter, and lock a client, for each of the rows.
            await connection.execute("SET LOCAL session_replication_role = replica")
            client_ids = await _load_clients(connection, workspace_id, keys["clients"])
            loader = uuid7()
            practitioner_ids = [uuid7() for _ in range(PRACTITIONERS)]
            made = appointments(
                workspace_id, practitioner_ids, client_ids, loader, keys["scheduling"], days=DAYS, per_day=PER_DAY, slot=SLOT
            )
            await copy(connection, "scheduling.appointments", made)
            await connection.execute(FOLLOWING.format(loader=loader))
            await connection.execute(REMINDERS.format(loader=loader))
    finally:
        await connection.close()


async def _load_clients(connection: Any, workspace_id: UUID, keys: WorkspaceKeys) -> list[UUID]:
    revision = await connection.fetchval("SELECT revision FROM clients.directory WHERE workspace_id = $1", workspace_id)
    client_ids: list[UUID] = []
    for first in range(0, CLIENTS, _ROWS_AT_ONCE):
        rows, tokens, match_keys = [], [], []
        for number in range(first, min(first + _ROWS_AT_ONCE, CLIENTS)):
            columns = client_mapping.to_columns(_client(number, workspace_id), keys, Unwitnessed())
            client_id = columns.pop("id")
            client_ids.append(client_id)
            tokens += [
                {"workspace_id": workspace_id, "client_id": client_id, "term": token}
                for token in dict.fromkeys(columns.pop("index_tokens"))
            ]
            match_keys += [
                {"workspace_id": workspace_id, "client_id": client_id, "kind": kind, "token": token, "index_version": version}
                for kind, token, version in zip(
                    columns.pop("match_kinds"), columns.pop("match_tokens"), columns.pop("match_versions"), strict=True
                )
            ]
            own = {"workspace_id": workspace_id, "id": client_id, "revision": revision + number + 1}
            rows.append({**own, **columns})
        await copy(connection, "clients.clients", iter(rows))
        await copy(connection, "clients.terms", iter(tokens))
        await copy(connection, "clients.match_keys", iter(match_keys))
    await connection.execute("UPDATE clients.directory SET revision = $2 WHERE workspace_id = $1", workspace_id, revision + CLIENTS)
    return client_ids


def _client(number: int, workspace_id: UUID) -> clients_pb2.Client:
    first_name, last_name = f"Given{number * 7919 % 5000:04}", f"Family{number * 104729 % 20_000:05}"
    client = clients_pb2.Client(
        id=str(uuid7()),
        workspace_id=str(workspace_id),
        version=1,
        first_name=first_name,
        last_name=last_name,
        full_name=f"{first_name} {last_name}",
        email=f"patient{number}@example.com",
        phone=f"+1 556 {number:07}",
        date_of_birth=f"19{50 + number % 50}-0{1 + number % 9}-1{number % 10}",
        address=f"{number} Long Street, Springfield",
        medical_history=TEXT,
        emergency_contact_name="Somebody Close",
        notes=TEXT,
        tags=["headache", f"ward {number % 40}"],
        is_active=True,
        consent_status=True,
    )
    now = datetime.now(UTC)
    client.created_at.FromDatetime(now)
    client.updated_at.FromDatetime(now)
    return client


def appointments(
    workspace_id: UUID,
    practitioner_ids: Sequence[UUID],
    client_ids: Sequence[UUID],
    loader: UUID,
    keys: WorkspaceKeys,
    *,
    days: int,
    per_day: int,
    slot: timedelta,
) -> Iterator[dict[str, Any]]:
    """Each practitioner's days, so many appointments each from eight on. Half of the days are over."""
    chance = random.Random(5)
    today = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    days_over = days // 2
    for practitioner_id in practitioner_ids:
        for day in range(days):
            is_over = day < days_over
            morning = today + timedelta(days=day - days_over - 1 if is_over else day - days_over + DAYS_AHEAD)
            for number in range(per_day):
                status = chance.choices(("completed", "cancelled", "no_show"), (90, 5, 5))[0] if is_over else "scheduled"
                start = morning + number * slot
                details = AppointmentDetails(
                    client_id=chance.choice(client_ids),
                    practitioner_id=practitioner_id,
                    scheduled_start=start,
                    scheduled_end=start + slot,
                    location_type="clinic",
                    status=status,
                    notes="Bring the last findings.",
                )
                columns = appointment_mapping.to_columns(details, busy_period(details, Buffers()), appointment_id=uuid7())
                cancelled = {"cancelled_by": loader, "cancelled_at": start} if status == "cancelled" else {}
                made = {"created_by": loader, "created_at": today, "updated_at": today, "cancelled_by": None, "cancelled_at": None}
                row = {"overbooked": False, **columns, **made, **cancelled}
                sealed = appointment_mapping.seal(details, keys, appointment_mapping.new_row(row), Unwitnessed())
                yield {"workspace_id": workspace_id, "version": 1, "sealed": sealed, **row}


async def copy(connection: Any, table: str, rows: Iterator[dict[str, Any]]) -> None:
    """Copies the rows, which all have the same columns."""
    schema, name = table.split(".")
    first = next(rows)

    def records() -> Iterator[tuple[Any, ...]]:
        yield tuple(first.values())
        for row in rows:
            yield tuple(row[column] for column in first)

    await connection.copy_records_to_table(name, schema_name=schema, columns=list(first), records=records())


async def load_events(dsn: str, workspace_id: UUID, client_id: UUID, session_id: UUID, number: int) -> None:
    """So many timeline events of one note, an hour apart."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO clinical.history (workspace_id, id, session_id, client_id, kind, at)"
            " SELECT $1, gen_random_uuid(), $2, $3, 'session_amended', now() - n * interval '1 hour' FROM generate_series(1, $4::int) n",
            workspace_id,
            session_id,
            client_id,
            number,
        )
        await connection.execute("ANALYZE clinical.history")
    finally:
        await connection.close()


async def load_drafts(
    dsn: str, workspace_id: UUID, author: UUID, client_ids: Sequence[UUID], number: int, keys: WorkspaceKeys
) -> list[UUID]:
    """So many drafts of these clients' notes, each with its timeline event. Returns their ids."""
    now = datetime.now(UTC)
    texts = dict.fromkeys(("subjective", "objective", "assessment", "plan"), TEXT)
    rows = [
        notes.draft(workspace_id, client_ids[n % len(client_ids)], author, now - n * timedelta(minutes=20), now, texts, keys)
        for n in range(number)
    ]
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await copy(connection, "clinical.sessions", iter(rows))
            await connection.execute(
                "INSERT INTO clinical.history (workspace_id, id, session_id, client_id, kind, at)"
                " SELECT workspace_id, gen_random_uuid(), id, client_id, 'session', session_date FROM clinical.sessions WHERE id = ANY ($1::uuid[])",
                [row["id"] for row in rows],
            )
            await connection.execute(
                "INSERT INTO clinical.session_counter_changes (workspace_id, status, live, deleted) VALUES ($1, 'draft', $2, 0)",
                workspace_id,
                number,
            )
    finally:
        await connection.close()
    return [row["id"] for row in rows]

"""The fastest way to the same replies: one statement each as the administrator, decrypted and rendered as the suite does it.

No tenancy, no audit, no tokens, no limits, one round trip. B1 calls this in a loop, B2 puts FastAPI in front of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from asyncpg import Range
from uuid_utils.compat import uuid7

from bench.dataset import PAGE, Dataset
from bench.unwitnessed import Unwitnessed
from caseload.clinical.v1 import sessions_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from clients.clients import mapping as client_mapping
from gateway.mapping import dump, render, render_page
from identity.people import record
from scheduling.appointments import mapping as appointment_mapping

GET_CLIENT = """
SELECT c.*,
  (coalesce((SELECT appointment_count FROM scheduling.client_figures WHERE workspace_id = $1 AND client_id = $2), 0)
     + coalesce((SELECT sum(appointment_count) FROM scheduling.client_counter_changes WHERE workspace_id = $1 AND client_id = $2), 0)
  )::bigint AS appointment_count,
  (SELECT a.scheduled_start FROM scheduling.appointments a WHERE a.workspace_id = $1 AND a.client_id = $2 AND a.deleted_at IS NULL
     AND a.status = 'scheduled' AND a.scheduled_start > now() ORDER BY a.scheduled_start LIMIT 1) AS next_appointment,
  (SELECT a.scheduled_start FROM scheduling.appointments a WHERE a.workspace_id = $1 AND a.client_id = $2 AND a.deleted_at IS NULL
     AND a.status = 'completed' ORDER BY a.scheduled_start DESC LIMIT 1) AS last_appointment
FROM clients.clients c
WHERE c.workspace_id = $1 AND c.id = $2
"""
LIST_CLIENTS = "SELECT * FROM clients.clients WHERE workspace_id = $1 AND id = ANY($2::uuid[])"
LIST_USERS = """
SELECT u.id, u.workspace_id, u.sealed, u.version, u.role, u.is_active, u.is_platform_admin, u.department_id, u.supervisor_id, u.license_number,
  u.specialization, u.shift_schedule, u.last_login_at, u.created_at, u.updated_at,
  EXISTS (SELECT FROM identity.second_factors f WHERE f.workspace_id = u.workspace_id AND f.user_id = u.id AND f.confirmed_at IS NOT NULL)
    AS two_factor_enabled,
  (SELECT max(t.blocked_until) FROM identity.sign_ins s JOIN identity.login_attempts t ON t.account = s.email_index
   WHERE s.workspace_id = u.workspace_id AND s.user_id = u.id AND t.purpose = 'password' AND t.blocked_until > clock_timestamp()) AS locked_until
FROM identity.users u WHERE u.workspace_id = $1 AND u.id = ANY($2::uuid[])
"""
# With the suite's checks (the client is active, nobody has the practitioner's or the client's time) and the client's name, which is
# part of the reply.
BOOK = """
WITH client AS (SELECT id, version, sealed_name FROM clients.clients WHERE workspace_id = $1 AND id = $3 AND is_active),
taken AS (
INSERT INTO scheduling.busy_periods (workspace_id, resource_kind, resource_id, starts_at, ends_at, owner_kind, owner_id)
VALUES ($1, 'client', $12, $5, $6, 'appointment', $2), ($1, 'practitioner', $4, $5, $6, 'appointment', $2)
ON CONFLICT DO NOTHING RETURNING resource_id),
made AS (
INSERT INTO scheduling.appointments (workspace_id, id, client_id, practitioner_id, scheduled_start, scheduled_end, during,
  location_type, status, sealed, created_by, created_at, updated_at)
SELECT $1, $2, client.id, $4, $5, $6, $7, $8, 'scheduled', $9, $10, $11, $11 FROM client
WHERE (SELECT count(*) FROM taken) = 2 AND NOT EXISTS (
    SELECT FROM scheduling.busy_periods b WHERE b.workspace_id = $1 AND b.resource_id = $4 AND b.overbooked
      AND b.ends_at > $5 AND b.starts_at < $6)
RETURNING *)
SELECT made.*, client.version AS client_version, client.sealed_name FROM made, client
"""
WEEK = """
SELECT a.*, c.version AS client_version, c.sealed_name, c.is_active AS client_is_active, count(*) OVER () AS total
FROM scheduling.appointments a JOIN clients.clients c ON c.workspace_id = a.workspace_id AND c.id = a.client_id
WHERE a.workspace_id = $1 AND a.deleted_at IS NULL AND a.scheduled_start >= $2 AND a.scheduled_start < $3 ORDER BY a.scheduled_start, a.id LIMIT $4
"""
AUTOSAVE = """
UPDATE clinical.sessions SET sealed = $3, duration_minutes = $4, version = version + 1, draft_last_saved_at = $5, updated_at = $5
WHERE workspace_id = $1 AND id = $2 RETURNING *
"""
TIMELINE = """
SELECT * FROM (
  (SELECT 'appointment_' || status AS event_type, scheduled_start AS event_date, location_type AS description,
     id::text AS appointment_id, NULL AS session_id
   FROM scheduling.appointments WHERE workspace_id = $1 AND client_id = $2 AND deleted_at IS NULL
   ORDER BY scheduled_start DESC, id DESC LIMIT 100)
  UNION ALL
  (SELECT kind, at, NULL, appointment_id::text, session_id::text FROM clinical.history
   WHERE workspace_id = $1 AND client_id = $2 ORDER BY at DESC, id DESC LIMIT 100)
) AS results ORDER BY event_date DESC LIMIT 100
"""


async def no_reset(_connection: Any) -> None:
    """No session state is set, so none has to be reset when a connection is returned to the pool."""


class Bare:
    """The operations. Each returns JSON as bytes."""

    def __init__(self, dataset: Dataset, pool: "asyncpg.Pool[asyncpg.Record]", keys: dict[str, WorkspaceKeys]) -> None:
        self._pool = pool
        self._keys = keys
        self._workspace = UUID(dataset.workspace_id)
        self._pages = {number: [UUID(each) for each in ids] for number, ids in dataset.pages}
        self._total = dataset.total_clients
        self._user_pages = {number: [UUID(each) for each in ids] for number, ids in dataset.user_pages}
        self._total_users = dataset.total_users
        # Calendars of its own: otherwise the candidates would take each other's slots.
        self._practitioner, self._client_calendar = uuid4(), uuid4()

    @classmethod
    @asynccontextmanager
    async def open(cls, dataset: Dataset) -> AsyncIterator["Bare"]:
        keys = await dataset.keys()
        async with asyncpg.create_pool(dataset.admin_dsn, min_size=10, max_size=10, reset=no_reset) as pool:
            yield cls(dataset, pool, keys)

    async def get_client(self, client_id: UUID) -> bytes:
        row = await self._pool.fetchrow(GET_CLIENT, self._workspace, client_id)
        return dump(render(client_mapping.to_message(row, self._keys["clients"])))

    async def list_clients(self, page: int) -> bytes:
        ids = self._pages[page]
        found = {row["id"]: row for row in await self._pool.fetch(LIST_CLIENTS, self._workspace, ids)}
        items = [render(client_mapping.to_message(found[each], self._keys["clients"])) for each in ids]
        return dump(render_page(items, self._total, page, PAGE))

    async def list_users(self, page: int) -> bytes:
        ids = self._user_pages[page]
        found = {row["id"]: row for row in await self._pool.fetch(LIST_USERS, self._workspace, ids)}
        items = [render(record.to_proto(found[each], self._keys["identity"])) for each in ids]
        return dump(render_page(items, self._total_users, page, PAGE))

    async def book(self, client_id: UUID, start: datetime, end: datetime, location_type: str) -> bytes:
        made, now, keys = uuid7(), datetime.now(UTC), self._keys["scheduling"]
        columns = {
            "id": made,
            "client_id": client_id,
            "practitioner_id": self._practitioner,
            "scheduled_start": start,
            "scheduled_end": end,
        }
        columns |= {"during": Range(start, end), "location_type": location_type, "status": "scheduled", "overbooked": False}
        columns |= {"created_by": self._practitioner, "created_at": now, "updated_at": now}
        row = appointment_mapping.new_row(columns)
        sealed = appointment_mapping.APPOINTMENTS.seal(appointments_pb2.Appointment(), keys, row, Unwitnessed())
        arguments = (made, client_id, self._practitioner, start, end, Range(start, end), location_type, sealed, self._practitioner, now)
        row = await self._pool.fetchrow(BOOK, self._workspace, *arguments, self._client_calendar)
        named = {"id": client_id, "version": row["client_version"], "is_active": True, "sealed_name": row["sealed_name"]}
        client = render(client_mapping.to_summary(named, self._keys["clients"]))
        return dump(render(appointment_mapping.to_message(row, keys)) | {"client": client})

    async def week(self, start: datetime, end: datetime) -> bytes:
        rows = await self._pool.fetch(WEEK, self._workspace, start, end, PAGE)
        return dump(render_page([self._with_client(row) for row in rows], rows[0]["total"], 1, PAGE))

    def _with_client(self, row: Any) -> dict[str, Any]:
        named = {
            "id": row["client_id"],
            "version": row["client_version"],
            "is_active": row["client_is_active"],
            "sealed_name": row["sealed_name"],
        }
        client = render(client_mapping.to_summary(named, self._keys["clients"]))
        return render(appointment_mapping.to_message(row, self._keys["scheduling"])) | {"client": client}

    async def autosave(self, session_id: UUID, changes: dict[str, Any]) -> bytes:
        note = sessions_pb2.Session(**changes)
        sealed = self._keys["clinical"].seal(note, table="sessions", row=session_id, revision=0)
        arguments = (session_id, sealed, note.duration_minutes, datetime.now(UTC))
        return dump(render(fill(note, await self._pool.fetchrow(AUTOSAVE, self._workspace, *arguments))))

    async def timeline(self, client_id: UUID) -> bytes:
        rows = await self._pool.fetch(TIMELINE, self._workspace, client_id)
        return dump({"client_id": str(client_id), "events": [dict(row) for row in rows]})

"""A workspace is erased from every service although one is killed in the middle and one is down, and another workspace keeps every row and file.

The tables are those of PostgreSQL's catalog, so one that is added later and forgotten fails here.
"""

import asyncio
import re
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import jwt
import pytest
from attack.installation import AttackedInstallation
from drill.environment import until
from drill.faults import kill, killed
from uuid_utils.compat import uuid7

from chassis.auth.tokens import AccessSigner
from chassis.events.broker.in_process import InProcessBroker
from chassis.service.runtime import Runtime
from standalone.selftest.worlds import furnish, register_passkey
from standalone.services import NAMES, SERVICES

# What stays of an erased workspace, with the reason; `*` is every service.
KEPT = {
    "*.outbox": "events on their way; ids and times, for three days",
    "*.inbox": "which events were seen; ids and times, for two weeks",
    "*.data_keys": "that the keys are destroyed; audit's are not, which the trail needs",
    "*.erased_workspaces": "that the workspace is erased, and what has become of it",
    "identity.workspaces": "that there was such a workspace",
    "identity.workspace_directory": "the same, for platform administrators",
    "identity.erasure_progress": "which services have finished",
    "audit.audit_events": "the trail",
    "audit.retention_periods": "for how long the trail is kept",
    "audit.legal_holds": "what was held, by whom and until when",
    "audit.touched": "the trail",
    **dict.fromkeys(
        ("audit.kept_events", "audit.kept_kinds", "audit.kept_mentions", "audit.kept_origins"), "the trail of months that are over"
    ),
    "audit.seals": "the trail's chain",
    "audit.chain_heads": "the trail's chain",
    "audit.unsealed": "the trail's chain",
    "audit.unwitnessed": "the trail's chain",
    "audit.verifications": "how far the chain was verified",
    "audit.chain_nodes": "proofs of the trail",
    "audit.closed_runs": "what is left of dropped months of the trail",
    "audit.heads": "proofs of the trail",
    "audit.unlogged_heads": "proofs of the trail",
}
# Platform administrators have them, whose workspaces are not erased; and what a worker takes within a second.
NEVER_FILLED = {
    "clients.match_work",
    "clinical.search_work",
    "identity.activities",
    "identity.blacklist",
    "identity.blacklisted_addresses",
    "clinical.plan_counter_changes",
    "clinical.session_counter_changes",
    "clinical.storage_counter_changes",
    "clinical.timeline_counter_changes",
    "notifications.reminder_counter_changes",
    "scheduling.client_counter_changes",
    "scheduling.day_counter_changes",
}
# What changes by itself, in a workspace where nobody does anything.
# Messages to webhooks are sent again and again where nobody answers.
RESTLESS = {
    "*.outbox",
    "*.inbox",
    # Up to where its checkpoint is published.
    "audit.chain_heads",
    "audit.unwitnessed",
    "audit.verifications",
    "audit.unlogged_heads",
    "audit.heads",
    "audit.chain_nodes",
    "notifications.webhook_deliveries",
    "notifications.webhook_queues",
}
# Of columns that not every number fits.
BY_NAME = {
    "slot_step_minutes": "15",
    "ends_at": "now() + interval '1 hour'",
    "free_until": "now() + interval '1 hour'",
    "tzdata_version": "'2026f'",
}
# Values for rows that are made up.
BY_TYPE = {
    "uuid": "gen_random_uuid()",
    "text": "'made up ' || gen_random_uuid()",
    "bytea": "'\\x00'::bytea",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "boolean": "false",
    "integer": "1",
    "bigint": "1",
    "jsonb": "'{}'::jsonb",
    "ARRAY": "'{}'",
}


def is_in(table, names):
    return table in names or f"*.{table.partition('.')[2]}" in names


class Tables:
    """Every table with rows of workspaces, of every service."""

    def __init__(self, connection, names):
        self._connection = connection
        self.names = names

    @classmethod
    async def of(cls, connection):
        rows = await connection.fetch(
            "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped"
            " WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1",
            list(NAMES),
        )
        assert len({row["name"].partition(".")[0] for row in rows}) == len(NAMES)
        return cls(connection, [row["name"] for row in rows])

    async def counts(self, workspace_id):
        return {
            name: await self._connection.fetchval(f"SELECT count(*) FROM {name} WHERE workspace_id = $1", workspace_id)
            for name in self.names
        }

    async def content(self, workspace_id):
        """How many rows each table has of the workspace, and a digest of them."""
        found = {}
        for name in self.names:
            if not is_in(name, RESTLESS):
                row = await self._connection.fetchrow(
                    f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t WHERE workspace_id = $1",
                    workspace_id,
                )
                found[name] = tuple(row)
        return found

    async def fill(self, workspace_id):
        """Makes up a row in each table that has none of the workspace. Returns the tables."""
        counts = await self.counts(workspace_id)
        empty = [name for name in self.names if not counts[name] and not is_in(name, KEPT) and name not in NEVER_FILLED]
        for name in empty:
            await self._make_up(name, workspace_id)
        return empty

    async def empty(self, names, workspace_id):
        """Deletes what was made up."""
        async with self._connection.transaction():
            await self._connection.execute("SET LOCAL session_replication_role = replica")
            for name in names:
                await self._connection.execute(f"DELETE FROM {name} WHERE workspace_id = $1", workspace_id)

    async def _make_up(self, name, workspace_id):
        schema, table = name.split(".")
        columns = await self._connection.fetch(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'",
            schema,
            table,
        )
        checks = await self._connection.fetch(
            "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'c'", name
        )
        # Of columns that hold one of a list of words, the first.
        words = dict(match.groups() for check in checks if (match := re.search(r"(\w+) = ANY \(ARRAY\['([a-z_]+)'", check["text"])))
        values = {column: f"'{words[column]}'" if column in words else BY_TYPE[kind] for column, kind in columns}
        values |= {column: BY_NAME[column] for column in values.keys() & BY_NAME.keys()}
        values["workspace_id"] = f"'{workspace_id}'"
        async with self._connection.transaction():
            # Whatever it refers to need not be there.
            await self._connection.execute("SET LOCAL session_replication_role = replica")
            await self._connection.execute(f"INSERT INTO {name} ({', '.join(values)}) VALUES ({', '.join(values.values())})")


async def stable(tables, workspace_id):
    """The content of the workspace's tables, once counters are folded and mails are sent."""
    seen = []

    async def is_stable():
        seen.append(await tables.content(workspace_id))
        await asyncio.sleep(1.5)
        return len(seen) > 1 and seen[-1] == seen[-2]

    await until(is_stable, 60.0, "nothing changes in a workspace where nobody does anything")
    return seen[-1]


def files_of(home, workspace_id):
    return {path.name for path in (Path(home.blobs) / str(workspace_id)).iterdir()}


def uploads(names):
    """Without the checkpoints of the trail, which are written meanwhile and are named by what they are about (version 5)."""
    return {name for name in names if UUID(name).version != 5}


@pytest.fixture
def as_platform(suite_drill):
    """HTTP as somebody who runs the installation."""
    attacked = AttackedInstallation(suite_drill.installation)
    token = attacked.sign_in(attacked.demo_owner()).json()["access_token"]
    claims = {
        name: value
        for name, value in jwt.decode(token, options={"verify_signature": False}).items()
        if name not in {"iat", "exp", "iss", "aud"}
    }
    signer = AccessSigner(attacked.home.access_key.read_bytes())

    def api():
        return attacked.api_with_token(signer.sign({**claims, "scope": "platform:admin"}))

    return api


async def test_a_workspace_is_erased_everywhere_and_another_one_loses_nothing(suite_drill, as_platform):
    attacked = AttackedInstallation(suite_drill.installation)
    erased, other = [await attacked.open_workspace("practice") for _ in range(2)]
    for person in (erased, other):
        with attacked.api_as(person) as api:
            ids = furnish(api, lambda person=person: attacked.sign_in(person))
            # While it stands, nothing of the workspace is erased.
            api.post(f"/audit/legal-holds/{ids['hold_id']}/release").raise_for_status()
            register_passkey(api)
    gone, kept = UUID(erased.workspace_id), UUID(other.workspace_id)
    home = attacked.home
    # A killed upload left it.
    one = uploads(files_of(home, gone)).pop()
    shutil.copy(Path(home.blobs) / str(gone) / one, Path(home.blobs) / str(gone) / str(uuid7()))
    await suite_drill.settle()

    async with suite_drill.superuser() as connection:
        tables = await Tables.of(connection)
        await until(lambda: no_jobs(connection, gone, kept), 60.0, "the imports are over")
        await until(lambda: nothing_to_index(connection, gone, kept), 60.0, "notes can be found")
        made_up = {workspace_id: await tables.fill(workspace_id) for workspace_id in (gone, kept)}
        # So much that it does not go at once.
        (client_id,) = await connection.fetchrow("SELECT id FROM clients.clients WHERE workspace_id = $1 LIMIT 1", gone)
        await connection.execute(
            "INSERT INTO clients.terms SELECT $1, $2, sha256(n::text::bytea) FROM generate_series(1, 100000) n", gone, client_id
        )
        before, files_before = await stable(tables, kept), files_of(home, kept)
        counts = await tables.counts(gone)
        assert {name for name, count in counts.items() if not count and not is_in(name, KEPT)} <= NEVER_FILLED

        with as_platform() as api:
            deleted = api.request("DELETE", f"/platform-admin/workspaces/{gone}", json={"reason": "The practice has closed."})
            assert deleted.status_code == 200, deleted.text
            await connection.execute(
                "UPDATE identity.workspaces SET deleted_at = $2::timestamptz - interval '30 days', erase_after = $2 WHERE workspace_id = $1",
                gone,
                datetime.now(UTC) - timedelta(seconds=1),
            )
            with killed(suite_drill.installation, "scheduling"):
                await one_round_of_retention(attacked)
                await until(lambda: is_in_the_middle(connection, gone), 60.0, "clients is in the middle of it")
                kill(suite_drill.installation, "clients")
                assert await is_in_the_middle(connection, gone), "it was over already"
                left = await connection.fetchval("SELECT count(*) FROM clients.terms WHERE workspace_id = $1", gone)
                assert 0 < left < counts["clients.terms"]
                others = sorted(set(NAMES) - {"clients", "scheduling"})
                await until(lambda: has_finished(api, gone, others), 60.0, "the others have finished")
                erasure = shown(api, gone)["erasure"]
                assert (erasure["finished_at"], erasure["unfinished"]) == (None, ["clients", "scheduling"])
                # What is still there opens no more. Scheduling has not heard of it yet.
                states = await connection.fetch("SELECT state, wrapped FROM clients.data_keys WHERE workspace_id = $1", gone)
                assert {(row["state"], row["wrapped"]) for row in states} == {("destroyed", b"")}
            await suite_drill.ready()
            await until(lambda: has_finished(api, gone, sorted(NAMES)), 90.0, "every service has finished")
            assert shown(api, gone)["erasure"]["finished_at"] is not None

        await suite_drill.settle()
        left = {name: count for name, count in (await tables.counts(gone)).items() if count and not is_in(name, KEPT)}
        assert left == {}
        assert uploads(files_of(home, gone)) == set()
        for name in set(NAMES) - {"audit"}:
            rows = await connection.fetch(f"SELECT state, wrapped FROM {name}.data_keys WHERE workspace_id = $1", gone)
            assert {(row["state"], row["wrapped"]) for row in rows} == {("destroyed", b"")}, name
        assert await tables.content(kept) == before
        files_after = files_of(home, kept)
        assert files_before <= files_after and not uploads(files_after - files_before)
        announced = "SELECT count(*) FROM identity.outbox WHERE workspace_id = $1 AND type = 'caseload.identity.v1.WorkspaceErased'"
        assert await connection.fetchval(announced, gone) == 1
        told = await connection.fetch(
            "SELECT event_type, metadata->>'recorded_by' AS service FROM audit.audit_events WHERE workspace_id = $1 AND event_type LIKE '%workspace%'",
            gone,
        )
        lines = Counter((row["event_type"], row["service"]) for row in told)
        assert {("erase_workspace", name) for name in NAMES} <= lines.keys()
        assert all(lines["erase_workspace", name] == 1 for name in NAMES)

        await tables.empty(made_up[kept], kept)

    # The trail proves itself, and what is gone is gone on its word.
    for workspace_id in (gone, kept):
        await suite_drill.command("verify", "records", "--workspace", str(workspace_id))
    async with httpx.AsyncClient(base_url=suite_drill.gateway_url, timeout=30) as anybody:
        reply = await anybody.post("/api/v1/auth/login", json={"email": erased.email, "password": erased.password})
    assert (reply.status_code, reply.json()["code"]) == (401, "invalid_credentials")


async def one_round_of_retention(attacked):
    """What identity does every ten minutes, now."""
    (identity,) = (service for service in SERVICES if service.name == "identity")
    runtime = Runtime(identity, attacked.home.settings(identity, attacked.admin_dsn), broker=InProcessBroker())
    session = await asyncpg.connect(runtime.settings.relay_database_url.get_secret_value())
    try:
        await runtime.pruner.prune(session)
    finally:
        await session.close()
        await runtime.stop()


async def no_jobs(connection, *workspaces):
    return not await connection.fetch("SELECT FROM clients.due_jobs WHERE workspace_id = ANY($1::uuid[])", list(workspaces))


async def nothing_to_index(connection, *workspaces):
    return not await connection.fetch("SELECT FROM clinical.search_work WHERE workspace_id = ANY($1::uuid[])", list(workspaces))


async def is_in_the_middle(connection, workspace_id):
    return await connection.fetchval(
        "SELECT finished_at IS NULL AND deleted <> '{}' FROM clients.erased_workspaces WHERE workspace_id = $1", workspace_id
    )


def shown(api, workspace_id):
    """The workspace as platform administrators see it: the deleted ones are few."""
    page = 1
    while True:
        reply = api.get("/platform-admin/workspaces", params={"page": page, "page_size": 100})
        assert reply.status_code == 200, reply.text
        listed = reply.json()["workspaces"]
        assert listed, "the workspace is listed"
        for each in listed:
            if each["id"] == str(workspace_id):
                return each
        page += 1


async def has_finished(api, workspace_id, services):
    erasure = (await asyncio.to_thread(shown, api, workspace_id))["erasure"]
    return erasure is not None and erasure["finished"] == services

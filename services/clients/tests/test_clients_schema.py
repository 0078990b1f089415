"""The schema: migrations run up and down and agree with tables.py, and every table has forced row security."""

import asyncio
from uuid import uuid4

from chassis.migrations.runner import drift, migrate
from chassis.testing.environment import start_environment
from clients.__main__ import SERVICE

_BUILDING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'virtualxid'"
_MATCHED = (
    "INSERT INTO clients.match_keys (workspace_id, client_id, kind, token) VALUES ($1, $2, 1, $3)"
    " ON CONFLICT ON CONSTRAINT pk_match_keys DO UPDATE SET token = excluded.token"
)


async def test_the_migrations_run_up_and_down_and_agree_with_the_tables(postgres):
    async with start_environment(postgres, SERVICE, relay=False) as h:
        await migrate(h.admin_dsn, "clients", "base")
        async with h.superuser() as db:
            left = await db.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'clients'::regnamespace AND relkind = 'r'")
            assert [row["relname"] for row in left] == ["alembic_version"]
        await migrate(h.admin_dsn, "clients")
        assert await drift(h.admin_dsn, "clients", SERVICE.metadata) == []


async def test_whoever_works_waits_for_no_index_that_says_which_key_finds_a_row(postgres):
    """Release 0.2.0's statement works on meanwhile. What an attempt has left that was killed is taken up."""
    workspace, client = uuid4(), uuid4()
    async with start_environment(postgres, SERVICE, relay=False) as h, h.superuser() as other, h.superuser() as db:
        await migrate(h.admin_dsn, "clients", "-2")
        await db.execute("ALTER TABLE clients.clients ADD COLUMN index_version integer DEFAULT 1 NOT NULL")
        await db.execute("CREATE INDEX ix_clients_index_version ON clients.clients (workspace_id)")
        await db.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'clients.ix_clients_index_version'::regclass")
        await db.execute("SET session_replication_role = replica")
        await db.execute("SET lock_timeout = '1s'")
        async with asyncio.timeout(60), other.transaction(isolation="repeatable_read"):
            await other.fetch("SELECT FROM clients.directory")
            migrating = asyncio.create_task(migrate(h.admin_dsn, "clients"))
            while not await db.fetchval(_BUILDING):
                assert not migrating.done()
                await asyncio.sleep(0.01)
            await db.fetch("SELECT FROM clients.clients")
            for token in (b"one", b"two"):
                await db.execute(_MATCHED, workspace, client, token)
        await migrating
        assert await db.fetchval("SELECT token FROM clients.match_keys") == b"two"
        await db.execute(_MATCHED, workspace, client, b"three")
        assert await db.fetchval("SELECT token FROM clients.match_keys") == b"three"
        assert await drift(h.admin_dsn, "clients", SERVICE.metadata) == []


async def test_every_table_is_under_forced_row_security(clients_environment):
    async with clients_environment.superuser() as db:
        tables = await db.fetch(
            """
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner,
                   (SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid) AS policies,
                   (SELECT bool_and(i.indkey[0] = a.attnum) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique) AS keys_by_workspace
            FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
            WHERE c.relnamespace = 'clients'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
            """
        )
    assert {row["relname"] for row in tables} >= {
        "clients",
        "terms",
        "erasures",
        "directory",
        "outbox",
        "inbox",
        "idempotency",
        "data_keys",
    }
    for row in tables:
        assert row["forced"], row["relname"]
        assert row["owner"] == "clients_owner"
        if row["relname"] != "due_jobs":  # found across workspaces; it holds ids and times alone
            assert "tenant" in row["policies"]
    for row in tables:
        if row["relname"] in {"clients", "terms", "erasures", "directory"}:
            assert row["policies"] == ["tenant"]
            assert row["keys_by_workspace"], row["relname"]

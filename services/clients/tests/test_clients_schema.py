"""The schema: migrations run up and down and agree with tables.py, and every table has forced row security."""

from chassis.migrations.runner import drift, migrate
from chassis.testing.environment import start_environment
from clients.__main__ import SERVICE


async def test_the_migrations_run_up_and_down_and_agree_with_the_tables(postgres):
    async with start_environment(postgres, SERVICE, relay=False) as h:
        await migrate(h.admin_dsn, "clients", "base")
        async with h.superuser() as db:
            left = await db.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'clients'::regnamespace AND relkind = 'r'")
            assert [row["relname"] for row in left] == ["alembic_version"]
        await migrate(h.admin_dsn, "clients")
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

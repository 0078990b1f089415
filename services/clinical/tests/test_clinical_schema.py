"""The schema: migrations up and down produce the declared tables, and every table has forced row security."""

from chassis.migrations.runner import drift, migrate
from chassis.testing.environment import start_environment
from clinical.__main__ import SERVICE

OWN = {"sessions", "session_versions", "history", "clients", "attachments", "erased_sessions", "note_templates"}
OWN |= {"cosign_requests", "cosignatures", "supervised_users"}
OF_CARE_TEAMS = {"sessions", "history", "attachments"}
# The relay's role finds rows across workspaces; of their columns it reads ids and times.
FOUND_ACROSS = {"sessions", "cosign_requests", "attachments"}
# The relay's role folds them, across workspaces.
COUNTERS = {"tallies", "session_counter_changes", "storage", "storage_counter_changes", "timeline_tallies", "timeline_counter_changes"}


async def test_migrations_up_down_and_up_produce_the_declared_tables(postgres):
    async with start_environment(
        postgres, SERVICE, settings={"peers": {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}}, relay=False
    ) as h:
        await migrate(h.admin_dsn, "clinical", "base")
        async with h.superuser() as db:
            left = await db.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'clinical'::regnamespace AND relkind = 'r'")
            assert [row["relname"] for row in left] == ["alembic_version"]
        await migrate(h.admin_dsn, "clinical")
        assert await drift(h.admin_dsn, "clinical", SERVICE.metadata) == []


async def test_every_table_has_forced_row_security(clinical_environment):
    async with clinical_environment.superuser() as db:
        tables = await db.fetch(
            """
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner,
                   (SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid) AS policies,
                   (SELECT bool_and(i.indkey[0] = a.attnum) FROM pg_index i
                       WHERE i.indrelid = c.oid AND i.indexrelid::regclass::text <> ALL($1)) AS by_workspace
            FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
            WHERE c.relnamespace = 'clinical'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
            """,
            ["clinical.ix_sessions_over", "clinical.ix_cosign_requests_due"],
        )
    assert {row["relname"] for row in tables} >= OWN | COUNTERS
    for row in tables:
        assert row["forced"], row["relname"]
        assert row["owner"] == "clinical_owner"
        assert "tenant" in row["policies"]
        if row["relname"] in OWN | COUNTERS:
            others = {"care_team"} & set(row["policies"])
            expected = others | ({"tenant"} if row["relname"] in OWN - FOUND_ACROSS else {"relay", "tenant"})
            assert set(row["policies"]) == expected, row["relname"]
            assert bool(others) == (row["relname"] in OF_CARE_TEAMS), row["relname"]
            assert row["by_workspace"], row["relname"]

"""Notes from before the index: the migration marks their workspaces, and the worker takes them in."""

from uuid import UUID

from chassis.migrations.runner import migrate
from chassis.testing.environment import start_environment
from clinical.__main__ import SERVICE

WORKSPACES = [UUID(int=1), UUID(int=2), UUID(int=3)]


async def test_each_workspace_with_notes_has_them_taken_in(postgres):
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as h:
        await migrate(h.admin_dsn, "clinical", "base")
        await migrate(h.admin_dsn, "clinical", "0014")
        async with h.superuser() as db:
            for number in range(7):
                await db.execute(
                    "INSERT INTO clinical.sessions (workspace_id, id, client_id, created_by_user_id, sealed, version, session_date,"
                    " duration_minutes, status, created_at, updated_at) VALUES ($1, $2, $2, $2, '', 1, now(), 50, 'draft', now(), now())",
                    WORKSPACES[number % 3],
                    UUID(int=10 + number),
                )
            await migrate(h.admin_dsn, "clinical")

            # The service's own worker may have come to some of them.
            begun = await db.fetch("SELECT workspace_id FROM clinical.search_work UNION SELECT workspace_id FROM clinical.search_segments")
            assert {row["workspace_id"] for row in begun} == set(WORKSPACES)
            bound = "SELECT relname FROM pg_class WHERE relname IN ('sessions', 'search_work') AND relforcerowsecurity"
            assert len(await db.fetch(bound)) == 2

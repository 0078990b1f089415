"""Migrations since the last release, while notes are written: nobody who writes one waits for an index."""

import asyncio
import time
from uuid import UUID

import asyncpg
import pytest

from chassis.migrations.runner import migrate
from chassis.testing.environment import start_environment
from clinical.__main__ import SERVICE

WORKSPACE, CLIENT = UUID(int=1), UUID(int=3)
NOTES = 20_000
LAST_RELEASE = "0024"
IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'clinical.ix_sessions_drafts'::regclass"
WRITE = "UPDATE clinical.sessions SET version = version + 1 WHERE workspace_id = $1 AND id = $2"


@pytest.fixture
async def filled(postgres):
    """A database of the last release with many drafts."""
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as environment:
        await migrate(environment.admin_dsn, "clinical", "base")
        await migrate(environment.admin_dsn, "clinical", LAST_RELEASE)
        async with environment.superuser() as db:
            await db.execute(
                "INSERT INTO clinical.sessions (workspace_id, id, client_id, created_by_user_id, sealed, version, session_date, status, created_at, updated_at)"
                " SELECT $1, ('00000000-0000-0000-0000-' || lpad(number::text, 12, '0'))::uuid, $2, $2, decode(repeat('ab', 700), 'hex'), 1,"
                f" now(), 'draft', now(), now() FROM generate_series(1, {NOTES}) AS number",
                WORKSPACE, CLIENT,
            )  # fmt: skip
        yield environment


def note(number):
    return UUID(f"{number:032}")


async def test_notes_are_written_while_the_migrations_wait_for_a_transaction_and_while_they_run(filled):
    async with filled.superuser() as slow, filled.superuser() as writer, filled.superuser() as watcher:
        # Somebody's transaction is open. Who builds an index waits for it, and others are not to wait behind that.
        open_one = slow.transaction()
        await open_one.start()
        await slow.execute(WRITE, WORKSPACE, note(1))
        await writer.execute("SET statement_timeout = '1s'")
        migrating = asyncio.create_task(migrate(filled.admin_dsn, "clinical"))

        async def waits():
            return await watcher.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                " AND query LIKE '%ix_sessions_drafts%' AND pid <> pg_backend_pid()"
            )

        give_up = time.monotonic() + 20
        while not await waits():
            assert not migrating.done(), "nothing that waits was met"
            assert time.monotonic() < give_up
            await asyncio.sleep(0.01)
        for number in range(2, 52):
            await writer.execute(WRITE, WORKSPACE, note(number))
        assert await waits(), "the migration was over before anything was written"
        await open_one.commit()

        longest = written = 0
        while not migrating.done():
            began = time.monotonic()
            await writer.execute(WRITE, WORKSPACE, note(100 + written % 10_000))
            longest, written = max(longest, time.monotonic() - began), written + 1
        await migrating

        assert written > 0
        assert await watcher.fetchval(IS_VALID)

        # What an upgrade leaves that is killed while it waits: the next one builds it anew.
        await migrate(filled.admin_dsn, "clinical", "-1")
        async with slow.transaction():
            await slow.execute(WRITE, WORKSPACE, note(1))
            with pytest.raises(asyncpg.QueryCanceledError):
                await writer.execute("CREATE INDEX CONCURRENTLY ix_sessions_drafts ON clinical.sessions (id)")
        assert await watcher.fetchval(IS_VALID) is False
        await migrate(filled.admin_dsn, "clinical")
        assert await watcher.fetchval(IS_VALID)
        assert "created_by_user_id" in await watcher.fetchval("SELECT pg_get_indexdef('clinical.ix_sessions_drafts'::regclass)")

"""Notes that were signed before versions held the whole content: what the migration gives them, and back again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from chassis.migrations.runner import migrate
from chassis.testing.environment import start_environment
from clinical.__main__ import SERVICE
from clinical.sessions.rules import timeline_event_id

WORKSPACE, NOTE, CLIENT, COPY = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
HELD, SIGNED = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)


def amended(number):
    return SIGNED + timedelta(days=number)


@pytest.fixture
async def upgraded(postgres):
    """A database of the release before, in which a note was signed and amended twice; then its upgrade."""
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as h:
        await migrate(h.admin_dsn, "clinical", "base")
        await migrate(h.admin_dsn, "clinical", "0011")
        async with h.superuser() as db:
            await db.execute(
                "INSERT INTO clinical.sessions (workspace_id, id, client_id, created_by_user_id, sealed, version, session_date,"
                " duration_minutes, status, finalized_at, amended_at, amendment_count, created_at, updated_at)"
                " VALUES ($1, $2, $3, $3, '', 4, $4, 50, 'finalized', $5, $6, 2, $5, $6)",
                WORKSPACE, NOTE, CLIENT, HELD, SIGNED, amended(2),
            )  # fmt: skip
            for number, at in enumerate((SIGNED, amended(1), amended(2)), start=1):
                await db.execute(
                    "INSERT INTO clinical.session_versions (workspace_id, id, session_id, version_number, sealed, created_by_user_id, created_at)"
                    " VALUES ($1, $2, $3, $4, '', $5, $6)",
                    WORKSPACE, UUID(int=10 + number), NOTE, number, CLIENT, at,
                )  # fmt: skip
            # A conflict copy was signed too, and had no event.
            await db.execute(
                "INSERT INTO clinical.sessions (workspace_id, id, client_id, created_by_user_id, sealed, version, session_date, status,"
                " finalized_at, conflict_of, created_at, updated_at) VALUES ($1, $2, $3, $3, '', 2, $4, 'finalized', $5, $6, $5, $5)",
                WORKSPACE, COPY, CLIENT, HELD, SIGNED, NOTE,
            )  # fmt: skip
            await db.execute(
                "INSERT INTO clinical.session_versions (workspace_id, id, session_id, version_number, sealed, created_by_user_id, created_at)"
                " VALUES ($1, $2, $3, 1, '', $4, $5)",
                WORKSPACE, UUID(int=15), COPY, CLIENT, SIGNED,
            )  # fmt: skip
            # Of the amendments the last one alone had an event.
            for number, (kind, at) in enumerate((("session", HELD), ("session_finalized", SIGNED), ("session_amended", amended(2)))):
                await db.execute(
                    "INSERT INTO clinical.history (workspace_id, id, session_id, client_id, kind, at) VALUES ($1, $2, $3, $4, $5, $6)",
                    WORKSPACE, UUID(int=20 + number), NOTE, CLIENT, kind, at,
                )  # fmt: skip
        await migrate(h.admin_dsn, "clinical")
        async with h.superuser() as db:
            yield h, db


async def test_old_versions_have_the_date_of_their_note_and_old_amendments_an_event_each(upgraded):
    _, db = upgraded

    versions = await db.fetch("SELECT * FROM clinical.session_versions")
    events = await db.fetch("SELECT kind, at FROM clinical.history WHERE session_id = $1 ORDER BY at", NOTE)

    assert {(row["session_date_at_upgrade"], row["duration_minutes_at_upgrade"]) for row in versions} == {(HELD, 50), (HELD, None)}
    assert [tuple(row) for row in events] == [
        ("session", HELD),
        ("session_finalized", SIGNED),
        ("session_amended", amended(1)),
        ("session_amended", amended(2)),
    ]


async def test_a_signed_copy_has_its_events_as_one_that_is_signed_today_has_them(upgraded):
    _, db = upgraded
    events = await db.fetch("SELECT id, kind, at, client_id, hidden FROM clinical.history WHERE session_id = $1 ORDER BY at", COPY)
    assert [tuple(row)[1:] for row in events] == [("session", HELD, CLIENT, False), ("session_finalized", SIGNED, CLIENT, False)]
    # So a later change of its date moves the event, and makes no second one.
    assert events[0]["id"] == timeline_event_id(COPY, "session")


async def test_versions_are_not_to_be_changed_after_the_upgrade_either(upgraded):
    _, db = upgraded
    with pytest.raises(asyncpg.RestrictViolationError):
        await db.execute("UPDATE clinical.session_versions SET session_date_at_upgrade = now()")


async def test_the_upgrade_can_be_taken_back_and_made_again(upgraded):
    h, db = upgraded
    while await db.fetchval("SELECT version_num FROM clinical.alembic_version") != "0011":
        await migrate(h.admin_dsn, "clinical", "-1")
    await migrate(h.admin_dsn, "clinical")
    assert await db.fetchval("SELECT count(*) FROM clinical.history") == 6
    assert await db.fetchval("SELECT count(*) FROM clinical.session_versions WHERE session_date_at_upgrade = $1", HELD) == 4

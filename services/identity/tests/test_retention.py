"""What has expired is deleted in time, in small steps, and nothing else with it."""

from datetime import timedelta
from functools import partial

import asyncpg
import pytest

from caseload.audit.v1.events_pb2 import AuditRecorded
from chassis.errors import Refusal
from chassis.work import retention
from identity.credentials.rules import FORGOTTEN_AFTER
from identity.tables import RETENTIONS


@pytest.fixture
async def relay(service):
    """As the relay's role sees the tables."""
    settings = service.environment.runtime("identity").settings
    connection = await asyncpg.connect(settings.relay_database_url.get_secret_value())
    yield connection
    await connection.close()


@pytest.fixture
def prune(service, relay):
    """Deletes what has expired until nothing is left of it."""
    pruner = service.environment.runtime("identity").pruner
    return partial(pruner.prune, relay)


async def test_what_has_expired_is_deleted_and_no_other_row(service, practice, prune):
    token = await service.request_link(practice.administrator)
    signed_in = await service.login(practice.administrator)

    await prune()
    await service.verify(token)
    renewed = await service.refresh(signed_in.refresh_token)

    async with service.environment.superuser() as connection:
        for table, columns in {
            "login_sessions": ["created_at", "last_seen_at", "idle_at", "expires_at"],
            "magic_links": ["created_at", "expires_at"],
        }.items():
            aged = ", ".join(f"{column} = {column} - interval '8 days'" for column in columns)
            await connection.execute(f"UPDATE identity.{table} SET {aged} WHERE workspace_id = $1", practice.workspace_id)
        await prune()
        for table in ("login_sessions", "refresh_tokens", "magic_links"):
            assert await connection.fetchval(f"SELECT count(*) FROM identity.{table} WHERE workspace_id = $1", practice.workspace_id) == 0
    lines = await service.environment.emitted(AuditRecorded, practice.workspace_id)
    (deleted,) = [line for line in lines if line.event_type == "delete_expired_login_sessions"]
    assert (deleted.service, deleted.resource_id) == ("identity", str(practice.administrator.id))
    assert deleted.facts == {"login_sessions": "2"}
    with pytest.raises(Refusal):
        await service.refresh(renewed.refresh_token)


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        ("revocations", "subject_id, epoch, created_at", "gen_random_uuid(), 1, now() - n * interval '1 hour' + interval '5 minutes'"),
        (
            "login_attempts",
            "account, purpose, lane, count, last_at, blocked_until",
            "uuid_send(gen_random_uuid()), 'link', 'l', 1, now() - n * interval '1 day' + interval '5 minutes', now()",
        ),
        (
            "magic_links",
            "workspace_id, id, created_at, expires_at",
            "$1, gen_random_uuid(), now(), now() - n * interval '1 day' + interval '5 minutes'",
        ),
        (
            "login_sessions",
            "workspace_id, id, user_id, amr, created_at, last_seen_at, expires_at, idle_at",
            "$1, gen_random_uuid(), $2, ARRAY['pwd'], now(), now(), now() - n * interval '7 days' + interval '5 minutes', now()",
        ),
    ],
    ids=lambda value: value if "_" in value and " " not in value else "",
)
async def test_what_has_expired_goes_in_batches_until_nothing_is_left(service, practice, prune, monkeypatch, table, columns, values):
    for limit in ("_AT_ONCE", "_MOST_AT_ONCE"):
        monkeypatch.setattr(retention, limit, 3)
    arguments = [practice.workspace_id, practice.administrator.id][: values.count("$")]
    mine = "workspace_id = $1" if arguments else "true"
    counted = retention._PRUNED.labels("identity", table)
    async with service.environment.superuser() as connection:
        await connection.execute(f"DELETE FROM identity.{table} WHERE {mine}", *arguments[:1])
        await connection.execute(f"INSERT INTO identity.{table} ({columns}) SELECT {values} FROM generate_series(1, 8) AS n", *arguments)
        before = counted._value.get()

        await prune()

        assert await connection.fetchval(f"SELECT count(*) FROM identity.{table} WHERE {mine}", *arguments[:1]) == 1
        assert counted._value.get() - before >= 7


def test_attempts_are_kept_for_as_long_as_they_count():
    (attempts,) = [policy for policy in RETENTIONS if policy.table == "login_attempts"]

    assert timedelta(days=attempts.days) >= max(FORGOTTEN_AFTER.values())


@pytest.mark.parametrize("table", ["login_sessions", "magic_links"])
async def test_the_relay_finds_rows_and_learns_or_changes_nothing_else(relay, table):
    await relay.fetch(f"SELECT workspace_id, id, expires_at FROM identity.{table}")
    for sql in ("SELECT * FROM {}", "DELETE FROM {}", "UPDATE {} SET workspace_id = workspace_id", "TRUNCATE {}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await relay.execute(sql.format(f"identity.{table}"))


@pytest.mark.parametrize("table", ["login_sessions", "magic_links"])
async def test_what_has_expired_is_found_by_an_index(relay, table):
    async with relay.transaction():
        await relay.execute("SET LOCAL enable_seqscan = off")
        plan = await relay.fetch(
            f"EXPLAIN SELECT workspace_id, id FROM identity.{table} WHERE expires_at < now() - interval '1 day' ORDER BY expires_at LIMIT 200"
        )
    assert f"ix_{table}_expires" in "\n".join(row[0] for row in plan)

"""What identity leaves in its database: nobody's name or address, no secret, and no row that another workspace reads."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from caseload.identity.v1 import users_pb2 as pb
from chassis.errors import Refusal
from chassis.migrations.roles import provision
from chassis.migrations.runner import drift, migrate
from identity.sign_in.clearing import clear
from identity.sign_in.tickets import Ticket
from identity.tables import WITHOUT_ROW_SECURITY, metadata


async def everything(connection):
    """Every row of the schema as text, by table."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'identity'")
    return {name: [row[0] for row in await connection.fetch(f"SELECT t::text FROM identity.{name} t")] for (name,) in map(tuple, tables)}


def in_any_form(text):
    """Columns of bytes show as hexadecimal digits."""
    return text.casefold(), text.encode().hex()


async def test_names_addresses_and_secrets_are_nowhere_in_the_clear(door, practice, caplog):
    canary = await practice.hire("therapist", full_name="Wilhelmina Canaryfeather")
    token = await door.request_link(canary)
    linked = await door.verify(token)
    signed_in = await door.login(canary)
    renewed = await door.refresh(signed_in.refresh_token)
    with pytest.raises(Refusal):
        await door.login(canary, "canary-password-wrong")
    await door.users.ListUsers(pb.ListUsersRequest(search="Canaryfeather"), await door.enter(practice.head))

    secrets = [
        canary.email,
        "Wilhelmina",
        "Canaryfeather",
        "correct horse battery",
        "canary-password-wrong",
        token,
        *(each.refresh_token for each in (linked, signed_in, renewed)),
        *(each.access_token for each in (linked, signed_in, renewed)),
        *(each.device_token for each in (linked, signed_in)),
    ]
    # A token's secret part, as the bytes it stands for.
    secrets += [Ticket.read(text).secret.hex() for text in (token, *(each.refresh_token for each in (linked, signed_in, renewed)))]
    async with door.house.superuser() as connection:
        rows = await everything(connection)
    assert sum(map(len, rows.values())) > 10
    assert rows["outbox"]
    for name, texts in rows.items():
        for text in texts:
            for secret in secrets:
                assert not any(form in text.casefold() for form in in_any_form(secret)), f"a secret stands in {name}"
    for secret in secrets:
        assert secret not in caplog.text


async def test_the_catalogue_shows_forced_row_security_but_for_what_is_listed(door):
    async with door.house.superuser() as connection:
        tables = await connection.fetch(
            "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class"
            " WHERE relnamespace = 'identity'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'alembic_version'"
        )
        assert {row["relname"] for row in tables} == {table.name for table in metadata.tables.values()}
        assert {row["relname"] for row in tables if not row["forced"]} == set(WITHOUT_ROW_SECURITY)
        columns = await connection.fetch(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'identity' AND table_name = ANY($1)",
            list(WITHOUT_ROW_SECURITY),
        )
    assert not {row["column_name"] for row in columns} & {"email", "full_name", "sealed", "ip_address", "user_agent", "password_hash"}


async def test_without_a_workspace_no_row_is_seen_and_none_written(door, practice):
    database = door.house.runtime("identity").database
    async with database.transaction(None) as tx:
        connection = await tx.connection()
        for table in metadata.tables.values():
            if table.name not in WITHOUT_ROW_SECURITY:
                assert await connection.fetchval(f"SELECT count(*) FROM identity.{table.name}") == 0
    other = door.house.workspace()
    async with database.transaction(other) as tx:
        connection = await tx.connection()
        assert await connection.fetchval("SELECT count(*) FROM identity.users") == 0
        with pytest.raises(Exception, match="row-level security"):
            await connection.execute(
                "INSERT INTO identity.workspaces (workspace_id, name, kind, time_zone, locale) VALUES ($1, 'x', 'practice', 'UTC', 'en')",
                door.house.workspace(),
            )
        await connection.execute("ROLLBACK; BEGIN")


async def test_migrations_go_forward_back_and_forward(postgres, door):
    admin = await asyncpg.connect(postgres)
    try:
        await admin.execute("CREATE DATABASE identity_back_and_forth")
    finally:
        await admin.close()
    dsn = postgres.replace("/postgres?", "/identity_back_and_forth?")
    assert dsn != postgres
    await provision(dsn, "identity", "for-tests-only", "for-tests-only")
    for target in ("head", "base", "head"):
        await migrate(dsn, "identity", target)
    assert await drift(dsn, "identity", metadata) == []


async def test_clearing_away_leaves_what_still_counts(door, practice):
    token = await door.request_link(practice.head)
    signed_in = await door.login(practice.head)
    database = door.house.runtime("identity").database

    await clear(database, datetime.now(UTC))
    await door.verify(token)
    renewed = await door.refresh(signed_in.refresh_token)

    await clear(database, datetime.now(UTC) + timedelta(days=8))
    async with door.house.superuser() as connection:
        for table in ("login_sessions", "refresh_tokens", "magic_links"):
            assert await connection.fetchval(f"SELECT count(*) FROM identity.{table} WHERE workspace_id = $1", practice.workspace_id) == 0
        assert await connection.fetchval("SELECT count(*) FROM identity.login_attempts") == 0
    with pytest.raises(Refusal):
        await door.refresh(renewed.refresh_token)

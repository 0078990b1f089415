"""What the database contains: no name, address or secret in plain text, and no row that another workspace can read."""

import asyncpg
import pytest

from caseload.identity.v1 import users_pb2 as pb
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import Refusal
from chassis.migrations.roles import provision
from chassis.migrations.runner import drift, migrate
from identity.tables import WITHOUT_ROW_SECURITY, metadata


async def everything(connection):
    """The rows of every table as text."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'identity'")
    return {name: [row[0] for row in await connection.fetch(f"SELECT t::text FROM identity.{name} t")] for (name,) in map(tuple, tables)}


def in_any_form(text):
    """The text as it may appear in a row: as it is, or as hexadecimal digits in a column of bytes."""
    return text.casefold(), text.encode().hex()


async def test_names_addresses_and_secrets_are_never_stored_or_logged_in_plain_text(service, practice, caplog):
    canary = await practice.add_user("therapist", full_name="Wilhelmina Canaryfeather")
    token = await service.request_link(canary)
    linked = await service.verify(token)
    signed_in = await service.login(canary)
    renewed = await service.refresh(signed_in.refresh_token)
    with pytest.raises(Refusal):
        await service.login(canary, "canary-password-wrong")
    await service.users.ListUsers(pb.ListUsersRequest(search="Canaryfeather"), await service.signed_in(practice.administrator))

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
    # The secret bytes of each token.
    secrets += [OpaqueToken.parse(text).secret.hex() for text in (token, *(each.refresh_token for each in (linked, signed_in, renewed)))]
    async with service.environment.superuser() as connection:
        rows = await everything(connection)
    assert sum(map(len, rows.values())) > 10
    assert rows["outbox"]
    for name, texts in rows.items():
        for text in texts:
            for secret in secrets:
                assert not any(form in text.casefold() for form in in_any_form(secret)), f"{name} contains a secret"
    for secret in secrets:
        assert secret not in caplog.text


async def test_row_security_is_forced_on_all_tables_but_those_listed(service):
    async with service.environment.superuser() as connection:
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


async def test_without_its_workspace_no_row_is_read_or_written(service, practice):
    database = service.environment.runtime("identity").database
    async with database.transaction(None, seconds=10.0) as tx:
        connection = await tx.connection()
        for table in metadata.tables.values():
            # The outbox cannot even be read; the directories are read before a workspace is known.
            if table.name not in {"outbox", "workspace_directory", "sso_directory", *WITHOUT_ROW_SECURITY}:
                assert await connection.fetchval(f"SELECT count(*) FROM identity.{table.name}") == 0
    other = service.environment.workspace()
    async with database.transaction(other, seconds=10.0) as tx:
        connection = await tx.connection()
        assert await connection.fetchval("SELECT count(*) FROM identity.users") == 0
        with pytest.raises(Exception, match="row-level security"):
            await connection.execute(
                "INSERT INTO identity.workspaces (workspace_id, name, kind, time_zone, locale) VALUES ($1, 'x', 'practice', 'UTC', 'en')",
                service.environment.workspace(),
            )
        await connection.execute("ROLLBACK; BEGIN")


async def test_migrations_can_be_reverted_and_applied_again(postgres, service):
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

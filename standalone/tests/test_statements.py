"""Which statements are slow, as PostgreSQL counts them."""

import asyncpg
import pytest

from chassis.local.postgres import LocalPostgres
from chassis.migrations.roles import provision
from standalone.statements import slowest

SECRET = "Ada Jones"


@pytest.fixture
def server(servers, tmp_path):
    server = LocalPostgres(tmp_path / "postgres", fast=True)
    yield server.start()
    server.stop()


async def executed(dsn, *statements):
    connection = await asyncpg.connect(dsn)
    for statement, *values in statements:
        await connection.execute(statement, *values)
    await connection.close()


async def test_statements_are_told_without_their_values_where_they_are_counted(server):
    await provision(server.dsn, "clients", "for-tests-only", "for-tests-only")
    assert await slowest(server.dsn, 5) is None, "there is no extension"
    await executed(
        server.dsn, ["CREATE EXTENSION pg_stat_statements"], ["ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"]
    )
    assert await slowest(server.dsn, 5) is None, "it is not loaded yet"
    server.stop()
    server.start()

    app = server.dsn_for("clients_app", "for-tests-only")
    await executed(app, ["SELECT pg_sleep(0.05), $1::text", SECRET], [f"SELECT '{SECRET}'"])
    await executed(server.dsn, [f"SELECT 'typed by the administrator {SECRET}'"])
    found = await slowest(server.dsn, 5)

    assert found[0]["query"] == "SELECT pg_sleep($2), $1::text"
    assert {row["role"] for row in found} == {"clients_app"}
    assert SECRET not in "".join(row["query"] for row in found)

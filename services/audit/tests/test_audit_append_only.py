"""Rows of the trail cannot be changed or deleted by any role of the service."""

from datetime import timedelta

import asyncpg
import pytest

from audit.tables import WITHOUT_ROW_SECURITY

TABLES = {
    "audit_events": "event_type = 'nothing'",
    "touched": "event_id = gen_random_uuid()",
    "seals": "hash = sha256('')",
    "kept_events": "hash = sha256('')",
    "kept_kinds": "outcome = 'success'",
    "kept_origins": "told = '[]'",
    "kept_mentions": "base = 1",
}
PARTITIONED = ("audit_events", "touched")


@pytest.fixture
async def as_app(practice):
    """A connection of the service's own role, in the practice's workspace."""
    connection = await asyncpg.connect(practice.environment.runtime("audit").settings.database_url.get_secret_value())
    await connection.execute("SELECT set_config('app.workspace_id', $1, false)", str(practice.workspace_id))
    yield connection
    await connection.close()


@pytest.fixture
async def as_owner(practice):
    """A connection of the role that owns the tables, in the practice's workspace."""
    async with practice.environment.superuser() as connection:
        await connection.execute("SET ROLE audit_owner")
        await connection.execute("SELECT set_config('app.workspace_id', $1, false)", str(practice.workspace_id))
        yield connection


def changes(table: str, partition: str | None = None) -> list[str]:
    name = f"audit.{partition or table}"
    return [f"UPDATE {name} SET {TABLES[table]}", f"DELETE FROM {name}", f"TRUNCATE {name}"]


@pytest.mark.parametrize("change", [change for table in TABLES for change in changes(table)])
async def test_the_services_role_may_not_change_anything(practice, as_app, change):
    await practice.record_some(2)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_app.execute(change)
    assert (await practice.list()).total == 2


@pytest.mark.parametrize("change", [change for table in TABLES for change in changes(table)])
async def test_the_owner_cannot_change_anything_either(practice, as_owner, change):
    await practice.record_some(2)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await as_owner.execute(change)
    assert (await practice.list()).total == 2


@pytest.mark.parametrize("table", PARTITIONED)
async def test_partitions_cannot_be_changed_or_read_directly(practice, as_owner, as_app, table):
    await practice.record_some(1)
    partitions = await as_owner.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass", f"audit.{table}"
    )
    names = [row["name"].removeprefix("audit.") for row in partitions]
    assert f"{table}_default" in names
    assert f"{table}_{practice.nine:%Y_%m}" in names
    for name in names:
        for change in changes(table, name):
            with pytest.raises(asyncpg.RestrictViolationError):
                await as_owner.execute(change)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await as_app.execute(change)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_app.execute(f"SELECT * FROM audit.{name}")


async def test_an_upsert_cannot_change_an_event(practice, as_app):
    (recorded,) = await practice.record_some(1)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_app.execute(
            "INSERT INTO audit.audit_events SELECT * FROM audit.audit_events WHERE id = $1"
            " ON CONFLICT (workspace_id, created_at, id) DO UPDATE SET event_type = 'nothing'",
            recorded.id,
        )


async def test_every_table_except_the_waiting_events_has_row_security(practice):
    async with practice.environment.superuser() as connection:
        rows = await connection.fetch(
            "SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
            " AS confined FROM pg_class c WHERE c.relnamespace = 'audit'::regnamespace AND c.relkind IN ('r', 'p')"
        )
    assert {row["name"] for row in rows if not row["confined"]} == {*WITHOUT_ROW_SECURITY, "alembic_version"}


async def test_the_waiting_events_hold_only_ids_times_and_proofs(practice):
    async with practice.environment.superuser() as connection:
        columns = await connection.fetch(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'audit' AND table_name = 'unsealed'"
        )
    assert {row["data_type"] for row in columns} == {"uuid", "bigint", "timestamp with time zone", "bytea"}


async def test_an_event_of_a_month_without_a_partition_is_stored_in_the_default_partition(practice):
    long_ago = practice.event()
    long_ago.occurred_at.FromDatetime(practice.nine - timedelta(days=4000))
    far_ahead = practice.event()
    far_ahead.occurred_at.FromDatetime(practice.nine + timedelta(days=4000))

    await practice.record(long_ago, far_ahead)

    found = await practice.verify()
    assert (found.intact, found.events) == (True, 2)
    async with practice.environment.superuser() as connection:
        kept = await connection.fetchval("SELECT count(*) FROM audit.audit_events_default WHERE workspace_id = $1", practice.workspace_id)
    assert kept == 2


async def test_the_services_role_creates_each_partition_ahead_once(practice, as_app):
    month = (practice.nine + timedelta(days=900)).replace(day=1)
    assert await as_app.fetchval("SELECT audit.make_partitions($1, 2)", month.date()) == 4
    assert await as_app.fetchval("SELECT audit.make_partitions($1, 2)", month.date()) == 0

    sent = practice.event()
    sent.occurred_at.FromDatetime(month)
    await practice.record(sent)

    async with practice.environment.superuser() as connection:
        kept = await connection.fetchval(f"SELECT count(*) FROM audit.audit_events_{month:%Y_%m} WHERE id = $1", sent.id)
        confined = await connection.fetchval(
            f"SELECT relforcerowsecurity FROM pg_class WHERE oid = 'audit.audit_events_{month:%Y_%m}'::regclass"
        )
    assert kept == 1
    assert confined


async def test_no_partition_is_created_for_a_month_that_has_rows_in_the_default_partition(practice, as_app):
    sent = practice.event()
    month = (practice.nine + timedelta(days=1500)).replace(day=1)
    sent.occurred_at.FromDatetime(month + timedelta(days=3))
    await practice.record(sent)

    assert await as_app.fetchval("SELECT audit.make_partitions($1, 1)", month.date()) == 0

    assert (await practice.verify()).intact

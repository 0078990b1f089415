"""A service's schema: made once however many make it, forward and back, owned by nobody who can log in."""

import asyncio
import textwrap
import time

import asyncpg
import pytest
from sqlalchemy import ARRAY, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Text, Uuid
from uuid_utils.compat import uuid7

from chassis.db.system_tables import chassis_tables
from chassis.db.tables import tenant
from chassis.migrations.roles import UnboundRole, check_role, is_current, provision
from chassis.migrations.runner import SchemaBusy, drift, migrate, write_revision
from chassis.service.cli import run
from chassis.service.definition import Service
from chassis.testing.environment import _dsn

SERVICE = "probe"
WORKSPACE, OTHER = uuid7(), uuid7()
FIRST = '''
    """The first of its tables."""

    import sqlalchemy as sa
    from alembic import op

    from chassis.migrations.runner import create_chassis_tables, drop_chassis_tables, secure

    revision = "0001"
    down_revision = None


    def upgrade() -> None:
        create_chassis_tables()
        op.create_table(
            "things",
            sa.Column("workspace_id", sa.Uuid, nullable=False),
            sa.Column("id", sa.Uuid, nullable=False),
            sa.Column("tokens", sa.ARRAY(sa.Integer), nullable=False),
            sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_things"),
            schema="probe",
        )
        op.create_index("ix_things_tokens", "things", ["tokens"], postgresql_using="gin", schema="probe")
        secure("things")


    def downgrade() -> None:
        op.drop_table("things", schema="probe")
        drop_chassis_tables()
'''


def tables(*more):
    metadata = MetaData(schema=SERVICE)
    chassis_tables(metadata)
    tenant(
        "things",
        metadata,
        Column("id", Uuid, nullable=False),
        Column("tokens", ARRAY(Integer), nullable=False),
        *more,
        PrimaryKeyConstraint("workspace_id", "id", name="pk_things"),
        Index("ix_things_tokens", "tokens", postgresql_using="gin"),
    )
    return metadata


@pytest.fixture
async def database(postgres, tmp_path, monkeypatch):
    """An empty database, and a service with one migration."""
    versions = tmp_path / "services" / SERVICE / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_first.py").write_text(textwrap.dedent(FIRST))
    monkeypatch.setenv("CASELOAD_ROOT", str(tmp_path))
    name = f"migrate_{uuid7().hex}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    yield _dsn(postgres, database=name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def migrated(database):
    await provision(database, SERVICE, "for-tests-only", "for-tests-only")
    await migrate(database, SERVICE)
    return database


async def connected(database, role):
    return await asyncpg.connect(_dsn(database, user=f"{SERVICE}_{role}"))


async def test_several_may_provision_and_migrate_at_once(database):
    await asyncio.gather(*(provision(database, SERVICE, "it's", "secret") for _ in range(4)))
    assert not await is_current(database, SERVICE)

    await asyncio.gather(*(migrate(database, SERVICE) for _ in range(3)))

    assert await is_current(database, SERVICE)


async def test_a_migration_goes_up_down_and_up(migrated):
    await migrate(migrated, SERVICE, "base")
    assert not await is_current(migrated, SERVICE)

    await migrate(migrated, SERVICE)
    assert await is_current(migrated, SERVICE)


async def test_tables_and_migrations_agree_or_the_difference_is_told_and_written(migrated, tmp_path):
    assert await drift(migrated, SERVICE, tables()) == []

    wanted = tables(Column("colour", Text))
    assert "colour" in str(await drift(migrated, SERVICE, wanted))

    written = await write_revision(migrated, SERVICE, wanted, "things have a colour")
    assert written.name == "0002_things_have_a_colour.py"
    await migrate(migrated, SERVICE)
    assert await drift(migrated, SERVICE, wanted) == []


async def test_the_app_sees_and_writes_one_workspace_alone(migrated):
    app = await connected(migrated, "app")
    try:
        await check_role(app)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("INSERT INTO probe.things VALUES ($1, $2, '{}')", WORKSPACE, uuid7())
        for workspace in (WORKSPACE, OTHER):
            async with app.transaction():
                await app.execute("SELECT set_config('app.workspace_id', $1, true)", str(workspace))
                await app.execute("INSERT INTO probe.things VALUES ($1, $2, '{}')", workspace, uuid7())
                assert [row["workspace_id"] for row in await app.fetch("SELECT workspace_id FROM probe.things")] == [workspace]
        assert await app.fetch("SELECT * FROM probe.things") == []
    finally:
        await app.close()


async def test_the_relay_sees_every_outbox_row_and_nothing_else(migrated):
    relay = await connected(migrated, "relay")
    try:
        assert await relay.fetch("SELECT * FROM probe.outbox") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await relay.fetch("SELECT * FROM probe.things")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await relay.fetch("SELECT * FROM probe.data_keys")
    finally:
        await relay.close()


async def test_a_role_that_passes_row_security_is_refused(migrated):
    admin = await asyncpg.connect(migrated)
    try:
        with pytest.raises(UnboundRole):
            await check_role(admin)
    finally:
        await admin.close()


async def test_a_search_under_row_security_uses_the_index(migrated):
    app, admin = await connected(migrated, "app"), await asyncpg.connect(migrated)
    try:
        await admin.execute(
            "INSERT INTO probe.things SELECT $1, gen_random_uuid(), ARRAY[i % 4096, (i * 7) % 4096] FROM generate_series(1, 20000) i",
            WORKSPACE,
        )
        await admin.execute("ANALYZE probe.things")
        async with app.transaction():
            await app.execute("SELECT set_config('app.workspace_id', $1, true)", str(WORKSPACE))
            plan = "\n".join(row[0] for row in await app.fetch("EXPLAIN SELECT * FROM probe.things WHERE tokens @> ARRAY[5, 35]"))
        assert "tokens @>" in plan.partition("Index Cond")[2]
    finally:
        await app.close()
        await admin.close()


async def test_a_migration_gives_way_to_requests_and_tries_again(migrated, monkeypatch):
    monkeypatch.setattr("chassis.migrations.runner.LOCK_SECONDS", 1)
    await drift(migrated, SERVICE, tables())
    await write_revision(migrated, SERVICE, tables(Column("colour", Text)), "colour")
    reader = await asyncpg.connect(migrated)
    try:
        busy = reader.transaction()
        await busy.start()
        await reader.fetch("SELECT * FROM probe.things")
        migrating = asyncio.create_task(migrate(migrated, SERVICE))
        await asyncio.sleep(1.3)
        assert not migrating.done()
        await busy.rollback()
        await migrating
        assert await is_current(migrated, SERVICE)
    finally:
        await reader.close()


async def test_a_migration_that_never_gets_its_lock_stalls_nobody_and_leaves_everything_as_it_was(migrated, monkeypatch):
    monkeypatch.setattr("chassis.migrations.runner.LOCK_SECONDS", 1)
    monkeypatch.setattr("chassis.migrations.runner.TRIES", 2)
    await write_revision(migrated, SERVICE, tables(Column("colour", Text)), "colour")
    holder, app = await asyncpg.connect(migrated), await asyncpg.connect(_dsn(migrated, user="probe_app"))
    waits = []

    async def ask_again_and_again():
        """Requests of other people, for whom a lock that is only being waited for is as good as taken."""
        while True:
            began = time.monotonic()
            await app.fetch("SELECT * FROM probe.things")
            waits.append(time.monotonic() - began)
            await asyncio.sleep(0.01)

    try:
        await holder.execute("BEGIN; SELECT * FROM probe.things")
        asking = asyncio.create_task(ask_again_and_again())
        with pytest.raises(SchemaBusy, match=SERVICE):
            await migrate(migrated, SERVICE)
        await asyncio.sleep(0.1)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

        assert 0.3 < max(waits) < 5, "they queue behind the migration, and not for long"
        assert len(waits) > 20, "between its attempts they pass"
        assert not await is_current(migrated, SERVICE)
        await holder.execute("ROLLBACK")
        await migrate(migrated, SERVICE)
        assert await is_current(migrated, SERVICE)
    finally:
        await holder.close()
        await app.close()


def test_a_migration_that_gave_way_says_so_in_one_line(monkeypatch):
    async def busy(*_):
        raise SchemaBusy("the tables are held by somebody else")

    monkeypatch.setattr("chassis.migrations.runner.migrate", busy)
    monkeypatch.setattr("chassis.service.cli.configure_logs", lambda *_: None)
    monkeypatch.setenv("CASELOAD_ADMIN_DATABASE_URL", "postgresql://nobody@/nowhere")
    with pytest.raises(SystemExit) as ended:
        run(Service(SERVICE, MetaData(), features=lambda runtime: []), ["migrate"])
    assert ended.value.code == "the tables are held by somebody else"


async def test_the_administrators_address_may_say_how_the_connection_is_protected(database):
    await provision(database, SERVICE, "app-password", "relay-password")

    # sslmode belongs to PostgreSQL's own addresses; "prefer" goes on without TLS where the server has none.
    await migrate(database + ("&" if "?" in database else "?") + "sslmode=prefer", SERVICE)

    assert await is_current(database, SERVICE)

"""A service's schema: made once however many make it, forward and back, owned by nobody who can log in."""

import ast
import asyncio
import time
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import ARRAY, CheckConstraint, Column, DefaultClause, Index, Integer, MetaData, PrimaryKeyConstraint, Text, Uuid
from uuid_utils.compat import uuid7

from chassis.db.advisory_locks import session_lock_number
from chassis.db.system_tables import chassis_tables
from chassis.db.tables import Access, tenant
from chassis.migrations.catalogs import differences
from chassis.migrations.roles import (
    NewerDatabase,
    UnfitRole,
    applied_revision,
    check_role,
    expanded_revision,
    has_schema,
    is_current,
    provision,
    versions_of,
)
from chassis.migrations.runner import AnotherMigrates, SchemaBusy, catalog, drift, migrate, write_revision
from chassis.service.cli import run
from chassis.service.definition import Service
from chassis.testing.environment import _dsn

SERVICE = "probe"
WORKSPACE, OTHER = uuid7(), uuid7()


def tables(*more):
    """What tables.py of the service declares; its table of things has these items, too."""
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


@pytest.fixture(scope="module")
async def first(postgres, tmp_path_factory):
    """The first migration of a new service, as it is written from the service's tables."""
    root = tmp_path_factory.mktemp("new")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASELOAD_ROOT", str(root))
        versions_of(SERVICE).mkdir(parents=True)
        async with emptied(postgres) as dsn:
            await provision(dsn, SERVICE, "for-tests-only", "for-tests-only")
            return (await write_revision(dsn, SERVICE, tables(), "the first of its tables")).read_text()


@pytest.fixture
async def database(postgres, first, tmp_path, monkeypatch):
    """An empty database, and a service with one migration."""
    monkeypatch.setenv("CASELOAD_ROOT", str(tmp_path))
    versions_of(SERVICE).mkdir(parents=True)
    (versions_of(SERVICE) / "0001_first.py").write_text(first)
    async with emptied(postgres) as dsn:
        yield dsn


@asynccontextmanager
async def emptied(postgres):
    """A new database, dropped afterwards."""
    name = f"migrate_{uuid7().hex}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    try:
        yield _dsn(postgres, database=name)
    finally:
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


async def test_the_app_sees_whether_the_schema_is_the_one_its_code_was_written_for(database):
    await provision(database, SERVICE, "for-tests-only", "for-tests-only")
    app = await connected(database, "app")
    try:
        assert not await has_schema(app, SERVICE, "0001")
        await migrate(database, SERVICE)
        assert await has_schema(app, SERVICE, "0001")
        assert not await has_schema(app, SERVICE, "0002")
        await migrate(database, SERVICE, "base")
        assert not await has_schema(app, SERVICE, "0001")
    finally:
        await app.close()


def add_revision(number, statement, more=""):
    """One more migration of the service, after the one before."""
    before = f"{int(number) - 1:04}"
    (versions_of(SERVICE) / f"{number}_more.py").write_text(
        f'from alembic import op\n\nrevision = "{number}"\ndown_revision = "{before}"\n{more}\n\n'
        f'def upgrade():\n    op.execute("{statement}")\n\n\ndef downgrade():\n    pass\n'
    )


async def test_what_takes_away_waits_until_it_is_asked_for(migrated):
    add_revision("0002", "ALTER TABLE probe.things ADD colour text")
    add_revision("0003", "ALTER TABLE probe.things DROP tokens", "contract = True")

    for _ in range(2):
        await migrate(migrated, SERVICE, "expand")
        assert await applied_revision(migrated, SERVICE) == expanded_revision(SERVICE) == "0002"
    assert not await is_current(migrated, SERVICE)

    await migrate(migrated, SERVICE)
    assert await is_current(migrated, SERVICE)
    await migrate(migrated, SERVICE, "expand")
    assert await is_current(migrated, SERVICE), "what is taken away stays away"


async def test_where_there_was_no_release_before_nothing_waits(database):
    add_revision("0002", "ALTER TABLE probe.things DROP tokens", "contract = True")

    await provision(database, SERVICE, "for-tests-only", "for-tests-only")

    await migrate(database, SERVICE, "expand")

    assert await is_current(database, SERVICE)


async def test_one_that_another_process_keeps_from_migrating_says_so(migrated, monkeypatch):
    monkeypatch.setattr("chassis.migrations.runner.SECONDS_FOR_ANOTHER", 0.2)
    add_revision("0002", "ALTER TABLE probe.things ADD colour text")
    other = await asyncpg.connect(migrated)
    try:
        await other.execute("SELECT pg_advisory_lock($1)", session_lock_number(f"caseload migrate {SERVICE}"))
        with pytest.raises(AnotherMigrates, match=f"another process has migrated {SERVICE} for"):
            await migrate(migrated, SERVICE)
    finally:
        await other.close()
    await migrate(migrated, SERVICE)
    assert await is_current(migrated, SERVICE)


async def test_what_took_away_before_something_was_added_is_of_an_older_release(migrated):
    add_revision("0002", "ALTER TABLE probe.things DROP tokens", "contract = True")
    add_revision("0003", "ALTER TABLE probe.things ADD colour text")

    await migrate(migrated, SERVICE, "expand")

    assert await is_current(migrated, SERVICE)


async def test_an_older_release_says_why_it_does_not_touch_a_newer_ones_database(migrated):
    connection = await asyncpg.connect(migrated)
    await connection.execute(f"UPDATE {SERVICE}.alembic_version SET version_num = '0002'")
    try:
        app = await connected(migrated, "app")
        assert await has_schema(app, SERVICE, "0001"), "while instances are replaced, those of the older release go on"
        await app.close()
        for attempt in (is_current, migrate):
            with pytest.raises(NewerDatabase, match="a newer release"):
                await attempt(migrated, SERVICE)
    finally:
        await connection.close()


async def test_tables_and_migrations_agree_or_the_difference_is_told_and_written(migrated, tmp_path):
    assert await drift(migrated, SERVICE, tables()) == []

    wanted = tables(Column("colour", Text))
    assert "colour" in str(await drift(migrated, SERVICE, wanted))

    written = await write_revision(migrated, SERVICE, wanted, "things have a colour")
    assert written.name == "0002_things_have_a_colour.py"
    await migrate(migrated, SERVICE)
    assert await drift(migrated, SERVICE, wanted) == []


def test_what_is_written_for_a_new_service_imports_nothing_of_the_product(first):
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(ast.parse(first))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }

    assert imported == {"alembic", "sqlalchemy"}
    assert "Access" not in first


def changed_outbox_columns(metadata):
    metadata.tables["probe.outbox"].append_column(Column("priority", Integer, nullable=False, server_default="0"))


def changed_default(metadata):
    metadata.tables["probe.outbox"].c.attempts.server_default = DefaultClause("1")


def changed_check(metadata):
    table = metadata.tables["probe.data_keys"]
    (old,) = [constraint for constraint in table.constraints if constraint.name == "data_key_state"]
    table.constraints.remove(old)
    table.append_constraint(CheckConstraint("state IN ('active', 'reading', 'retired', 'destroyed', 'lost')", name="data_key_state"))


def another_column_with_its_check(metadata):
    table = metadata.tables["probe.outbox"]
    table.append_column(Column("priority", Integer, nullable=False, server_default="0"))
    table.append_constraint(CheckConstraint("priority BETWEEN 0 AND 9", name="outbox_priority"))


def one_column_less_with_its_checks(metadata):
    table = metadata.tables["probe.data_keys"]
    table.constraints -= {check for check in table.constraints if check.name in {"data_key_state", "data_key_wrapped"}}
    table._columns.remove(table.c.state)
    table.info["access"] = Access({"app": "SELECT, INSERT", "keys": "UPDATE (wrapped)"})


def changed_index(metadata):
    table = metadata.tables["probe.inbox"]
    table.indexes.clear()
    Index("ix_inbox_received", table.c.workspace_id, table.c.received_at)


def changed_grants(metadata):
    metadata.tables["probe.outbox"].info["access"] = Access({"app": "INSERT", "relay": "SELECT, UPDATE, DELETE"})


def closed_to_the_relay(metadata):
    metadata.tables["probe.idempotency"].info["access"] = Access({"app": "SELECT, INSERT, UPDATE (fingerprint), DELETE"})


def another_tenants_table(metadata):
    tenant(
        "more",
        metadata,
        Column("id", Uuid, nullable=False),
        PrimaryKeyConstraint("workspace_id", "id", name="pk_more"),
        grants="SELECT, INSERT",
    )


def one_table_less(metadata):
    metadata.remove(metadata.tables["probe.inbox"])


@pytest.mark.parametrize(
    "change",
    [
        changed_outbox_columns,
        changed_default,
        changed_check,
        another_column_with_its_check,
        one_column_less_with_its_checks,
        changed_index,
        changed_grants,
        closed_to_the_relay,
        another_tenants_table,
        one_table_less,
    ],
)
async def test_a_change_of_the_chassis_tables_is_told_and_written_and_can_be_taken_back(migrated, change):
    before = await catalog(migrated, SERVICE)
    wanted = tables()
    change(wanted)

    assert await drift(migrated, SERVICE, wanted) != []

    await write_revision(migrated, SERVICE, wanted, change.__name__)
    await migrate(migrated, SERVICE)
    assert await drift(migrated, SERVICE, wanted) == []
    await migrate(migrated, SERVICE, "-1")
    assert differences(before, await catalog(migrated, SERVICE)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE probe.things NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON probe.outbox",
        "CREATE POLICY also ON probe.things USING (true)",
        "GRANT TRUNCATE ON probe.things TO probe_app",
        "GRANT UPDATE (tokens) ON probe.things TO probe_relay",
        "ALTER TABLE probe.data_keys DROP CONSTRAINT data_key_purpose",
        "CREATE TABLE probe.forgotten ()",
    ],
)
async def test_what_tables_do_not_declare_is_told(migrated, statement):
    admin = await asyncpg.connect(migrated)
    await admin.execute(statement)
    await admin.close()

    assert await drift(migrated, SERVICE, tables()) != []


async def test_a_new_tenants_table_is_confined_to_the_workspace_by_its_migration(migrated):
    wanted = tables()
    another_tenants_table(wanted)
    await write_revision(migrated, SERVICE, wanted, "more")
    await migrate(migrated, SERVICE)

    app = await connected(migrated, "app")
    try:
        async with app.transaction():
            await app.execute("SELECT set_config('app.workspace_id', $1, true)", str(WORKSPACE))
            await app.execute("INSERT INTO probe.more VALUES ($1, $2)", WORKSPACE, uuid7())
        assert await app.fetch("SELECT * FROM probe.more") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await app.execute("INSERT INTO probe.more VALUES ($1, $2)", WORKSPACE, uuid7())
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await app.execute("DELETE FROM probe.more")
    finally:
        await app.close()


async def test_the_app_sees_and_writes_one_workspace_alone(migrated):
    app = await connected(migrated, "app")
    try:
        await check_role(app, SERVICE, "app")
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


async def test_a_role_that_may_do_more_than_its_own_is_refused(migrated):
    admin = await asyncpg.connect(migrated)
    try:
        for kind in ("app", "relay", "eraser"):
            with pytest.raises(UnfitRole, match="passes row security"):
                await check_role(admin, SERVICE, kind)
    finally:
        await admin.close()


@pytest.mark.parametrize(
    ("grant", "kind", "why"),
    [
        ("GRANT probe_owner TO probe_app", "app", "is a member of other roles"),
        ("GRANT pg_read_all_data TO probe_relay", "relay", "is a member of other roles and may touch .*things"),
        ("GRANT SELECT (tokens) ON probe.things TO probe_relay", "relay", "may touch things;"),
        ("GRANT INSERT ON probe.data_keys TO probe_relay", "relay", "may touch data_keys;"),
        ("ALTER TABLE probe.things OWNER TO probe_app", "app", "owns tables"),
        ("ALTER ROLE probe_app CREATEROLE", "app", "may make roles or replicate"),
        ("ALTER ROLE probe_relay REPLICATION", "relay", "may make roles or replicate"),
        ("ALTER ROLE probe_relay BYPASSRLS", "relay", "passes row security"),
    ],
)
async def test_a_role_that_was_given_more_is_refused(migrated, grant, kind, why):
    admin = await asyncpg.connect(migrated)
    role = await connected(migrated, kind)
    try:
        await check_role(role, SERVICE, kind)
        async with admin.transaction():
            await admin.execute(grant)
            await admin.execute(f"SET LOCAL ROLE probe_{kind}")
            with pytest.raises(UnfitRole, match=why):
                await check_role(admin, SERVICE, kind)
            raise _TakenBack
    except _TakenBack:
        pass
    finally:
        await role.close()
        await admin.close()


class _TakenBack(Exception):
    """Rolls back."""


async def test_the_relays_address_is_none_for_the_app_and_the_other_way_round(migrated):
    for kind, other in (("app", "relay"), ("relay", "app")):
        role = await connected(migrated, kind)
        try:
            with pytest.raises(UnfitRole, match=f"is not probe_{other}"):
                await check_role(role, SERVICE, other)
        finally:
            await role.close()


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
        run(Service(SERVICE, MetaData(), servicers=lambda runtime: []), ["migrate"])
    assert ended.value.code == "the tables are held by somebody else"


async def test_the_administrators_address_may_say_how_the_connection_is_protected(database):
    await provision(database, SERVICE, "app-password", "relay-password")

    # sslmode belongs to PostgreSQL's own addresses; "prefer" goes on without TLS where the server has none.
    await migrate(database + ("&" if "?" in database else "?") + "sslmode=prefer", SERVICE)

    assert await is_current(database, SERVICE)

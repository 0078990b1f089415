"""Upgrades and downgrades a service's schema with Alembic, as the schema's owner, and compares it with tables.py.

The owner cannot log in, and row security binds it like everyone else. A service keeps nothing but `migrations/versions`.
Migrations import nothing from here or from anywhere else in the product: what an old one does must never change.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
from alembic import autogenerate, command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from chassis.db.advisory_locks import session_lock_number
from chassis.db.tables import Access
from chassis.migrations.catalogs import Catalog, Entry, describe, differences, different
from chassis.migrations.roles import TRIES, VERSION_TABLE, applied_revision, expanded_revision, is_current, versions_of

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
_READER = "nullif(current_setting('app.reader', true), '')"
# Whether the reader may open the record of the row's client. A service has no reader. The closed clients are selected once for a statement.
CARE_TEAM = f"""({_READER} IS NULL OR (client_id IN (
    SELECT closed.client_id FROM {{schema}}.client_access AS closed
    WHERE closed.restricted AND NOT ({_READER}::uuid = ANY (closed.user_ids)) AND NOT EXISTS (
        SELECT FROM {{schema}}.broken_glass AS glass
        WHERE glass.workspace_id = closed.workspace_id AND glass.client_id = closed.client_id
            AND glass.user_id = {_READER}::uuid AND glass.expires_at > statement_timestamp()
    )
)) IS NOT TRUE)"""
# A migration that cannot have its lock gives way to the requests queueing behind it, which wait no longer than this, and tries again.
LOCK_SECONDS, STATEMENT_SECONDS = 2, 300
# One that another process has begun may have several statements left.
SECONDS_FOR_ANOTHER = 600
_SECONDS_BETWEEN = 0.1
SECURITY = {"row security", "policy", "grant"}


class SchemaBusy(RuntimeError):
    """A migration gave way at every attempt: somebody holds on to a table. The schema is as it was."""


class AnotherMigrates(SchemaBusy):
    """Another process has migrated the same schema for longer than is waited."""


async def migrate(admin_dsn: str, service: str, target: str = "head") -> None:
    """Takes the service's schema to a revision: head, expand, base, an id, +1 or -1. Raises SchemaBusy; NewerDatabase when head is behind it.

    `expand` is head without what takes away what the release before uses (`expanded_revision`); all of it where there was no release before.
    """
    if target == "head" and await is_current(admin_dsn, service):
        return
    if target == "expand":
        target, applied = expanded_revision(service), await applied_revision(admin_dsn, service)
        if applied is None:
            target = "head"
        elif applied >= target:
            return
    steps = command.downgrade if target == "base" or target.startswith("-") else command.upgrade
    for left in reversed(range(TRIES)):
        try:
            async with _as_owner(admin_dsn, service, search_path=service) as connection:
                await connection.run_sync(lambda sync: steps(config(service, sync), target))
                # A process is ready only with the tables that it was written for.
                await connection.execute(text(f"GRANT SELECT ON {service}.{VERSION_TABLE} TO {service}_app"))
                await connection.commit()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
                raise
            if left == 0:
                raise SchemaBusy(f"the tables of {service} are held by somebody else; nothing was changed, try again later") from error
            await asyncio.sleep(1)
        else:
            return


async def catalog(admin_dsn: str, service: str) -> Catalog:
    """What the service's schema consists of, for a comparison with another database's."""
    async with _as_owner(admin_dsn, service, search_path="public") as connection:
        return await connection.run_sync(describe, service)


async def drift(admin_dsn: str, service: str, metadata: MetaData) -> list[str]:
    """Where the migrated schema differs from tables.py, a line each; where nothing differs, what autogenerate would change all the same.

    tables.py does not declare triggers, functions, partitions, or the policies and grants of tables not made by `tenant`.
    """

    def compare(connection: Connection) -> list[str]:
        found = differences(*_declared(connection, service, metadata))
        partitions = set(connection.execute(text("SELECT relname FROM pg_class WHERE relispartition")).scalars())
        context = MigrationContext.configure(connection, opts=compare_options(service, partitions))
        return found or [f"autogenerate: {change!r}" for change in autogenerate.compare_metadata(context, metadata)]

    async with _as_owner(admin_dsn, service, search_path="public") as connection:
        return await connection.run_sync(compare)


async def write_revision(admin_dsn: str, service: str, metadata: MetaData, message: str) -> Path:
    """Writes the next migration from what tables.py has beyond the migrated schema; returns its file."""

    def revise(connection: Connection) -> Path:
        expected, found = _declared(connection, service, metadata)
        upgrade, downgrade = _changes(service, found, expected), _changes(service, expected, found)
        created = [table for table in metadata.sorted_tables if table.name not in _tables(found)]
        upgrade.after.extend(statement for table in created for statement in row_security(table))
        # A dropped table comes back in the downgrade, secured as it was.
        lost = (entry for entry in found if entry.table not in _tables(expected) and entry.kind in SECURITY)
        downgrade.after.extend(statement for entry in lost for statement in _creation(service, entry, found[entry]))

        def complete(_context: Any, _revision: Any, scripts: list[ops.MigrationScript]) -> None:
            for directives, more in ((scripts[0].upgrade_ops, upgrade), (scripts[0].downgrade_ops, downgrade)):
                if directives is None:
                    raise RuntimeError("autogenerate was asked for")
                for directive in directives.ops:
                    if isinstance(directive, ops.CreateTableOp):
                        directive.info = {}  # an Access, which migrations do not import
                directives.ops[:] = [*map(ops.ExecuteSQLOp, more.before), *directives.ops, *map(ops.ExecuteSQLOp, more.after)]

        settings = config(service, connection)
        settings.attributes["metadata"] = metadata
        numbers = [int(path.name.split("_")[0]) for path in versions_of(service).glob("[0-9]*.py")]
        number = f"{max(numbers, default=0) + 1:04}"
        script = command.revision(settings, message, autogenerate=True, rev_id=number, process_revision_directives=complete)
        if script is None or isinstance(script, list):
            raise RuntimeError("one revision was asked for")
        return Path(script.path)

    async with _as_owner(admin_dsn, service, search_path="public") as connection:
        return await connection.run_sync(revise)


def create_tables(connection: Connection, metadata: MetaData) -> None:
    """Creates the tables as tables.py declares them, with their row security and grants."""
    metadata.create_all(connection)
    for table in metadata.sorted_tables:
        for statement in row_security(table):
            connection.execute(text(statement))


def row_security(table: Table) -> list[str]:
    """The statements that force row security on a table of `tenant` and grant what it declares; none for any other table."""
    access: Access | None = table.info.get("access")
    if access is None:
        return []
    name, service = f"{table.schema}.{table.name}", table.schema
    opens = CARE_TEAM.format(schema=table.schema)
    by_care_team = {
        "reads": [f"CREATE POLICY care_team ON {name} AS RESTRICTIVE TO {service}_app USING ({opens}) WITH CHECK ({opens})"],
        "changes": [
            f"CREATE POLICY care_team ON {name} AS RESTRICTIVE FOR INSERT TO {service}_app WITH CHECK ({opens})",
            f"CREATE POLICY care_team_changes ON {name} AS RESTRICTIVE FOR UPDATE TO {service}_app USING ({opens}) WITH CHECK ({opens})",
        ],
    }
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {name} USING ({TENANT}) WITH CHECK ({TENANT})",
        *(f"GRANT {granted} ON {name} TO {service}_{role}" for role, granted in access.grants.items()),
    ]
    statements += by_care_team.get(table.info.get("care_team", ""), [])
    if "relay" in access.grants:
        statements.append(f"CREATE POLICY relay ON {name} TO {service}_relay USING (true) WITH CHECK (true)")
    return statements


def _declared(connection: Connection, service: str, metadata: MetaData) -> tuple[Catalog, Catalog]:
    """The schema as tables.py declares it, and what the migrated schema has of the same kinds.

    The declared tables are created beside the migrated ones, under the schema's own name, and rolled back.
    """
    found = describe(connection, service)
    for statement in (
        "SET LOCAL ROLE NONE",
        f"ALTER SCHEMA {service} RENAME TO {service}_migrated",
        f"CREATE SCHEMA {service} AUTHORIZATION {service}_owner",
        f"SET LOCAL ROLE {service}_owner",
        "SET LOCAL search_path = public",
    ):
        connection.execute(text(statement))
    create_tables(connection, metadata)
    expected = describe(connection, service)
    connection.rollback()

    # Policies and grants of the tables that `tenant` did not make are the migrations' own.
    others = {table.name for table in metadata.tables.values() if "access" not in table.info}

    def is_declared(entry: Entry) -> bool:
        if entry.kind in SECURITY:
            return entry.table not in others
        return entry.kind in {"table", "column", "constraint", "index", "sequence", "type"}

    def declared(catalog: Catalog) -> Catalog:
        return {entry: definition for entry, definition in catalog.items() if is_declared(entry)}

    return declared(expected), declared(found)


class Changes(NamedTuple):
    """Statements for what autogenerate does not compare: before its own operations, and after them."""

    before: list[str]
    after: list[str]


def _changes(service: str, old: Catalog, new: Catalog) -> Changes:
    """From one definition to another: row security, policies and grants, and the checks and exclusions of tables that stay.

    What is removed goes first: it may depend on a column that is dropped.
    """
    changes = Changes([], [])
    for entry in different(old, new):
        if entry.table in _tables(old) & _tables(new):
            changes.before.extend(_removal(service, entry, old.get(entry)))
            changes.after.extend(_creation(service, entry, new.get(entry)))
    return changes


def _tables(catalog: Catalog) -> set[str]:
    return {entry.name for entry in catalog if entry.kind == "table"}


def _removal(service: str, entry: Entry, definition: str | None) -> list[str]:
    table = f"{service}.{entry.table}"
    match entry.kind, definition:
        case _, None:
            return []
        case "policy", _:
            return [f"DROP POLICY {entry.name} ON {table}"]
        case "grant", _:
            return [f"REVOKE ALL ON {table} FROM {entry.name}"]
        case "constraint", str() if definition.startswith(("CHECK", "EXCLUDE")):
            return [f"ALTER TABLE {table} DROP CONSTRAINT {entry.name}"]
    return []


def _creation(service: str, entry: Entry, definition: str | None) -> list[str]:
    table = f"{service}.{entry.table}"
    match entry.kind, definition:
        case _, None:
            return []
        case "row security", _:
            return [f"ALTER TABLE {table} {definition}"]
        case "policy", _:
            return [f"CREATE POLICY {entry.name} ON {table} {definition}"]
        case "grant", _:
            return [f"GRANT {definition} ON {table} TO {entry.name}"]
        case "constraint", str() if definition.startswith(("CHECK", "EXCLUDE")):
            return [f"ALTER TABLE {table} ADD CONSTRAINT {entry.name} {definition}"]
    return []


def config(service: str, connection: Connection | None = None) -> Config:
    """Alembic's settings for one service: the chassis's environment, the service's versions."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    settings.set_main_option("version_locations", str(versions_of(service)))
    settings.set_main_option("path_separator", "newline")
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.attributes.update(service=service, connection=connection, metadata=None)
    return settings


def compare_options(service: str, partitions: set[str]) -> dict[str, Any]:
    """What autogenerate looks at: this schema's tables, without the partitions that come and go with the months."""

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        return name == service if kind == "schema" else True

    def include_object(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: FBT001 - Alembic's signature
        return not (kind == "table" and name in partitions)

    return {
        "version_table": VERSION_TABLE,
        "version_table_schema": service,
        "include_schemas": True,
        "include_name": include_name,
        "include_object": include_object,
        "compare_type": True,
        "compare_server_default": True,
    }


@asynccontextmanager
async def _as_owner(admin_dsn: str, service: str, *, search_path: str) -> AsyncIterator[AsyncConnection]:
    """A connection that acts as the schema's owner and that no other migrator of the schema holds at the same time."""
    # asyncpg itself reads the DSN: SQLAlchemy's own reading of it knows no sslmode.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=partial(asyncpg.connect, admin_dsn), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            lock = text(f"SELECT pg_try_advisory_lock({session_lock_number(f'caseload migrate {service}')})")
            until = time.monotonic() + SECONDS_FOR_ANOTHER
            # Not by waiting for it: a statement that waits has a snapshot, and whoever builds an index beside others waits for those.
            while not await connection.scalar(lock):
                await connection.rollback()
                if time.monotonic() > until:
                    raise AnotherMigrates(
                        f"another process has migrated {service} for {SECONDS_FOR_ANOTHER} s (pg_stat_activity shows it); nothing was changed"
                    )
                await asyncio.sleep(_SECONDS_BETWEEN)
            for statement in (
                f"SET ROLE {service}_owner",
                f"SET search_path = {search_path}",
                f"SET lock_timeout = '{LOCK_SECONDS}s'",
                f"SET statement_timeout = '{STATEMENT_SECONDS}s'",
            ):
                await connection.execute(text(statement))
            await connection.commit()
            yield connection
    finally:
        await engine.dispose()

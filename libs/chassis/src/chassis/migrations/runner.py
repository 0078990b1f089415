"""Takes a service's tables forward and back, with Alembic, as the schema's owner.

The owner cannot log in, and row security binds it like everyone else. A service keeps nothing but `migrations/versions`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from alembic import autogenerate, command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from chassis.db.system_tables import chassis_tables
from chassis.migrations.roles import TRIES, VERSION_TABLE, lock_key, versions_of

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
# A migration that cannot have its lock gives way to the requests queueing behind it, which wait no longer than this, and tries again.
LOCK_SECONDS, STATEMENT_SECONDS = 2, 300


class SchemaBusy(RuntimeError):
    """A migration gave way at every attempt: somebody holds on to a table. The schema is as it was."""


async def migrate(admin_dsn: str, service: str, target: str = "head") -> None:
    """Takes the service's schema to a revision: head, base, an id, +1 or -1. Raises SchemaBusy."""
    steps = command.downgrade if target == "base" or target.startswith("-") else command.upgrade
    for left in reversed(range(TRIES)):
        try:
            async with _as_owner(admin_dsn, service, search_path=service) as connection:
                await connection.run_sync(lambda sync: steps(config(service, sync), target))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
                raise
            if left == 0:
                raise SchemaBusy(f"the tables of {service} are held by somebody else; nothing was changed, try again later") from error
            await asyncio.sleep(1)
        else:
            return


async def drift(admin_dsn: str, service: str, metadata: MetaData) -> list[str]:
    """What the migrated schema and tables.py disagree on; empty when nothing."""

    def compare(connection: Connection) -> list[str]:
        partitions = set(connection.execute(text("SELECT relname FROM pg_class WHERE relispartition")).scalars())
        context = MigrationContext.configure(connection, opts=compare_options(service, partitions))
        return [repr(difference) for difference in autogenerate.compare_metadata(context, metadata)]

    async with _as_owner(admin_dsn, service, search_path="public") as connection:
        return await connection.run_sync(compare)


async def write_revision(admin_dsn: str, service: str, metadata: MetaData, message: str) -> Path:
    """Writes the next migration from what tables.py has beyond the migrated schema; returns its file."""

    def revise(connection: Connection) -> Path:
        settings = config(service, connection)
        settings.attributes["metadata"] = metadata
        number = f"{len(list(versions_of(service).glob('*.py'))) + 1:04}"
        script = command.revision(settings, message, autogenerate=True, rev_id=number)
        if script is None or isinstance(script, list):
            raise RuntimeError("one revision was asked for")
        return Path(script.path)

    async with _as_owner(admin_dsn, service, search_path="public") as connection:
        return await connection.run_sync(revise)


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
    }


def secure(table: str, *, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Forces row security on a tenant table and lets the service's app role do what `grants` says."""
    service = _service()
    for statement in (
        f"ALTER TABLE {service}.{table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {service}.{table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {service}.{table} USING ({TENANT}) WITH CHECK ({TENANT})",
        f"GRANT {grants} ON {service}.{table} TO {service}_app",
    ):
        op.execute(statement)


# What the relay may do across workspaces: carry what waits, replay what died, clear away what is over.
RELAY_GRANTS = {
    "outbox": "SELECT, UPDATE, DELETE",
    "inbox": "SELECT, DELETE",
    "dead_letters": "SELECT, UPDATE, DELETE",
    "idempotency": "SELECT, DELETE",
}


def create_chassis_tables() -> None:
    """Creates the tables every service has, as chassis/tables.py has them now; a later change of them is a migration of its own."""
    service = _service()
    metadata = MetaData(schema=service)
    chassis_tables(metadata)
    metadata.create_all(op.get_bind())
    for table in metadata.sorted_tables:
        secure(table.name)
        if granted := RELAY_GRANTS.get(table.name):
            op.execute(f"CREATE POLICY relay ON {service}.{table.name} TO {service}_relay USING (true) WITH CHECK (true)")
            op.execute(f"GRANT {granted} ON {service}.{table.name} TO {service}_relay")


def drop_chassis_tables() -> None:
    metadata = MetaData(schema=_service())
    chassis_tables(metadata)
    metadata.drop_all(op.get_bind())


def _service() -> str:
    return str(op.get_context().opts["version_table_schema"])


@asynccontextmanager
async def _as_owner(admin_dsn: str, service: str, *, search_path: str) -> AsyncIterator[AsyncConnection]:
    """A connection that acts as the schema's owner and that no other migrator of the schema holds at the same time."""
    # asyncpg itself reads the DSN: SQLAlchemy's own reading of it knows no sslmode.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=partial(asyncpg.connect, admin_dsn), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            for statement in (
                f"SELECT pg_advisory_lock({lock_key(f'migrate {service}')})",
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

"""Makes a service's schema and roles, and takes its tables forward and back.

`provision` is the administrator's part, once per deployment and service; `migrate` runs Alembic as the owner, who
cannot log in and whom row security binds like everyone else. A service keeps nothing but `migrations/versions`.
"""

import asyncio
import importlib.util
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from alembic import autogenerate, command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from chassis.tables import chassis_tables

VERSION_TABLE = "alembic_version"
EXTENSIONS = ("btree_gist", "btree_gin")
# Under row security an index serves only operators that cannot leak what they compare. These are total over the types
# kept here (uuid, timestamptz, int), but PostgreSQL does not mark them so, and a search then reads a whole workspace.
LEAKPROOF = ("arrayoverlap(anyarray, anyarray)", "arraycontains(anyarray, anyarray)", "range_overlaps(anyrange, anyrange)")
# What a role's sessions may take, whatever a program forgets to ask for.
LIMITS = {"statement_timeout": "30s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"}
TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
# A migration that cannot have its lock at once gives way to the requests queueing behind it, and tries again.
LOCK_SECONDS, STATEMENT_SECONDS, TRIES = 5, 300, 6


async def provision(admin_dsn: str, service: str, app_password: str, relay_password: str) -> None:
    """Makes or updates the service's roles and schema; safe to repeat and to run for several services at once."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _lock_key("provision"))
        is_superuser = await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        for extension in EXTENSIONS:
            await admin.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
        if is_superuser:
            for function in LEAKPROOF:
                await admin.execute(f"ALTER FUNCTION pg_catalog.{function} LEAKPROOF")
        owner, app, relay = f"{service}_owner", f"{service}_app", f"{service}_relay"
        await _make_role(admin, owner, None)
        await _make_role(admin, app, app_password)
        await _make_role(admin, relay, relay_password)
        await admin.execute(f"GRANT {owner} TO CURRENT_USER")
        await admin.execute(f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {owner}")
        await admin.execute(f"GRANT USAGE ON SCHEMA {service} TO {app}, {relay}")
    finally:
        await admin.close()


async def _make_role(admin: Any, name: str, password: str | None) -> None:
    """Roles belong to the whole cluster: another database's provisioning may be at the same one."""
    quoted = "NULL" if password is None else "'" + password.replace("'", "''") + "'"
    traits = f"{'NOLOGIN' if password is None else 'LOGIN'} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {quoted}"
    for _ in range(TRIES):
        try:
            async with admin.transaction():
                exists = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
                await admin.execute(f"{'ALTER' if exists else 'CREATE'} ROLE {name} {traits}")
                for setting, value in LIMITS.items() if password is not None else ():
                    await admin.execute(f"ALTER ROLE {name} SET {setting} = '{value}'")
        except (asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError, asyncpg.InternalServerError):
            await asyncio.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the role {name} keeps being changed by somebody else")


async def check_role(connection: Any) -> None:
    """Refuses (RuntimeError) a serving role that row security does not bind."""
    free = await connection.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if free:
        raise RuntimeError("this database role passes row security; a service must connect as its own app role")


async def migrate(admin_dsn: str, service: str, target: str = "head") -> None:
    """Takes the service's schema to a revision: head, base, an id, +1 or -1."""
    steps = command.downgrade if target == "base" or target.startswith("-") else command.upgrade
    for left in reversed(range(TRIES)):
        try:
            async with _as_owner(admin_dsn, service, search_path=service) as connection:
                await connection.run_sync(lambda sync: steps(config(service, sync), target))
        except DBAPIError as error:
            if left == 0 or getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
                raise
            await asyncio.sleep(1)
        else:
            return


async def is_current(admin_dsn: str, service: str) -> bool:
    """Whether the newest revision is applied already; cheaper than finding out by migrating."""
    connection = await asyncpg.connect(admin_dsn)
    try:
        if await connection.fetchval("SELECT to_regclass($1)", f"{service}.{VERSION_TABLE}") is None:
            return False
        applied = {row[0] for row in await connection.fetch(f"SELECT version_num FROM {service}.{VERSION_TABLE}")}
    finally:
        await connection.close()
    return applied == set(ScriptDirectory.from_config(config(service)).get_heads())


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


def versions_of(service: str) -> Path:
    """Where the service's migrations lie: below CASELOAD_ROOT in an installed tree, else beside its sources."""
    if root := os.environ.get("CASELOAD_ROOT"):
        return Path(root) / "services" / service / "migrations" / "versions"
    found = importlib.util.find_spec(service)
    if found is None or found.origin is None:
        raise LookupError(f"there is no service called {service}")
    return Path(found.origin).parents[2] / "migrations" / "versions"


# --- for use in migrations ---------------------------------------------------------------------------------------


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
    engine = create_async_engine(sqlalchemy_url(admin_dsn), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            for statement in (
                f"SELECT pg_advisory_lock({_lock_key(f'migrate {service}')})",
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


def sqlalchemy_url(dsn: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg"))


def _lock_key(purpose: str) -> int:
    return int.from_bytes(blake2b(f"caseload {purpose}".encode(), digest_size=8).digest(), signed=True)

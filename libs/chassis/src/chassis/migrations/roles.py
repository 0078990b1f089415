"""A service's schema and roles in a database: the administrator's part, once per deployment and service.

Every role is bound by row security: the owner because it is forced, the app and the relay because they own nothing.
"""

import asyncio
import importlib.util
import os
from pathlib import Path
from typing import Any

import asyncpg

from chassis.db.advisory_locks import advisory_key

VERSION_TABLE = "alembic_version"
EXTENSIONS = ("btree_gist", "btree_gin")
# Under row security an index serves only operators that cannot leak what they compare. These are total over the types
# kept here (uuid, timestamptz, int), but PostgreSQL does not mark them so, and a search then reads a whole workspace.
LEAKPROOF = ("arrayoverlap(anyarray, anyarray)", "arraycontains(anyarray, anyarray)", "range_overlaps(anyrange, anyrange)")
# What a role's sessions may take, whatever a program forgets to ask for.
LIMITS = {"statement_timeout": "30s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"}
TRIES = 6


async def provision(admin_dsn: str, service: str, app_password: str, relay_password: str) -> None:
    """Makes or updates the service's roles and schema; safe to repeat and to run for several services at once."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", advisory_key("caseload provision"))
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


class UnboundRole(Exception):
    """A superuser's role, or one that bypasses row security."""


async def check_role(connection: Any) -> None:
    """Raises UnboundRole for a serving role that row security does not bind."""
    free = await connection.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if free:
        raise UnboundRole


async def is_current(admin_dsn: str, service: str) -> bool:
    """Whether the newest revision is applied already. Revisions are numbered, and a file's name begins with its number."""
    newest = max(path.name.split("_")[0] for path in versions_of(service).glob("[0-9]*.py"))
    connection = await asyncpg.connect(admin_dsn)
    try:
        if await connection.fetchval("SELECT to_regclass($1)", f"{service}.{VERSION_TABLE}") is None:
            return False
        return bool(await connection.fetchval(f"SELECT version_num FROM {service}.{VERSION_TABLE}") == newest)
    finally:
        await connection.close()


def versions_of(service: str) -> Path:
    """Where the service's migrations lie: below CASELOAD_ROOT in an installed tree, else beside its sources."""
    if root := os.environ.get("CASELOAD_ROOT"):
        return Path(root) / "services" / service / "migrations" / "versions"
    found = importlib.util.find_spec(service)
    if found is None or found.origin is None:
        raise LookupError(f"there is no service called {service}")
    return Path(found.origin).parents[2] / "migrations" / "versions"

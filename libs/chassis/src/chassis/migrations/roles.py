"""A service's schema and roles in a database: the administrator's part, once per deployment and service.

| role | who connects as it | what it may |
|---|---|---|
| owner | nobody: a migration becomes it | owns schema and tables |
| app | the service | what its statements need |
| relay | the service's relay | outbox, dead letters and upkeep, of all workspaces |
| eraser | the reactions that erase, where a service has any | what the app may, and to delete what is kept for good otherwise |
| keys | nobody: an administrator's task becomes it | changes and destroys the workspaces' keys |

Every role is bound by row security: the owner because it is forced, the others because they own nothing.
"""

import asyncio
import importlib.util
import os
import re
from pathlib import Path
from typing import Any

import asyncpg

from chassis.db.advisory_locks import session_lock_number

VERSION_TABLE = "alembic_version"
EXTENSIONS = ("btree_gist", "btree_gin", "pg_trgm")
# Under row security an index serves only operators that cannot leak what they compare. These are total over the types
# kept here (uuid, timestamptz, int), but PostgreSQL does not mark them so, and a search then reads a whole workspace.
LEAKPROOF = ("arrayoverlap(anyarray, anyarray)", "arraycontains(anyarray, anyarray)", "range_overlaps(anyrange, anyrange)")
# What a role's sessions may take, whatever a program forgets to ask for.
LIMITS = {"statement_timeout": "30s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"}
TRIES = 6
_SECONDS_TO_LOOK = 2.0


async def provision(admin_dsn: str, service: str, app_password: str, relay_password: str, eraser_password: str | None = None) -> None:
    """Makes or updates the service's roles and schema; safe to repeat and to run for several services at once.

    The eraser cannot log in unless it has a password.
    """
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", session_lock_number("caseload provision"))
        is_superuser = await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        for extension in EXTENSIONS:
            await admin.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
        if is_superuser:
            for function in LEAKPROOF:
                await admin.execute(f"ALTER FUNCTION pg_catalog.{function} LEAKPROOF")
        owner, app, relay, eraser, keys = (f"{service}_{role}" for role in ("owner", "app", "relay", "eraser", "keys"))
        await make_role(admin, owner, None)
        await make_role(admin, app, app_password)
        await make_role(admin, relay, relay_password)
        await make_role(admin, eraser, eraser_password)
        await make_role(admin, keys, None)
        await _change_role(admin, owner, f"GRANT {owner} TO CURRENT_USER")
        await _change_role(admin, keys, f"GRANT {keys} TO CURRENT_USER")
        await _change_role(admin, eraser, f"GRANT {app} TO {eraser}")
        await admin.execute(f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {owner}")
        await admin.execute(f"GRANT USAGE ON SCHEMA {service} TO {app}, {relay}, {keys}")
        # PostgreSQL lets everybody execute a new function and create temporary tables.
        database = await admin.fetchval("SELECT quote_ident(current_database())")
        await admin.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
        await admin.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    finally:
        await admin.close()


async def make_role(admin: Any, name: str, password: str | None) -> None:
    """Makes the role or changes it to this: it may do nothing by itself, and log in only with a password."""
    quoted = "NULL" if password is None else "'" + password.replace("'", "''") + "'"
    traits = f"{'NOLOGIN' if password is None else 'LOGIN'} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {quoted}"
    limits = LIMITS if password is not None else {}
    settings = [f"ALTER ROLE {name} SET {setting} = '{value}'" for setting, value in limits.items()]
    await _change_role(admin, name, f"ALTER ROLE {name} {traits}", *settings, create=True)


async def _change_role(admin: Any, name: str, *statements: str, create: bool = False) -> None:
    """Roles belong to the whole cluster: another database's provisioning may be at the same one."""
    for _ in range(TRIES):
        try:
            async with admin.transaction():
                if create and not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
                    await admin.execute(f"CREATE ROLE {name}")
                for statement in statements:
                    await admin.execute(statement)
        except (asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError, asyncpg.InternalServerError):
            await asyncio.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the role {name} keeps being changed by somebody else")


class UnfitRole(Exception):
    """A process would work as a role that may do more than its own. The message says why, and names no data."""


# What a role is, and which tables of the schema it may touch although no policy names it. REFERENCES and TRIGGER read nothing.
_ROLE = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolreplication,
    EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relowner = r.oid) AS owns,
    ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid) AS memberships,
    ARRAY(SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm')
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND r.oid = ANY (p.polroles))
        AND (has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(c.oid, 'DELETE, TRUNCATE'))) AS tables
FROM pg_roles r WHERE r.rolname = current_user
"""


async def check_role(connection: Any, service: str, kind: str) -> None:
    """Raises UnfitRole unless the connection's role is the service's own of this kind (app, relay or eraser) and bound like one."""
    role = await connection.fetchrow(_ROLE, service)
    may_be = {f"{service}_app"} if kind == "eraser" else set()
    # The relay works across workspaces by a policy of its own on each table that it works on.
    beyond = role["tables"] if kind == "relay" else []
    reasons = {
        "passes row security": role["rolsuper"] or role["rolbypassrls"],
        "may make roles or replicate": role["rolcreaterole"] or role["rolreplication"],
        "owns tables": role["owns"],
        "is a member of other roles": not set(role["memberships"]) <= may_be,
        f"may touch {', '.join(sorted(beyond))}": bool(beyond),
        f"is not {service}_{kind}": role["rolname"] != f"{service}_{kind}",
    }
    if found := [reason for reason, holds in reasons.items() if holds]:
        raise UnfitRole(f"The database role {role['rolname']} {' and '.join(found)}; a service connects as its own {kind} role.")


_CONTRACT = re.compile(r"^contract = True$", re.MULTILINE)


class NewerDatabase(Exception):
    """A newer release has migrated this database; what it changed is not known here."""


def newest_revision(service: str) -> str:
    """The newest revision that this code ships. Revisions are numbered, and a file's name begins with its number."""
    return max(path.name.split("_")[0] for path in versions_of(service).glob("[0-9]*.py"))


def expanded_revision(service: str) -> str:
    """The newest revision that this code needs: `newest_revision`, without those at the end that say `contract = True`.

    These take away what the release before used, and are applied when none of its processes is left.
    """
    files = sorted(versions_of(service).glob("[0-9]*.py"))
    while len(files) > 1 and _CONTRACT.search(files[-1].read_text()):
        files.pop()
    return files[-1].name.split("_")[0]


async def applied_revision(admin_dsn: str, service: str) -> str | None:
    """The revision that is applied; None where the service has no schema. NewerDatabase when it is one that this code does not ship."""
    newest = newest_revision(service)
    connection = await asyncpg.connect(admin_dsn)
    try:
        if await connection.fetchval("SELECT to_regclass($1)", f"{service}.{VERSION_TABLE}") is None:
            return None
        applied: str | None = await connection.fetchval(f"SELECT version_num FROM {service}.{VERSION_TABLE}")
    finally:
        await connection.close()
    if applied is not None and applied > newest:
        raise NewerDatabase("this database was migrated by a newer release")
    return applied


async def is_current(admin_dsn: str, service: str) -> bool:
    """Whether the newest revision is applied already; NewerDatabase when one is that this code does not ship."""
    return await applied_revision(admin_dsn, service) == newest_revision(service)


async def has_schema(connection: Any, service: str, newest: str) -> bool:
    """Whether this revision or a newer one is applied, as far as the app's own role may see."""
    try:
        applied = await connection.fetchval(f"SELECT version_num FROM {service}.{VERSION_TABLE}", timeout=_SECONDS_TO_LOOK)
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return False
    return applied is not None and applied >= newest


def versions_of(service: str) -> Path:
    """Where the service's migrations lie: below CASELOAD_ROOT in an installed tree, else beside its sources."""
    if root := os.environ.get("CASELOAD_ROOT"):
        return Path(root) / "services" / service / "migrations" / "versions"
    found = importlib.util.find_spec(service)
    if found is None or found.origin is None:
        raise LookupError(f"there is no service called {service}")
    return Path(found.origin).parents[2] / "migrations" / "versions"

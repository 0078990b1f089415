"""`caseload statements`: which statements have taken the database most time, without their values."""

import argparse
from collections.abc import Sequence
from typing import Any

import asyncpg
from rich.console import Console

from standalone.administration import administrator
from standalone.home import DEFAULT_HOME, Home
from standalone.services import NAMES
from standalone.settings import StandaloneSettings

ABSENT = """PostgreSQL counts no statements. To have it do so, as its administrator:
  ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'
then start it again, and CREATE EXTENSION pg_stat_statements. What takes longer than CASELOAD_SLOW_QUERY_SECONDS is in the logs of the
services without it ("slow query")."""
# Of the services' own roles: their statements have no values in them, unlike those that an administrator types.
_SLOWEST = """
SELECT r.rolname::text AS role, s.calls, s.total_exec_time AS total, s.mean_exec_time AS mean, s.max_exec_time AS longest, s.query
FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
WHERE r.rolname = ANY($1) AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY s.total_exec_time DESC LIMIT $2
"""


async def statements_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """Prints the statements that took most time in all. Ends with status 1 where PostgreSQL does not count them."""
    with administrator(Home(settings.home or DEFAULT_HOME), settings) as dsn:
        found = await slowest(dsn, options.count)
    if found is None:
        raise SystemExit(ABSENT)
    console = Console(soft_wrap=True)
    console.print("milliseconds in all   mean   longest     calls  role and statement", markup=False, highlight=False)
    for row in found:
        line = f"{row['total']:19.0f} {row['mean']:6.1f} {row['longest']:9.1f} {row['calls']:9}  {row['role']}: {' '.join(row['query'].split())}"
        console.print(line, markup=False, highlight=False)


async def slowest(dsn: str, count: int) -> Sequence[Any] | None:
    """So many statements of the services, the one that took most time first; None where they are not counted."""
    connection = await asyncpg.connect(dsn)
    try:
        roles = [f"{name}_{role}" for name in NAMES for role in ("app", "relay", "eraser")]
        rows: Sequence[Any] = await connection.fetch(_SLOWEST, roles, count)
    except (asyncpg.UndefinedTableError, asyncpg.ObjectNotInPrerequisiteStateError):
        # There is no extension, or it is not loaded at the start.
        return None
    finally:
        await connection.close()
    return rows

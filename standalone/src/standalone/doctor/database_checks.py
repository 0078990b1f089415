"""What the database of an installation says: versions, migrations, roles, grants, keys, clocks and events."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg

from chassis.encryption.root_keys import load_keyring
from chassis.migrations.roles import NewerDatabase, UnfitRole, applied_revision, check_role, expanded_revision, newest_revision
from chassis.service.definition import Service
from standalone.backups import cluster
from standalone.doctor.findings import Finding, asked, fail, ok, warn
from standalone.home import Home, as_role
from standalone.services import NAMES, SERVICES

_SECONDS_APART = 2.0
_SECONDS_ON_THEIR_WAY = 900
_UNBOUND = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = ANY($1) AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1
"""
_FOR_EVERYBODY = """
SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
LATERAL aclexplode(c.relacl) AS granted WHERE n.nspname = ANY($1) AND granted.grantee = 0 ORDER BY 1
"""


async def of_database(home: Home | None, dsn: str) -> list[Finding]:
    """As the database's administrator. Nothing else is asked where it does not answer; without a home, nothing that needs its keys and passwords."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        return [fail("database", f"does not answer ({type(error).__name__})", "start it, or correct DATABASE_URL")]
    checks: dict[str, Callable[[], Any]] = {
        # In containers the server is another image's, and no server of our own is there to compare it with.
        "database": lambda: _version(connection, None if home is None else cluster.own_version()),
        "migrations": lambda: _migrations(dsn),
        "grants": lambda: _grants(connection),
        "clocks": lambda: _clocks(connection),
        "events": lambda: _events(connection),
    }
    if home is not None:
        checks |= {"roles": lambda: _roles(home, dsn), "data keys": lambda: _data_keys(home, connection)}
    try:
        return [finding for subject, check in checks.items() for finding in await asked(subject, check)]
    finally:
        await connection.close()


async def _version(connection: Any, own: int | None) -> list[Finding]:
    version = int(await connection.fetchval("SHOW server_version_num"))
    told = f"PostgreSQL {version // 10_000}.{version % 10_000} answers"
    if version // 10_000 < 15:
        return [fail("database", told, "15 is the oldest that is supported: upgrade it")]
    if await connection.fetchval("SHOW fsync") != "on" or await connection.fetchval("SHOW full_page_writes") != "on":
        return [fail("database", f"{told}, and loses data when the machine fails", "set fsync and full_page_writes to on")]
    if own is not None and cluster.same_major(version, own) and version < own:
        return [warn("database", told, f"{own // 10_000}.{own % 10_000} has fewer faults")]
    return [ok("database", told)]


async def _migrations(dsn: str) -> list[Finding]:
    pending, waiting = [], []
    for service in NAMES:
        try:
            applied = await applied_revision(dsn, service)
            if applied is None or applied < expanded_revision(service):
                pending.append(service)
            elif applied != newest_revision(service):
                waiting.append(service)
        except NewerDatabase:
            return [
                fail("migrations", f"{service} was migrated by a newer release", "run that release: this one does not know what changed")
            ]
    if pending:
        return [warn("migrations", f"pending for {', '.join(pending)}", "caseload migrate, or start it; make a backup before")]
    if waiting:
        return [
            warn(
                "migrations",
                f"what the release before uses is kept for {', '.join(waiting)}, so that it can be gone back to",
                "when nobody wants to go back any more: deploy/upgrade … --contract",
            )
        ]
    return [ok("migrations", f"all {len(NAMES)} schemas are at their newest revision")]


async def _roles(home: Home, dsn: str) -> list[Finding]:
    """Each service signs in as its own roles, and none of them may do more than it should."""
    found = []
    kinds = [(service, kind) for service in SERVICES for kind in _kinds(service)]
    for service, kind in kinds:
        role = f"{service.name}_{kind}"
        try:
            connection = await asyncpg.connect(as_role(dsn, role, home.password(role)), timeout=10)
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            found.append(
                fail("roles", f"{role} cannot sign in ({type(error).__name__})", "caseload migrate makes roles and their passwords again")
            )
            continue
        try:
            await check_role(connection, service.name, kind)
        except UnfitRole as unfit:
            found.append(fail("roles", str(unfit), f"take from {role} what it was given, or start once: that makes it again"))
        finally:
            await connection.close()
    return found or [ok("roles", f"{len(kinds)} roles sign in and may do no more than they should")]


def _kinds(service: Service) -> tuple[str, ...]:
    return ("app", "relay", "eraser") if service.erases else ("app", "relay")


async def _grants(connection: Any) -> list[Finding]:
    # As the tables declare it: those without `access` are of no workspace.
    confined = [table.fullname for service in SERVICES for table in service.metadata.sorted_tables if "access" in table.info]
    unbound = [row[0] for row in await connection.fetch(_UNBOUND, confined)]
    everybodys = [row[0] for row in await connection.fetch(_FOR_EVERYBODY, list(NAMES))]
    found = []
    if unbound:
        found.append(
            fail(
                "grants",
                f"row security is not forced on {', '.join(unbound)}",
                "ALTER TABLE … ENABLE, and FORCE, ROW LEVEL SECURITY, and find out who took it away",
            )
        )
    if everybodys:
        found.append(fail("grants", f"every role may use {', '.join(everybodys)}", "REVOKE ALL ON … FROM PUBLIC"))
    return found or [ok("grants", "row security is forced on every workspace's tables")]


async def _data_keys(home: Home, connection: Any) -> list[Finding]:
    revisions = {row["schemaname"]: "" for row in await connection.fetch("SELECT schemaname FROM pg_tables WHERE tablename = 'data_keys'")}
    opened = await cluster.open_data_keys(connection, load_keyring(home.keyring, ""), revisions)
    return [ok("data keys", f"the keyring opens all {opened}")]


async def _clocks(connection: Any) -> list[Finding]:
    before = datetime.now(UTC)
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    apart = max((theirs - after).total_seconds(), (before - theirs).total_seconds(), 0.0)
    if apart > _SECONDS_APART:
        return [fail("clocks", f"the database's and this machine's are {apart:.0f} s apart", "let both follow a time server (NTP)")]
    for service in NAMES:
        newest = await connection.fetchval(f"SELECT max(occurred_at) FROM {service}.outbox")
        if newest is not None and (newest - after).total_seconds() > _SECONDS_APART:
            return [
                fail(
                    "clocks",
                    "something happened in the future: the clock was set back",
                    "correct the clock, and let it follow a time server (NTP)",
                )
            ]
    return [ok("clocks", "the database's and this machine's agree")]


async def _events(connection: Any) -> list[Finding]:
    dead = late = 0
    for service in NAMES:
        dead += await connection.fetchval(f"SELECT count(*) FROM {service}.dead_letters WHERE replayed_at IS NULL")
        late += await connection.fetchval(
            f"SELECT count(*) FROM {service}.outbox WHERE published_at IS NULL AND due_at < now() - make_interval(secs => $1)",
            _SECONDS_ON_THEIR_WAY,
        )
    found = []
    if dead:
        found.append(
            warn("events", f"{dead} could not be handled", "caseload events dead lists them, caseload events replay sends them again")
        )
    if late:
        found.append(
            warn("events", f"{late} wait for longer than {_SECONDS_ON_THEIR_WAY // 60} minutes", "start it; if it runs, its log says why")
        )
    return found or [ok("events", "none has failed, and none waits")]

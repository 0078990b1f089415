"""`python -m standalone.schema drift | write <service> <message>`: checks every service's migrations, or writes the next one.

Both start a private PostgreSQL and remove it afterwards.
"""

import ast
import asyncio
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from chassis.local.postgres import LocalPostgres
from chassis.migrations.roles import provision, versions_of
from chassis.migrations.runner import drift, migrate, write_revision
from chassis.service.definition import Service
from standalone.releases import Release, disagreements, scratch_database, stored, upgrade
from standalone.services import SERVICES

# Whatever else a migration imported could change what it does to a database that it has never seen.
IMPORTABLE = {"alembic", "sqlalchemy"} | sys.stdlib_module_names

ADVICE = """
tables.py and migrations disagree: make migration service=<name> name="what it does" (service=all after a change of
chassis/db/system_tables.py), and read what it wrote.
"from <release>": a migration of that release was changed afterwards. Take the change back and put it into a new migration.
An import: write out in the migration what was imported.
"""


async def check(dsn: str, services: Sequence[Service] = SERVICES, releases: Sequence[Release] | None = None) -> list[str]:
    """What is wrong with the migrations, a line each; empty when nothing is.

    Every service's must import nothing of the product, go up, down and up again, and end where tables.py says. A database of
    every stored release must end where a new one does: it does not if a migration was changed after it was released.
    """
    found = []
    for service in services:
        found += [
            f"{path.name} of {service.name}: imports {name}" for path in versions_of(service.name).glob("*.py") for name in foreign(path)
        ]
        await provision(dsn, service.name, "for-tests-only", "for-tests-only", "for-tests-only" if service.erases else None)
        for target in ("head", "base", "head"):
            await migrate(dsn, service.name, target)
        found += [f"{service.name}: {difference}" for difference in await drift(dsn, service.name, service.metadata)]
    for release in stored() if releases is None else releases:
        async with scratch_database(dsn) as older:
            await release.load(older)
            await upgrade(older, services)
            found += [f"from {release.name}: {line}" for line in await disagreements(older, dsn, services)]
    return found


def foreign(migration: Path) -> list[str]:
    """The modules a migration imports beyond Alembic, SQLAlchemy and the standard library."""
    names = []
    for node in ast.walk(ast.parse(migration.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append("." * node.level + (node.module or ""))
    # Names it imports at run time could not be read here.
    return [name for name in names if name.partition(".")[0] not in IMPORTABLE - {"importlib", "runpy", "imp"}]


async def write(dsn: str, name: str, message: str, services: Sequence[Service] = SERVICES) -> list[Path]:
    """The next migration of one service, or of every service (`all`) whose tables.py has more than its migrations; their files."""
    chosen = [service for service in services if name in {service.name, "all"}]
    if not chosen or not message:
        raise SystemExit('make migration service=<name> name="what it does"')
    written = []
    for service in chosen:
        versions_of(service.name).mkdir(parents=True, exist_ok=True)
        await provision(dsn, service.name, "for-tests-only", "for-tests-only", "for-tests-only" if service.erases else None)
        await migrate(dsn, service.name)
        if name != "all" or await drift(dsn, service.name, service.metadata):
            written.append(await write_revision(dsn, service.name, service.metadata, message))
    return written


def main() -> int:
    logging.disable(logging.WARNING)
    command, *rest = sys.argv[1:] or ["drift"]
    with tempfile.TemporaryDirectory() as directory:
        server = LocalPostgres(Path(directory), fast=True).start()
        try:
            if command == "write":
                name, message = rest
                print(*asyncio.run(write(server.dsn, name, message)), sep="\n")
                return 0
            found = asyncio.run(check(server.dsn))
            for line in found:
                print(line)
            print(f"{len(SERVICES)} schemas, {len(stored())} stored releases, {len(found)} differences")
            if found:
                print(ADVICE)
            return 1 if found else 0
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m standalone.schema drift | write <service> <message>`: compares every tables.py with its migrations, or writes the next migration.

Both start a private PostgreSQL and remove it afterwards.
"""

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from chassis.local.postgres import LocalPostgres
from chassis.migrations.roles import provision
from chassis.migrations.runner import drift, migrate, write_revision
from standalone.services import SERVICES


async def differences(dsn: str) -> list[str]:
    """Where the tables.py of a service differs from its migrations, after upgrade, downgrade and upgrade again."""
    found = []
    for service in SERVICES:
        await provision(dsn, service.name, "throw-away", "throw-away")
        for target in ("head", "base", "head"):
            await migrate(dsn, service.name, target)
        found += [f"{service.name}: {difference}" for difference in await drift(dsn, service.name, service.metadata)]
    return found


async def write(dsn: str, name: str, message: str) -> Path:
    """Write the migration that makes up the difference. Returns its path."""
    service = next((service for service in SERVICES if service.name == name), None)
    if service is None or not message:
        raise SystemExit('make migration service=<name> name="what it does"')
    await provision(dsn, service.name, "throw-away", "throw-away")
    await migrate(dsn, service.name)
    return await write_revision(dsn, service.name, service.metadata, message)


def main() -> int:
    logging.disable(logging.WARNING)
    command, *rest = sys.argv[1:] or ["drift"]
    with tempfile.TemporaryDirectory() as directory:
        server = LocalPostgres(Path(directory), fast=True).start()
        try:
            if command == "write":
                print(asyncio.run(write(server.dsn, *rest)))
                return 0
            found = asyncio.run(differences(server.dsn))
            for line in found:
                print(line)
            print(f"{len(SERVICES)} schemas, {len(found)} differences between tables.py and migrations")
            return 1 if found else 0
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())

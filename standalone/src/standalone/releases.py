"""Installations as earlier releases left them, stored so that every later one can be migrated from them.

A release is a folder: `database.sql` (schemas with their data, written by pg_dump), `keyring.json` and `files/`, which the data
needs to be read, and `answers.json`, what the API of that release said to each of two people. `make snapshot` stores one.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from uuid_utils.compat import uuid7

from chassis.local.postgres import LocalPostgres
from chassis.migrations.catalogs import differences
from chassis.migrations.roles import provision
from chassis.migrations.runner import catalog, migrate
from chassis.service.definition import Service
from standalone.services import SERVICES

# In a source tree alone: releases are for tests, and no part of an image.
STORED = Path(__file__).parents[3] / "tests-e2e" / "releases"


@dataclass(frozen=True, slots=True)
class Release:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    async def load(self, dsn: str) -> None:
        """Fills an empty database; the roles it names are created where the cluster lacks them. Needs a superuser."""
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute((self.folder / "database.sql").read_text())
        finally:
            await connection.close()

    def to_home(self, home: Path) -> None:
        """Makes the directory that `caseload run` of that release would have left: its database, keyring and files. The directory is new."""
        home.mkdir(mode=0o700)
        shutil.copyfile(self.folder / "keyring.json", home / "keyring.json")
        shutil.copytree(self.folder / "files", home / "files")
        (home / "demo-opened").touch()
        server = LocalPostgres(home / "postgres", fast=True).start()
        try:
            asyncio.run(self.load(server.dsn))
        finally:
            server.stop()


def stored(folder: Path = STORED) -> list[Release]:
    """Every stored release, the oldest first."""
    found = (Release(path.parent) for path in folder.glob("*/database.sql"))
    return sorted(found, key=lambda release: [int(part) for part in release.name.split(".")])


async def upgrade(dsn: str, services: Sequence[Service] = SERVICES) -> None:
    """What a deployment does with an older release's database: provisions, then migrates every service to head."""
    for service in services:
        await provision(dsn, service.name, "for-tests-only", "for-tests-only", "for-tests-only" if service.erases else None)
        await migrate(dsn, service.name)


async def disagreements(dsn: str, fresh: str, services: Sequence[Service] = SERVICES) -> list[str]:
    """Where an upgraded database differs from a newly installed one, a line each."""
    found = []
    for service in services:
        lines = differences(await catalog(fresh, service.name), await catalog(dsn, service.name))
        found += [f"{service.name}: {line}" for line in lines]
    return found


@asynccontextmanager
async def scratch_database(server: str) -> AsyncIterator[str]:
    """The address of an empty database on the same server, dropped afterwards."""
    name = f"scratch_{uuid7().hex}"
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()

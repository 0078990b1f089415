"""The PostgreSQL of an installation: copied while it works, and checked by PostgreSQL's own tools."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from chassis import private_files
from chassis.encryption.data_keys import DataKeys
from chassis.encryption.keyring import Keyring, SealBroken
from chassis.local.postgres import POSTGRES_BIN, unprivileged
from chassis.local.processes import spawn, tail
from standalone.backups.errors import BackupFailed
from standalone.backups.journal.naming_rules import position, segment_at

_MAJOR = 10_000


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The server's version as a number (180006), its size in bytes, and the newest migration of each service."""

    version: int
    size: int
    revisions: Mapping[str, str]


def facts(dsn: str) -> ClusterFacts:
    return asyncio.run(_facts(dsn))


async def _facts(dsn: str) -> ClusterFacts:
    connection = await asyncpg.connect(dsn)
    try:
        version = int(await connection.fetchval("SHOW server_version_num"))
        size = int(await connection.fetchval("SELECT sum(pg_database_size(oid)) FROM pg_database"))
        services = [
            row["schemaname"] for row in await connection.fetch("SELECT schemaname FROM pg_tables WHERE tablename = 'alembic_version'")
        ]
        found = {service: await connection.fetchval(f"SELECT version_num FROM {service}.alembic_version") for service in sorted(services)}
        return ClusterFacts(version, size, found)
    finally:
        await connection.close()


def own_version() -> int:
    """Of the PostgreSQL that is installed with this release, as a number."""
    said = subprocess.run([POSTGRES_BIN / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
    major, _, minor = said.split()[-1].partition(".")
    return int(major) * _MAJOR + int(minor)


def same_major(version: int, other: int) -> bool:
    return version // _MAJOR == other // _MAJOR


def copy_cluster(dsn: str, folder: Path) -> None:
    """A base backup in `folder`, with the log that was written meanwhile, so that it starts by itself.

    Not flushed to disk: it is read and thrown away. The password is in a file, because others may see arguments and variables.
    """
    parts = urlsplit(dsn)
    password = folder.with_name("pgpass")
    private_files.write(password, f"*:*:*:*:{unquote(parts.password or '')}".encode())
    command = [
        str(POSTGRES_BIN / "pg_basebackup"), "--pgdata", str(folder), "--format", "plain", "--wal-method", "stream", "--checkpoint", "fast",
        "--no-sync", "--no-password", "--host", parse_qs(parts.query)["host"][0], "--username", unquote(parts.username or ""),
    ]  # fmt: skip
    _run(command, folder.with_name("pg_basebackup.log"), PGPASSFILE=str(password))


def verify_cluster(data: Path, log: Path) -> None:
    """Every file of a base backup against its manifest, and the log that it needs to start (pg_verifybackup)."""
    _run([str(POSTGRES_BIN / "pg_verifybackup"), "--quiet", str(data)], log)


def first_segment(data: Path) -> str:
    """The segment of the log from which a base backup has to be recovered (its manifest's `WAL-Ranges`)."""
    ranges = json.loads((data / "backup_manifest").read_text())["WAL-Ranges"]
    return segment_at(ranges[-1]["Timeline"], position(ranges[-1]["Start-LSN"]))[0]


def give_to_server(*folders: Path) -> None:
    """Restored files belong to the user that PostgreSQL runs as where this one is root."""
    if os.geteuid() != 0:
        return
    owner = unprivileged()
    for path, _, files in (entry for folder in folders for entry in os.walk(folder)):
        os.chown(path, *owner)
        for file in files:
            os.chown(Path(path) / file, *owner)


async def open_data_keys(connection: Any, keyring: Keyring, services: Iterable[str]) -> int:
    """How many data keys of all workspaces the keyring opens. Raises BackupFailed if there is one that it does not."""
    opened = 0
    for service in services:
        keys = DataKeys(keyring, service)
        for row in await connection.fetch(f"SELECT * FROM {service}.data_keys WHERE wrapped <> ''"):
            try:
                keys.unwrap(row)
            except SealBroken as error:
                raise BackupFailed(f"the keyring of this backup does not open the keys of its database: {service}: {error}") from error
            opened += 1
    return opened


def _run(command: list[str], log: Path, **environment: str) -> None:
    child = spawn(command, log=log, env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(log.parent), **environment})
    try:
        code = child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if code != 0:
        raise BackupFailed(f"{Path(command[0]).name} failed:\n{tail(log, 1500).strip()}")

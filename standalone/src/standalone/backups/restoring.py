"""How an installation is made of a backup again, in a home of its own that gets its name when everything is there."""

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from chassis.encryption.root_keys import load_keyring
from chassis.local.processes import InUseError, claim, end_orphans_in
from chassis.migrations.roles import newest_revision
from standalone.backups import cluster
from standalone.backups.errors import BackupFailed
from standalone.backups.journal.replaying import Replay
from standalone.backups.ledger import Entry
from standalone.backups.opening import OpenedBackup
from standalone.backups.progress import Steps
from standalone.backups.secret_files import replace_secret_files, write_secret_files
from standalone.backups.settling import ADDRESSES, settle
from standalone.home import Home
from standalone.operations import runtimes_of, verify_all
from standalone.preparation import prepare_schemas
from standalone.services import NAMES, SERVICES

# In the folder that a restore works in, and deletes whatever a killed one has left of.
_MARK = "restoring"


def check_empty(home: Home) -> None:
    """Raises BackupFailed for a home that has anything in it, or that cannot be given its name in the end."""
    if home.running.exists():
        raise BackupFailed(f"{home.directory} is in use: stop what runs there, and name another directory in CASELOAD_HOME")
    if home.directory.exists() and any(home.directory.iterdir()):
        raise BackupFailed(
            f"{home.directory} is not empty, and a restore overwrites nothing: move it away, or name another directory in CASELOAD_HOME"
        )
    if home.directory.is_mount():
        raise BackupFailed(
            f"{home.directory} is where a disk is mounted, which nothing can take the place of: name a directory on it in CASELOAD_HOME"
        )


@dataclass(frozen=True, slots=True)
class Restored:
    """`is_sound` is whether every record and the audit trail are as they were recorded; if not, what is wrong was printed."""

    is_sound: bool
    reached: datetime


def restore(
    backup: OpenedBackup,
    home: Home,
    steps: Steps,
    *,
    replay: Replay | None = None,
    erased: Sequence[Entry] = (),
    owner: tuple[int, int] | None = None,
) -> Restored:
    """Makes the home. `replay` brings it beyond the backup; what was `erased` since is erased again; it is given to `owner` (uid, gid) in the end.

    Raises BackupFailed, and then there is no home. A killed restore leaves a folder beside it, which the next one deletes.
    """
    check_empty(home)
    _check_release(backup.manifest.revisions)
    beside = Home(home.directory.with_name(f"{home.directory.name}.restoring"))
    _check_workplace(beside.directory)
    try:
        held = claim(beside.directory)
    except InUseError:
        raise BackupFailed(f"another restore to {home.directory} is at work") from None
    with held:
        try:
            beside.directory.chmod(0o700)
            (beside.directory / _MARK).touch()
            # Of a restore that was killed.
            end_orphans_in(beside.postgres / "data", "postgres", patience=30)
            for path in beside.directory.iterdir():
                _delete(path)
            write_secret_files(beside, backup.escrow.secrets)
            backup.restore_files(beside.directory, steps)
            backup.restore_cluster(beside.postgres, steps)
            reached = backup.manifest.stopped_at or backup.manifest.made_at
            if replay is not None:
                replay.prepare(beside.postgres, steps)
                reached = replay.run(beside.postgres, steps)
                replay.restore_files(beside.directory, reached, steps)
            beside.create_missing()
            is_sound = _look_into(backup, beside, steps, replay, erased, reached)
            if owner is not None:
                _give(beside.directory, owner)
            with steps.step("all: flushed to disk"):
                os.sync()
            _take_place(beside, home)
        except BaseException:
            shutil.rmtree(beside.directory, ignore_errors=True)
            raise
    return Restored(is_sound, reached)


def _check_workplace(directory: Path) -> None:
    """Raises BackupFailed for a folder that somebody else has made, or that has something in it which no restore has left."""
    if not directory.exists():
        return
    is_left = (directory / _MARK).exists() or {path.name for path in directory.iterdir()} <= {"lock"}
    if directory.stat().st_uid != os.geteuid() or not is_left:
        raise BackupFailed(f"{directory} is where a restore works, and it or something in it is somebody else's: move it away")


def _check_release(revisions: Mapping[str, str]) -> None:
    """A database that a newer release has migrated is not known here."""
    for service, revision in revisions.items():
        if service not in NAMES or revision > newest_revision(service):
            raise BackupFailed(f"the backup was made by a newer release ({service} {revision}): restore it with that one")


def _look_into(backup: OpenedBackup, home: Home, steps: Steps, replay: Replay | None, erased: Sequence[Entry], reached: datetime) -> bool:
    with steps.step("database: started"):
        server = backup.start(home.postgres, replayed=replay is not None)
    try:
        if replay is not None:
            _check_release(cluster.facts(server.dsn).revisions)
        return asyncio.run(_settle(backup, home, server.dsn, steps, replay, erased, reached))
    finally:
        server.stop()


async def _settle(
    backup: OpenedBackup, home: Home, dsn: str, steps: Steps, replay: Replay | None, erased: Sequence[Entry], reached: datetime
) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        opened = await _open_keys(backup, home, connection, replay, reached)
        steps.say(f"{opened} keys of workspaces open")
        # Of an earlier release: what follows knows this one's tables.
        await prepare_schemas(home, dsn)
        own = {service.name: home.settings(service, dsn, **ADDRESSES) for service in SERVICES}
        await settle(own, connection, erased, reached, steps)
    finally:
        await connection.close()
    services = [(service, home.settings(service, dsn, broker_url="inprocess://", smtp_url="smtp://127.0.0.1")) for service in SERVICES]
    async with runtimes_of(dsn, services) as (connection, runtimes):
        try:
            await verify_all(connection, runtimes, None)
        except SystemExit:
            return False
    return True


async def _open_keys(backup: OpenedBackup, home: Home, connection: Any, replay: Replay | None, reached: datetime) -> int:
    """How many data keys the restored keyring opens; that of the journal, where it was changed since the backup."""
    own = backup.escrow.secrets
    refused = BackupFailed("there is no keyring")
    for secrets in [own] if replay is None else replay.secrets(reached, own):
        replace_secret_files(home, secrets)
        # What an earlier release did not have.
        home.create_missing()
        try:
            return await cluster.open_data_keys(connection, load_keyring(home.keyring, ""), NAMES)
        except BackupFailed as failure:
            refused = failure
    raise refused


def _give(directory: Path, owner: tuple[int, int]) -> None:
    for path, _, files in os.walk(directory):
        for each in (Path(path), *(Path(path) / file for file in files)):
            os.chown(each, *owner, follow_symlinks=False)


def _take_place(beside: Home, home: Home) -> None:
    (beside.directory / _MARK).unlink()
    try:
        # Replaces an empty directory, and no other one. The lock goes along, so that nobody has the folder until it has its name.
        Path(beside.directory).rename(home.directory)
    except OSError as error:
        raise BackupFailed(f"{home.directory} was not empty any more when the restore was ready ({error.strerror})") from None


def _delete(path: Path) -> None:
    if path.name in {"lock", _MARK}:
        return
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()

"""Shows that a backup can be restored: everything is read and opened, and its database is started and looked at."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from chassis import private_files
from chassis.encryption.root_keys import load_keyring
from chassis.local.processes import InUseError, claim, end_orphans_in
from standalone.backups import cluster
from standalone.backups.errors import BackupFailed
from standalone.backups.journal.replaying import Replay
from standalone.backups.opening import OpenedBackup
from standalone.backups.progress import Steps

_PREFIX = "caseload-verify-"


@dataclass(frozen=True, slots=True)
class Verified:
    """How many data keys the backup's keyring opens, and until when its journal was replayed."""

    keys: int
    reached: datetime | None


def verify_backup(backup: OpenedBackup, place: Path | None, steps: Steps, replay: Replay | None = None) -> Verified:
    """Leaves nothing behind. `place` has room for the database. Raises BackupFailed."""
    with _workplace(place or Path(tempfile.gettempdir())) as directory:
        backup.check_files(steps)
        backup.restore_cluster(directory, steps)
        private_files.create(directory / "superuser", backup.escrow.secrets["postgres/superuser"])
        keyrings = [backup.escrow.secrets["keyring.json"]]
        reached = None
        if replay is not None:
            replay.prepare(directory, steps)
            reached = replay.run(directory, steps)
            keyrings = [secrets["keyring.json"] for secrets in replay.secrets(reached, backup.escrow.secrets)]
        with steps.step("database: started and read"):
            server = backup.start(directory, replayed=replay is not None)
            try:
                return Verified(asyncio.run(_open_keys(server.dsn, directory / "keyring.json", keyrings, backup)), reached)
            finally:
                server.stop()


async def _open_keys(dsn: str, path: Path, keyrings: Sequence[bytes], backup: OpenedBackup) -> int:
    """Of the keyrings of two moments one has to open them."""
    connection = await asyncpg.connect(dsn)
    try:
        for number, keyring in enumerate(keyrings, 1):
            private_files.write(path, keyring)
            try:
                return await cluster.open_data_keys(connection, load_keyring(path, ""), backup.manifest.revisions)
            except BackupFailed:
                if number == len(keyrings):
                    raise
    finally:
        await connection.close()
    raise BackupFailed("there is no keyring")


@contextmanager
def _workplace(place: Path) -> Iterator[Path]:
    """A folder that is deleted afterwards. What killed verifications have left, an unsealed database and its keys, is deleted first."""
    for left in place.glob(f"{_PREFIX}*"):
        _delete_abandoned(left)
    with tempfile.TemporaryDirectory(dir=place, prefix=_PREFIX) as folder, claim(Path(folder)):
        directory = Path(folder) / "home"
        directory.mkdir(mode=0o700)
        yield directory


def _delete_abandoned(left: Path) -> None:
    # Others may put what they like into a temporary directory.
    if left.is_symlink() or not left.is_dir() or left.stat().st_uid != os.geteuid():
        return
    try:
        held = claim(left)
    except InUseError:
        return
    with held:
        end_orphans_in(left / "home" / "data", "postgres", patience=30)
        shutil.rmtree(left)

"""Shows that a backup can be restored: everything is read and opened, and its database is started and looked at."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from chassis import private_files
from chassis.encryption.root_keys import load_keyring
from chassis.local.processes import InUseError, claim, end_orphans_in
from standalone.backups import cluster
from standalone.backups.opening import OpenedBackup
from standalone.backups.progress import Steps

_PREFIX = "caseload-verify-"


def verify_backup(backup: OpenedBackup, place: Path | None, steps: Steps) -> int:
    """Leaves nothing behind. `place` has room for the database. How many data keys the backup's keyring opens; raises BackupFailed."""
    with _workplace(place or Path(tempfile.gettempdir())) as directory:
        backup.check_files(steps)
        backup.restore_cluster(directory, steps)
        private_files.create(directory / "superuser", backup.escrow.secrets["postgres/superuser"])
        private_files.create(directory / "keyring.json", backup.escrow.secrets["keyring.json"])
        with steps.step("database: started and read"):
            server = backup.start(directory)
            try:
                return asyncio.run(_open_keys(server.dsn, directory / "keyring.json", backup))
            finally:
                server.stop()


async def _open_keys(dsn: str, keyring: Path, backup: OpenedBackup) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return await cluster.open_data_keys(connection, load_keyring(keyring, ""), backup.manifest.revisions)
    finally:
        await connection.close()


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

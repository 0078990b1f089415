"""Shows that a backup can be restored: everything is read and opened, and its database is started and looked at."""

import asyncio
import tempfile
from pathlib import Path

import asyncpg

from chassis import private_files
from chassis.encryption.root_keys import load_keyring
from standalone.backups import cluster
from standalone.backups.opening import OpenedBackup
from standalone.backups.progress import Steps


def verify_backup(backup: OpenedBackup, place: Path | None, steps: Steps) -> int:
    """Leaves nothing behind. `place` has room for the database. How many data keys the backup's keyring opens; raises BackupFailed."""
    with tempfile.TemporaryDirectory(dir=place, prefix="caseload-verify-") as folder:
        directory = Path(folder)
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

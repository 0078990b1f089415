"""A backup that a passphrase has opened, and what is in it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path

from chassis.local.postgres import LocalPostgres
from standalone.backups import catalogue, cluster, tar_stream
from standalone.backups.catalogue import DATABASE, FILES, KEYS, Found
from standalone.backups.errors import BackupFailed
from standalone.backups.escrow import Escrow
from standalone.backups.making import measured
from standalone.backups.manifest import Manifest
from standalone.backups.progress import Advance, Steps
from standalone.backups.sealed_stream import derived_key, unseal
from standalone.backups.targets import Target


class OpenedBackup:
    """Raises BackupFailed for a wrong passphrase, for a manifest that was changed, and for whatever is not as the manifest says."""

    def __init__(self, target: Target, found: Found, passphrase: str) -> None:
        self._target = target
        keys = catalogue.document(target, found.name, KEYS)
        self.name = found.name
        self.escrow = Escrow.unlock(keys, passphrase, found.name)
        self.manifest: Manifest = catalogue.manifest_of(target, found, self.escrow.backup_key)
        if measured([keys]) != self.manifest.parts[KEYS]:
            raise BackupFailed("the keys of this backup are not those it was made with")
        if not cluster.same_major(self.manifest.postgres, cluster.own_version()):
            raise BackupFailed(
                f"the backup is of PostgreSQL {self.manifest.postgres // 10_000}, this release has {cluster.own_version() // 10_000}: "
                "restore it with the release that made it, and upgrade then"
            )

    def restore_cluster(self, directory: Path, steps: Steps) -> None:
        """Makes `directory` one that LocalPostgres starts in, as soon as it has the administrator's password."""
        with self._step(steps, "database: fetched", DATABASE) as advance:
            tar_stream.unpack(tar_stream.decompressed(self._content(DATABASE, advance)), directory)
        with steps.step("database: verified"):
            cluster.verify_cluster(directory / "data", directory / "pg_verifybackup.log")
        (directory / "data" / "backup_manifest").unlink()
        cluster.give_to_server(directory / "data")
        (directory / "initialised").touch()

    def restore_files(self, directory: Path, steps: Steps) -> None:
        with self._step(steps, "files: fetched", FILES) as advance:
            self._check_number(tar_stream.unpack(self._content(FILES, advance), directory))

    def check_files(self, steps: Steps) -> None:
        """Reads all files and keeps none."""
        with self._step(steps, "files: verified", FILES) as advance:
            self._check_number(tar_stream.count(self._content(FILES, advance)))

    def start(self, directory: Path, *, replayed: bool = False) -> LocalPostgres:
        """The restored server, which has recovered; and every service is at the revision that the backup names, unless a journal was replayed."""
        server = LocalPostgres(directory).start()
        try:
            if not replayed and cluster.facts(server.dsn).revisions != self.manifest.revisions:
                raise BackupFailed("the database of this backup is not what its manifest says")
        except BaseException:
            server.stop()
            raise
        return server

    def _step(self, steps: Steps, what: str, part: str) -> AbstractContextManager[Advance]:
        return steps.step(what, self.manifest.parts[part].size)

    def _check_number(self, files: int) -> None:
        if files != self.manifest.files:
            raise BackupFailed("there are not as many files in the backup as its manifest says")

    def _content(self, part: str, advance: Advance) -> Iterator[bytes]:
        """What was sealed, piece by piece. Raises BackupFailed at the end too: whoever reads it has to read all of it."""
        digest, expected = sha256(), self.manifest.parts[part]

        def stored() -> Iterator[bytes]:
            for piece in self._target.read(f"{self.name}/{part}"):
                digest.update(piece)
                advance(len(piece))
                yield piece

        yield from unseal(stored(), derived_key(self.escrow.backup_key, part))
        if digest.hexdigest() != expected.sha256:
            raise BackupFailed(f"{part} is not what its manifest says")

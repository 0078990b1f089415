"""How a backup is made, while the installation works or stands still.

The database is copied before the files: a file is stored before a row refers to it, so every file that the copied rows refer to is there when
the files are copied, but for those that somebody has deleted meanwhile. Published checkpoints of the audit trail are the other way round: the
copied chains have to reach as far as what was published of them, so these are read before. The keys are read before and after: a backup
whose keys were changed while it was made is given up.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from chassis.local.processes import InUseError, claim
from standalone.backups import catalogue, cluster, tar_stream
from standalone.backups.catalogue import DATABASE, FILES, KEYS, MANIFEST
from standalone.backups.errors import BackupFailed
from standalone.backups.escrow import Escrow
from standalone.backups.manifest import Manifest, Part
from standalone.backups.progress import Advance, Steps, counted
from standalone.backups.sealed_stream import KEY_BYTES, derived_key, seal
from standalone.backups.secret_files import secret_files
from standalone.backups.targets import Target
from standalone.backups.witnesses import is_published_checkpoint, published_checkpoints
from standalone.home import Home

_TRIES = 5
# With the log that is written meanwhile, for those who go on working.
_ROOM_LEFT = 1024**3


def make_backup(home: Home, dsn: str, target: Target, passphrase: str, steps: Steps, journal: str = "") -> Manifest:
    """Makes a backup and reads it back. One at a time: raises BackupFailed where another one is being made.

    `journal` is the one that is being written in this target, if there is one.

    What was written of a backup that failed is deleted. A killed one leaves what `list` calls unfinished and a later one deletes.
    """
    with _workplace(home) as work:
        began = datetime.now(UTC)
        catalogue.delete_abandoned(target, catalogue.installation_of(home), began)
        name, secrets, backup_key = catalogue.new_name(home, began), secret_files(home), os.urandom(KEY_BYTES)
        known = cluster.facts(dsn)
        folders = (home.blobs.name, home.job_files.name)
        room = known.size + _ROOM_LEFT
        if target.is_on_disk_of(work):
            room += known.size + tar_stream.Archive(home.directory, *folders).expected_size
        if shutil.disk_usage(work).free < room:
            raise BackupFailed(
                "the disk of the home has no room for a copy of the database and what is backed up to it, and a full one would stop it: make room"
            )
        with steps.step("database: copied"):
            published = _copy_database(home, dsn, work)
        stopped_at, first_segment = datetime.now(UTC), cluster.first_segment(work / "data")
        with steps.step("database: verified"):
            cluster.verify_cluster(work / "data", work / "pg_verifybackup.log")
        store = _Store(target, name, backup_key)
        try:
            copied = tar_stream.Archive(work, "data", hidden=True)
            with steps.step("database: stored", copied.expected_size) as advance:
                store.sealed(DATABASE, tar_stream.compressed(counted(copied.pieces(), advance)))
            files = tar_stream.Archive(home.directory, *folders, early=published, is_early=is_published_checkpoint)
            with steps.step("files: stored", files.expected_size) as advance:
                store.sealed(FILES, counted(files.pieces(), advance))
            if secret_files(home) != secrets:
                raise BackupFailed("keys or settings of the installation were changed while the backup was made: make it once more")
            store.plain(KEYS, Escrow(backup_key, secrets).lock(passphrase, name))
            with steps.step("all: read back", store.size) as advance:
                store.read_back(advance)
            manifest = Manifest(name, began, known.version, known.revisions, files.files, store.parts, stopped_at, journal, first_segment)
            target.write(f"{name}/{MANIFEST}", [manifest.dump(backup_key)])
        except BaseException:
            with suppress(BackupFailed):
                catalogue.delete(target, catalogue.Found(name, dict.fromkeys((DATABASE, FILES, KEYS, MANIFEST), 0)))
            raise
        return manifest


def _copy_database(home: Home, dsn: str, work: Path) -> dict[Path, bytes]:
    """Copies the database, and returns the checkpoints that were published before.

    One that was first published meanwhile may be in the copy as published, or not: it is copied once more then.
    """
    for _ in range(_TRIES):
        published = published_checkpoints(home)
        shutil.rmtree(work / "data", ignore_errors=True)
        cluster.copy_cluster(dsn, work / "data")
        if published_checkpoints(home).keys() == published.keys():
            return published
    raise BackupFailed("workspaces are being opened at this moment: make the backup later")


class _Store:
    """Writes the parts of one backup, and remembers what they are when they are read back."""

    def __init__(self, target: Target, name: str, backup_key: bytes) -> None:
        self._target = target
        self._name = name
        self._backup_key = backup_key
        self.parts: dict[str, Part] = {}

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts.values())

    def sealed(self, part: str, content: Iterable[bytes]) -> None:
        self._write(part, seal(content, derived_key(self._backup_key, part)))

    def plain(self, part: str, content: bytes) -> None:
        self._write(part, [content])

    def read_back(self, advance: Advance) -> None:
        """Raises BackupFailed where the target does not have what was given to it."""
        for part, written in self.parts.items():
            if measured(counted(self._target.read(f"{self._name}/{part}"), advance)) != written:
                raise BackupFailed(f"the target does not give back what was written: {part}")

    def _write(self, part: str, pieces: Iterable[bytes]) -> None:
        digest, size = sha256(), 0

        def watched() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece

        self._target.write(f"{self._name}/{part}", watched())
        self.parts[part] = Part(size, digest.hexdigest())


def measured(pieces: Iterable[bytes]) -> Part:
    digest, size = sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return Part(size, digest.hexdigest())


@contextmanager
def _workplace(home: Home) -> Iterator[Path]:
    """A folder for the copy of the database, for one backup at a time. What a killed one has left is deleted."""
    try:
        held = claim(home.backups)
    except InUseError:
        raise BackupFailed("another backup of this installation is being made") from None
    work = home.backups / "work"
    with held:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)

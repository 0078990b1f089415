"""A restore to a moment after a backup: its database is brought there by the log of the journal, its files and keys follow."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from chassis.local.postgres import LocalPostgres
from chassis.local.processes import ChildFailedError
from standalone.backups import catalogue, cluster, tar_stream
from standalone.backups.catalogue import Found
from standalone.backups.errors import BackupFailed
from standalone.backups.journal import naming_rules as names
from standalone.backups.journal.naming_rules import NOTHING, SEGMENT_BYTES, Reach
from standalone.backups.journal.store import Contents, JournalStore, contents_of
from standalone.backups.journal.writing import loaded
from standalone.backups.manifest import Manifest
from standalone.backups.progress import Steps
from standalone.backups.targets import Target

# Read in order to the end, or to the first transaction after the moment. Then it is a database of its own, on a timeline of its own.
_RECOVERY = """
# caseload restore
restore_command = 'cp ../journal/%f %p'
recovery_target_timeline = 'current'
recovery_target_action = 'promote'
hot_standby = off
"""
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_SECONDS_TO_REPLAY = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Which backup is restored, and with what of its journal. `until` is None for all that there is."""

    found: Found
    journal: str = ""
    reach: Reach = NOTHING
    until: datetime | None = None


def plan(target: Target, name: str | None, until: datetime | None, now: datetime, installation: str | None = None) -> Plan:
    """The newest backup that was finished by then, of this installation if it has any. Raises BackupFailed for moments of the future and of before the first one."""
    if until is None and name is not None:
        return Plan(catalogue.chosen(target, name))
    if until is not None and until > now:
        raise BackupFailed(f"{until:%Y-%m-%d %H:%M:%S} UTC is in the future: it is {now:%Y-%m-%d %H:%M:%S} UTC now")
    # Also where nobody can tell which installation is meant.
    newest = catalogue.chosen(target, name, installation)
    found, contents = newest, contents_of(target.sizes())
    if until is not None:
        found = _finished_by(target, newest, name, until)
    manifest = catalogue.manifest_of(target, found)
    if manifest.journal not in contents:
        return Plan(found, until=until)
    reach = names.reach(contents[manifest.journal].pieces, manifest.first_segment)
    if until is not None and reach.moment is not None and until >= reach.moment:
        # All that there is: PostgreSQL takes a moment after the last transaction for an error.
        return Plan(found, manifest.journal, reach, None)
    return Plan(found, manifest.journal, reach, until)


def _finished_by(target: Target, newest: Found, name: str | None, until: datetime) -> Found:
    first = None
    candidates = [each for each in catalogue.found_in(target) if each.is_whole and each.is_of(newest.installation)]
    for found in reversed([newest] if name is not None else candidates):
        if found.begun_at > until:
            continue
        manifest = catalogue.manifest_of(target, found)
        if manifest.stopped_at is None:
            continue
        if manifest.stopped_at <= until:
            return found
        first = manifest.stopped_at
    earliest = first or next((stop for stop in _stops(target, candidates) if stop is not None), None)
    told = "" if earliest is None else f": the first moment to restore to is {earliest.isoformat()}"
    raise BackupFailed(f"no backup was finished by {until.isoformat()}{told}")


def _stops(target: Target, candidates: Sequence[Found]) -> Iterator[datetime | None]:
    for found in candidates:
        yield catalogue.manifest_of(target, found).stopped_at


class Replay:
    """The journal of a plan, opened by the passphrase."""

    def __init__(self, target: Target, planned: Plan, manifest: Manifest, passphrase: str) -> None:
        self._store = JournalStore.unlock(target, planned.journal, passphrase)
        self._contents: Contents = self._store.contents()
        self._plan = planned
        self._begun_at = manifest.made_at
        self._stopped_at = manifest.stopped_at or manifest.made_at
        # What was read of the log has to be there: a transaction after that is in no segment.
        self.ends_at = planned.reach.moment

    def prepare(self, directory: Path, steps: Steps) -> None:
        """Fetches the log, and tells the cluster in `directory` to read it."""
        pieces = self._plan.reach.pieces
        folder = directory / "journal"
        folder.mkdir(mode=0o700)
        with steps.step("journal: fetched", sum(each.end - each.start for each in pieces)) as advance:
            for piece in pieces:
                content = b"".join(self._store.read(piece.name))
                if len(content) != piece.end - piece.start:
                    raise BackupFailed("a part of the journal is not what its name says")
                with os.fdopen(os.open(folder / piece.segment, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                    # What has not arrived of the last one are zeros, as where PostgreSQL has not written yet.
                    file.truncate(SEGMENT_BYTES)
                    file.seek(piece.start)
                    file.write(content)
                advance(len(content))
        self._keep_longer_copies(directory / "data" / "pg_wal", folder)
        self._configure(directory / "data", self._plan.until)
        (directory / "data" / "recovery.signal").touch()
        cluster.give_to_server(directory / "data", folder)

    def run(self, directory: Path, steps: Steps) -> datetime:
        """Brings the database to the moment, and returns which one that is: of the last transaction that is in it, or when the backup was finished."""
        settings = directory / "data" / "postgresql.auto.conf"
        with steps.step("journal: replayed"):
            try:
                reached = self._reached(directory)
            except ChildFailedError as failure:
                if _NOT_REACHED not in str(failure):
                    raise
                # Nothing was committed between the end of the journal and the moment: all of it is wanted.
                self._configure(directory / "data", None)
                cluster.give_to_server(directory / "data")
                reached = self._reached(directory)
        settings.write_text(settings.read_text().partition("\n# caseload restore\n")[0])
        for path in (directory / "journal").iterdir():
            path.unlink()
        (directory / "journal").rmdir()
        return reached or self._stopped_at

    def restore_files(self, directory: Path, reached: datetime, steps: Steps) -> int:
        """What was stored between the backup and the moment reached. How many files there were."""
        files = 0
        with steps.step("journal: files"):
            for each in self._contents.of_kind("files"):
                if each.moment >= self._begun_at:
                    files += tar_stream.unpack(self._store.read(each.name), directory, until=reached.timestamp(), replaces=True)
        return files

    def secrets(self, reached: datetime, of_backup: Mapping[str, bytes]) -> Iterator[Mapping[str, bytes]]:
        """Keys and settings as they were at the moment, and as they were found next: a key may be in use before it is in the journal.

        What the journal has of before the backup is older than the backup's own: nobody wrote it while the installation stood still.
        """
        every = [each for each in self._contents.of_kind("secrets") if each.moment >= self._begun_at]
        before = [each for each in every if each.moment <= reached][-1:]
        after = [each for each in every if each.moment > reached][:1]
        if not before:
            yield of_backup
        for each in (*before, *after):
            yield loaded(b"".join(self._store.read(each.name)))

    def _keep_longer_copies(self, of_backup: Path, folder: Path) -> None:
        """The backup has the log that it needs itself. Where the journal ends before it does, the backup's is read."""
        for fetched in folder.iterdir():
            own = of_backup / fetched.name
            if own.exists() and len(own.read_bytes().rstrip(b"\0")) > len(fetched.read_bytes().rstrip(b"\0")):
                fetched.unlink()

    def _configure(self, data: Path, until: datetime | None) -> None:
        settings = data / "postgresql.auto.conf"
        kept = settings.read_text().partition("\n# caseload restore\n")[0]
        moment = "" if until is None else f"recovery_target_time = '{until.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'\n"
        settings.write_text(kept.rstrip("\n") + "\n" + _RECOVERY + moment)

    def _reached(self, directory: Path) -> datetime | None:
        server = LocalPostgres(directory, seconds=_SECONDS_TO_REPLAY).start()
        try:
            return _ask(server.dsn)
        finally:
            server.stop()


def _ask(dsn: str) -> datetime | None:
    """When the last transaction of the log was committed; None where it had none between the backup and the moment."""

    async def ask() -> datetime | None:
        connection = await asyncpg.connect(dsn)
        try:
            reached: datetime | None = await connection.fetchval("SELECT pg_last_xact_replay_timestamp()")
            # It is no restored database before it takes a write.
            await connection.execute("SELECT pg_logical_emit_message(true, 'caseload restore', '')")
            if await connection.fetchval("SELECT pg_is_in_recovery()"):
                raise BackupFailed("the restored database takes no writes")
        finally:
            await connection.close()
        return reached

    return asyncio.run(ask())

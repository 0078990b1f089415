"""Puts a cluster of files back as it was at a moment: restored by pgBackRest, recovered, and able to be written to."""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deployment.backups import pgbackrest, rules
from deployment.backups.pgbackrest import CommandFailed

# Recovery replays days of log at worst.
_SECONDS_TO_RECOVER = 6 * 3600
# The server's own, which both compositions give it on its command line.
ARCHIVE_COMMAND = "pgbackrest archive-push %p"
# For the log that is replayed, and for those who go on working on the same disk.
_ROOM_LEFT = 2 * 1024**3
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_LAST = re.compile(r"last completed transaction was at log time (\S+ \S+)")
_ONLY_HERE = "local all all trust\n"


class GapInTheLog(Exception):
    """The log is not whole before the moment asked for, so that what is restored ends before it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`last_transaction` is as PostgreSQL's log says it; empty where the backup had everything. `clamped`: nothing was written as late as was asked."""

    last_transaction: str
    clamped: bool


def restore(cluster: Path, moment: datetime | None, timeline: int | None = None) -> Restored:
    """Restores to a moment, or as far as the log goes; in the life of the database that it had then, or in the `timeline` given.

    A cluster that is there is kept beside, under the name `<cluster>.before-<time>`. It gets its name back where the restore fails: of an empty folder whoever starts the server would make a new, empty database.
    """
    with _one_at_a_time(cluster.parent):
        return _restore_beside(cluster, moment, timeline)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise CommandFailed("another restore is at work") from None
    finally:
        os.close(held)


def _restore_beside(cluster: Path, moment: datetime | None, timeline: int | None) -> Restored:
    before = None
    if cluster.exists() and any(cluster.iterdir()):
        before = cluster.with_name(f"{cluster.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        cluster.rename(before)
    cluster.mkdir(mode=0o700, exist_ok=True)
    try:
        return _restored(cluster, moment, timeline)
    except BaseException:
        if before is not None:
            shutil.rmtree(cluster)
            before.rename(cluster)
        raise


def _restored(cluster: Path, moment: datetime | None, timeline: int | None) -> Restored:
    lives, (backups, _) = pgbackrest.timelines(), pgbackrest.backups()
    number = timeline or rules.timeline_at(lives, moment)
    way = _way(backups, lives, number, moment)
    try:
        return Restored(_recover(cluster, (*way, *_until(moment)), archiving=True), clamped=False)
    except _NotReached:
        later = sorted(each.number for each in lives if each.number > number)
        if later and timeline is None:
            raise CommandFailed(
                f"the log of timeline {number} ends before that moment, and restores have begun others since ({', '.join(map(str, later))}): "
                f"--timeline {number} takes all that it has, and another one what was written there until that moment"
            ) from None
        # Nothing was committed after that moment: the end of the log is the same state, if the log has an end and not a hole.
        missing = rules.missing_after(rules.archive(pgbackrest.archived_files(), _segment_bytes(cluster)), backups, moment)
        if missing:
            raise GapInTheLog(f"missing or empty: {', '.join(missing[:5])}") from None
        _clear(cluster)
        return Restored(_recover(cluster, way, archiving=True), clamped=True)


def _way(backups: Sequence[rules.Backup], lives: Sequence[rules.Timeline], number: int, moment: datetime | None) -> Sequence[str]:
    """In which of several lives, and from which backup: the newest may be of a life that leads elsewhere. With one life there is one way."""
    if not lives:
        return ()
    label = rules.to_begin_with(backups, lives, number, moment)
    return (f"--target-timeline={number}", *((f"--set={label}",) if label else ()))


def prove(scratch: Path) -> float:
    """Restores the newest backup and the log into a folder, reads all of its database, and throws it away. Returns the seconds it took.

    It archives nothing: two lives of a cluster must not write into one archive.
    """
    began = datetime.now(UTC)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700, parents=True)
    backups, _ = pgbackrest.backups()
    needed = max((backup.database_bytes for backup in backups[-1:]), default=0) + _ROOM_LEFT
    if shutil.disk_usage(scratch).free < needed:
        # It may be the disk of the database, which stops when it is full.
        raise CommandFailed(f"the disk has no room to restore a backup for a try: {needed / 2**30:.0f} GiB are needed")
    try:
        lives = pgbackrest.timelines()
        _recover(scratch, _way(backups, lives, rules.timeline_at(lives, None), None), archiving=False, reading=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return (datetime.now(UTC) - began).total_seconds()


class _NotReached(Exception):
    pass


def _until(moment: datetime | None) -> Sequence[str]:
    return (
        () if moment is None else ("--type=time", f"--target={moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00", "--target-action=promote")
    )


def _recover(cluster: Path, until: Sequence[str], *, archiving: bool, reading: bool = False) -> str:
    pgbackrest.pgbackrest("restore", f"--pg1-path={cluster}", "--reset-pg1-host", *until, *(() if archiving else ("--archive-mode=off",)))
    with _started(cluster, archiving=archiving) as environment:
        # Paused or read-only would look like restored.
        pgbackrest.run("psql", "-XAtq", "-c", "SELECT pg_current_xact_id()", environment=environment)
        if reading:
            pgbackrest.run("pg_dump", "--file=/dev/null", os.environ["PGBACKREST_PG1_DATABASE"], environment=environment)
        found = _LAST.findall(_log(cluster).read_text(errors="replace"))
        return found[-1] if found else ""


@contextmanager
def _started(cluster: Path, *, archiving: bool) -> Iterator[dict[str, str]]:
    """The server of these files, which nobody but this process reaches."""
    with tempfile.TemporaryDirectory() as sockets:
        hba = Path(sockets) / "hba"
        hba.write_text(_ONLY_HERE)
        told = {"listen_addresses": "", "unix_socket_directories": sockets, "hba_file": str(hba), "ssl": "off", "hot_standby": "off"}
        # The history of the new timeline has to be archived: the next restore finds the way by it.
        told |= {"archive_mode": "on", "archive_command": ARCHIVE_COMMAND} if archiving else {"archive_mode": "off"}
        options = " ".join(f"-c {name}='{value}'" for name, value in told.items())
        start = ("pg_ctl", "start", "-w", "-s", "-t", str(_SECONDS_TO_RECOVER), "-D", str(cluster), "-l", str(_log(cluster)), "-o", options)
        environment = {"PGHOST": sockets, "PGUSER": "postgres", "PGDATABASE": os.environ["PGBACKREST_PG1_DATABASE"]}
        try:
            # Its output is the server's too, which would be waited for as long as it runs.
            pgbackrest.run("sh", "-c", '"$@" >/dev/null 2>&1', "sh", *start)
            _until_recovered(cluster, environment)
        except CommandFailed:
            said = _log(cluster).read_text(errors="replace")
            if _NOT_REACHED in said:
                raise _NotReached from None
            raise CommandFailed(f"PostgreSQL does not start on what was restored: {' / '.join(said.splitlines()[-5:])}") from None
        try:
            yield environment
        finally:
            pgbackrest.run("pg_ctl", "stop", "-s", "-m", "fast", "-w", "-t", "300", "-D", str(cluster))


def _until_recovered(cluster: Path, environment: dict[str, str]) -> None:
    """pg_ctl takes a server for started while it still recovers. Raises CommandFailed when it ends meanwhile."""
    give_up = time.monotonic() + _SECONDS_TO_RECOVER
    while time.monotonic() < give_up:
        try:
            if pgbackrest.run("psql", "-XAtq", "-c", "SELECT pg_is_in_recovery()", environment=environment).strip() == "f":
                return
        except CommandFailed:
            pgbackrest.run("pg_ctl", "status", "-D", str(cluster))
        time.sleep(0.2)
    raise CommandFailed("recovery takes longer than it may")


def _log(cluster: Path) -> Path:
    return cluster / "recovery.log"


def _segment_bytes(cluster: Path) -> int:
    told = pgbackrest.run("pg_controldata", "-D", str(cluster), environment={"LC_ALL": "C"})
    return int(re.findall(r"Bytes per WAL segment:\s+(\d+)", told)[0])


def _clear(cluster: Path) -> None:
    for path in cluster.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()

"""When a backup is due or late, and whether the archived log is whole."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Between two attempts after one that failed.
RETRY = timedelta(minutes=15)
# A disk that gives back damaged pages does so in the next backup, too; each of them takes room and time.
RETRY_DAMAGED = timedelta(hours=3)
# A restore for a try reads and writes as much as the database has.
RETRY_PROOF = timedelta(days=1)
# `000000010000000000000003-<sha1>.zst`: timeline, log and segment, in hexadecimal.
_SEGMENT = re.compile(r"(?:^|/)([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})-[0-9a-f]{40}(?:\.\w+)?$")
_LOG_BYTES = 1 << 32
# The length of a segment's name; `….partial` and `….00000028.backup` go on after it.
_NAME = 24


@dataclass(frozen=True, slots=True)
class Backup:
    """One that is whole. `first_wal` and `last_wal` are the segments that it cannot be restored without."""

    label: str
    kind: str
    started_at: datetime
    ended_at: datetime
    first_wal: str
    last_wal: str
    database_bytes: int
    repository_bytes: int
    damaged: bool = False
    # Where the log was when it ended, in bytes; None where pgBackRest does not say.
    stop_lsn: int | None = None

    @property
    def timeline(self) -> int:
        return int(self.last_wal[:8] or "1", 16)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One life of the database, which a restore began. `parents` are the lives that it goes on from, each with the place in the log where it left it."""

    number: int
    began_at: datetime
    parents: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Intervals:
    full: timedelta = timedelta(days=7)
    between: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Archive:
    """What is in the repository: segments that are missing between two that are there, files without content, and the newest segment."""

    gaps: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    newest: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """What PostgreSQL says of its archiving. `waiting_seconds` is the age of the oldest segment that is full and not archived."""

    last_archived: str = ""
    failing: bool = False
    failed: int = 0
    waiting: int = 0
    waiting_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """`what` was found and `todo` helps; `code` is what an alert is called."""

    code: str
    what: str
    todo: str


def due(backups: Sequence[Backup], archive: Archive, intervals: Intervals, *, now: datetime, failed_at: datetime | None) -> str | None:
    """The kind of backup that is to be made now: `full`, `diff`, or None."""
    if failed_at is not None and now - failed_at < RETRY:
        return None
    if any(backup.damaged and now - backup.started_at < RETRY_DAMAGED for backup in backups):
        return None
    whole = [backup for backup in backups if not backup.damaged]
    full = max((backup.started_at for backup in whole if backup.kind == "full"), default=None)
    if full is None or now - full >= intervals.full:
        return "full"
    newest = max(whole, key=lambda backup: backup.started_at)
    if any(gap > newest.last_wal for gap in archive.gaps):
        # What was written after a gap can be reached from a later backup alone.
        return "full"
    return "diff" if now - newest.started_at >= intervals.between else None


def parse_moment(text: str) -> datetime:
    """ISO 8601 with an offset: without one, an hour in autumn is there twice and one in spring not at all. Raises SystemExit."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise SystemExit(f"{text} is no moment such as 2026-11-22T14:30:00+01:00")
    return found


def proof_due(
    proved_at: datetime | None, backups: Sequence[Backup], between: timedelta, *, now: datetime, failed_at: datetime | None
) -> bool:
    """Whether the newest backup is to be restored for a try: none was for so long. Not sooner than a failed attempt allows."""
    if not backups or (failed_at is not None and now - failed_at < min(RETRY_PROOF, between)):
        return False
    return proved_at is None or now - proved_at >= between


def archive(files: Mapping[str, int], segment_bytes: int) -> Archive:
    """What the repository's list of files (path and bytes) says. Each timeline has its own sequence."""
    per_log = _LOG_BYTES // segment_bytes
    numbers: dict[str, set[int]] = {}
    empty = []
    for path, size in files.items():
        found = _SEGMENT.search(path)
        if found is None:
            continue
        timeline, log, segment = found.groups()
        numbers.setdefault(timeline, set()).add(int(log, 16) * per_log + int(segment, 16))
        if size == 0:
            empty.append("".join(found.groups()))
    gaps = [
        segment_name(timeline, number, per_log)
        for timeline, there in numbers.items()
        for number in sorted(set(range(min(there), max(there))) - there)
    ]
    newest = max(((timeline, max(there)) for timeline, there in numbers.items()), default=None)
    return Archive(tuple(sorted(gaps)), tuple(sorted(empty)), segment_name(*newest, per_log) if newest else "")


def missing_after(archive: Archive, backups: Sequence[Backup], moment: datetime | None) -> list[str]:
    """The segments that a restore to the moment lacks: those of before the backup that it begins with are no loss."""
    first = max((backup.first_wal for backup in backups if moment is None or backup.ended_at <= moment), default="")
    return [segment for segment in (*archive.gaps, *archive.empty) if segment >= first]


def timeline_at(timelines: Iterable[Timeline], moment: datetime | None) -> int:
    """The life that the database had at the moment: a later one has nothing of what was written after it had been restored to."""
    return max((each.number for each in timelines if moment is None or each.began_at <= moment), default=1)


def to_begin_with(backups: Sequence[Backup], timelines: Iterable[Timeline], number: int, moment: datetime | None) -> str | None:
    """The newest backup from which the log leads to the moment in that life. None: pgBackRest knows."""
    until: dict[int, float] = {each: lsn for timeline in timelines if timeline.number == number for each, lsn in timeline.parents}
    until[number] = float("inf")
    fit = [
        backup
        for backup in backups
        if (moment is None or backup.ended_at <= moment)
        and backup.stop_lsn is not None
        and backup.stop_lsn <= until.get(backup.timeline, -1)
    ]
    return max(fit, key=lambda backup: backup.ended_at).label if fit else None


def parents(history: str) -> tuple[tuple[int, int], ...]:
    """What the file of a timeline's history says (PostgreSQL: timeline, place in the log, reason)."""
    words = [line.split(maxsplit=2) for line in history.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return tuple((int(number), lsn(place)) for number, place, *_ in words)


def lsn(text: str) -> int:
    """The bytes of a place in the log, such as 0/5000160."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def proof_problems(proved_at: datetime | None, backups: Sequence[Backup], between: timedelta, *, now: datetime) -> list[Problem]:
    """A backup that nobody has restored is a hope."""
    since = proved_at or min((backup.ended_at for backup in backups), default=now)
    if now - since <= 2 * between:
        return []
    return [Problem("backup_unproved", f"no backup was restored for a try for {(now - since).days} days", "see the log of `backups`")]


def segment_name(timeline: str, number: int, per_log: int) -> str:
    return f"{timeline}{number // per_log:08X}{number % per_log:08X}"


def problems(
    backups: Sequence[Backup],
    archive: Archive,
    server: Server | None,
    intervals: Intervals,
    *,
    now: datetime,
    late_archive: timedelta,
    failure: str = "",
) -> list[Problem]:
    """Everything that is not as it should be, the gravest first. Empty where all is well."""
    return [*_of_backups(backups, intervals, now, failure), *_of_archive(backups, archive), *_of_server(server, archive, late_archive)]


def _of_backups(backups: Sequence[Backup], intervals: Intervals, now: datetime, failure: str) -> Iterable[Problem]:
    see = "see the log of `backups`, and make one by hand"
    newest = max((backup.ended_at for backup in backups if not backup.damaged), default=None)
    if newest is None:
        yield Problem("backup_none", "there is no backup", see)
    elif now - newest > 2 * intervals.between:
        yield Problem("backup_late", f"the last backup is {(now - newest).total_seconds() / 3600:.1f} hours old", see)
    if failure:
        yield Problem("backup_failed", f"the last attempt failed: {failure}", see)
    damaged = [backup.label for backup in backups if backup.damaged]
    if damaged:
        yield Problem(
            "backup_damaged",
            f"pages of {', '.join(damaged)} do not have their checksum",
            "restore an older one elsewhere and look at the disk",
        )


def _of_archive(backups: Sequence[Backup], archive: Archive) -> Iterable[Problem]:
    if archive.gaps:
        yield Problem(
            "archive_gap",
            f"{len(archive.gaps)} segments of the log are missing, the first is {archive.gaps[0]}",
            "no moment after it can be restored from an earlier backup: a full backup is made by itself, keep it",
        )
    if archive.empty:
        yield Problem(
            "archive_empty_file",
            f"{len(archive.empty)} segments have no content, the first is {archive.empty[0]}",
            "see the store's log, and make a full backup",
        )
    newest = max(backups, key=lambda backup: backup.ended_at, default=None)
    if newest is not None and newest.last_wal > archive.newest:
        yield Problem("archive_incomplete", f"the log of {newest.label} is not in the repository", "make a full backup")


def _of_server(server: Server | None, archive: Archive, late: timedelta) -> Iterable[Problem]:
    if server is None:
        yield Problem(
            "database_away", "PostgreSQL does not say how it archives", "start it; if it runs, see the address in backups-database-url"
        )
        return
    # Asked before the repository was, so that what the server was told is archived has to be there. The history of a timeline is no segment.
    if len(server.last_archived) >= _NAME and server.last_archived[:_NAME] > archive.newest:
        yield Problem(
            "archive_dropped",
            f"PostgreSQL was told that {server.last_archived} is archived, and it is not in the repository",
            "log was lost: make a full backup now",
        )
    if server.failing:
        yield Problem(
            "archive_failing",
            f"the log cannot be archived ({server.failed} attempts have failed)",
            "see PostgreSQL's log; it keeps the log until it can, and its disk fills",
        )
    if server.waiting_seconds > late.total_seconds():
        yield Problem(
            "archive_late",
            f"{server.waiting} segments wait, the oldest for {server.waiting_seconds:.0f} s",
            "see whether the bucket answers, and how fast",
        )

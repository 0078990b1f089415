"""What can be seen of a home without asking any server: quick enough for every start."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from chassis.encryption.root_keys import RootKeysUnreadable, is_kms_keyring, load_keyring
from standalone.backups.journal.state import Journal, JournalStatus
from standalone.backups.status import BackupStatus, ProofStatus
from standalone.doctor.findings import Finding, Verdict, fail, looked_at, ok, warn
from standalone.home import Home
from standalone.settings import StandaloneSettings

_GIB = 1024**3
# It goes to the target every two seconds: so much later something is wrong.
_JOURNAL_LATE_SECONDS = 60.0
# Below the first PostgreSQL may stop at any moment; below the second somebody has to see to it this month.
_NO_ROOM, _LITTLE_ROOM = 1 * _GIB, 5 * _GIB


def at_start(home: Home, settings: StandaloneSettings) -> list[Finding]:
    """What matters when an installation starts, and takes milliseconds."""
    checks = {"files": lambda: _permissions(home), "disk": lambda: disk(home)}
    found = [finding for subject, check in checks.items() for finding in looked_at(subject, check)]
    # The first one is made now, and who has chosen none was told so.
    if settings.backup_target and BackupStatus.read(home) != BackupStatus():
        found += looked_at("backups", lambda: backup_age(home, settings, datetime.now(UTC)))
    return found


def of_home(home: Home, settings: StandaloneSettings) -> list[Finding]:
    checks = {
        "files": lambda: _permissions(home),
        "disk": lambda: disk(home),
        "keyring": lambda: _keyring(home),
        "backups": lambda: backup_age(home, settings, datetime.now(UTC)),
        "restore": lambda: backup_proof(home, settings, datetime.now(UTC)),
    }
    return [finding for subject, check in checks.items() for finding in looked_at(subject, check)]


def _permissions(home: Home) -> Iterator[Finding]:
    """The home is closed to others, and the keys in it are, whoever opens it later."""
    secret = [
        home.keyring,
        home.access_key,
        *home.directory.glob("*-secret"),
        *home.service_keys.glob("*.key"),
        home.postgres / "superuser",
    ]
    found = [path for path in (home.directory, *secret) if path.exists() and path.stat().st_mode & 0o077]
    if found:
        yield fail("files", f"others on this machine may open {len(found)} of the home and its keys", f"chmod -R go= {home.directory}")
    else:
        yield ok("files", "the home and its keys are their owner's alone")


def disk(home: Home) -> Iterator[Finding]:
    free = shutil.disk_usage(home.directory).free
    told = f"{free / _GIB:.1f} GiB are free"
    if free < _NO_ROOM:
        yield fail("disk", told, "make room now: PostgreSQL stops when there is none")
    elif free < _LITTLE_ROOM:
        yield warn("disk", told, "make room, or move the home to a larger disk")
    else:
        yield ok("disk", told)


def _keyring(home: Home) -> Iterator[Finding]:
    try:
        keyring = load_keyring(home.keyring, "")
    except RootKeysUnreadable as error:
        yield fail("keyring", str(error), "nothing starts without it; put back a copy, or see to the KMS and its permissions")
        return
    if home.keyring.with_name("keyring.json.before").exists():
        yield warn(
            "keyring",
            "the one from before a change is still there",
            "delete keyring.json.before when `caseload keys rewrap` has nothing to do",
        )
    where = ", and the KMS decrypts them" if is_kms_keyring(home.keyring) else ""
    yield ok("keyring", f"root key {keyring.active} wraps, of {len(keyring.names)}{where}")


def _journal_age(home: Home, settings: StandaloneSettings, now: datetime) -> Iterator[Finding]:
    """While it runs, everything that is older than some seconds is in the target."""
    journal = Journal.read(home)
    if not settings.writes_journal or journal is None:
        return
    status = JournalStatus.read(home)
    backup = BackupStatus.read(home)
    if status.failed_at is not None:
        todo = f"see {os.path.relpath(home.backups / 'journal.log')}; what is done now could be lost"
        yield fail("journal", f"is not written: {status.failure}", todo)
    elif backup.made_at is not None and journal.begun_at > backup.made_at:
        yield warn(
            "journal", "began after the last backup: its log had a gap, or its target is new", "the next backup, which is due, closes it"
        )
    elif status.reached_at is None or (home.running.exists() and (now - status.reached_at).total_seconds() > _JOURNAL_LATE_SECONDS):
        reached = "nothing" if status.reached_at is None else f"only what was committed until {status.reached_at:%Y-%m-%d %H:%M:%S} UTC"
        yield fail("journal", f"{reached} is in the target", f"see {os.path.relpath(home.backups / 'journal.log')}")
    else:
        yield ok("journal", f"everything until {status.reached_at:%Y-%m-%d %H:%M:%S} UTC is in the target")


def backup_proof(home: Home, settings: StandaloneSettings, now: datetime) -> Iterator[Finding]:
    """The newest backup is restored every week, and thrown away again."""
    status, todo = ProofStatus.read(home), f"see {os.path.relpath(home.backups / 'backups.log')}, and try `caseload backup verify`"
    if status.failed_at is not None:
        yield fail("restore", f"the last backup that was tried cannot be restored: {status.failure}", todo)
    elif status.proved_at is not None and now - status.proved_at > 2 * timedelta(days=settings.backup_proof_days):
        yield warn("restore", f"no backup was restored to prove it since {status.proved_at:%Y-%m-%d}", todo)
    elif status.proved_at is not None:
        yield ok("restore", f"{status.name} was restored to prove it, {status.proved_at:%Y-%m-%d %H:%M} UTC")


def wrong_with_backups(home: Home, settings: StandaloneSettings, now: datetime) -> dict[str, str]:
    """What the operator has to know of today, by subject."""
    found = looked_at("backups", lambda: backup_age(home, settings, now)) + looked_at("restore", lambda: backup_proof(home, settings, now))
    return {each.subject: f"{each.what}: {each.todo}" for each in found if each.verdict is Verdict.FAIL or "failed" in each.what}


def backup_age(home: Home, settings: StandaloneSettings, now: datetime) -> Iterator[Finding]:
    """A backup is late when two should have been made since the last one."""
    status, late_after = BackupStatus.read(home), 2 * timedelta(hours=settings.backup_hours)
    if status.made_at is None and not settings.backup_target:
        yield warn("backups", "there is none", "caseload backup TARGET, or set CASELOAD_BACKUP_TARGET (docs/operations/backup.md)")
        return
    why = f"; the last attempt failed: {status.failure}" if status.failed_at else ""
    todo = f"see {os.path.relpath(home.backups / 'backups.log')}, and run `caseload backup` to see why none is made"
    yield from _journal_age(home, settings, now)
    if status.made_at is None:
        yield fail("backups", f"none was ever made{why}", todo)
        return
    age = now - status.made_at
    told = f"the last one is {age.total_seconds() / 3600:.1f} hours old{why}"
    if age > late_after:
        yield fail("backups", told, todo)
    elif status.failed_at:
        yield warn("backups", told, todo)
    else:
        yield ok("backups", told)

"""Backups while `caseload run` runs: processes of their own make each and write the journal, so nobody who works waits for them."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from standalone.backups.background import BackgroundWork
from standalone.backups.journal.state import Journal, place_of
from standalone.backups.status import BackupStatus, ProofStatus
from standalone.home import Home
from standalone.settings import StandaloneSettings

log = logging.getLogger(__name__)
# A machine may sleep, and its clock be set: how long it is until then is asked again so often.
_LONGEST_SLEEP = 60.0
_AFTER_A_FAILURE = timedelta(minutes=15)
_PROVED_AGAIN_AFTER = timedelta(days=1)
_SECONDS_TO_STOP = 20.0
_JOURNAL_BEGINS_AGAIN_AFTER = 10.0


class BackupSchedule(BackgroundWork):
    """Makes a backup when the last one is so old, and deletes those that are not kept any longer."""

    def __init__(self, home: Home, settings: StandaloneSettings) -> None:
        self._home = home
        self._every = timedelta(hours=settings.backup_hours)
        self._has_journal = settings.backup_journal
        self._place = place_of(settings.backup_target, settings.backup_keys_target)
        self._proved_every = timedelta(days=settings.backup_proof_days)

    def due_at(self, now: datetime) -> datetime:
        """When the next one is made. One from the future counts for nothing: the clock was set."""
        status = BackupStatus.read(self._home)
        due = now if status.made_at is None or status.made_at > now else status.made_at + self._every
        if status.place not in {"", self._place}:
            # By hand, to another place: this one has no newer one because of it.
            due = now
        journal = Journal.read(self._home) if self._has_journal else None
        if journal is not None and status.made_at is not None and status.made_at < journal.begun_at <= now:
            # Nothing before it leads to what is written now: the log had a gap, or goes to another place.
            due = now
        if status.failed_at is not None and status.failed_at <= now:
            due = max(due, status.failed_at + min(_AFTER_A_FAILURE, self._every))
        return due

    def is_proof_due(self, now: datetime) -> bool:
        """Whether the newest backup is to be restored, to prove that it can be: once a week, and a day after it could not be."""
        status = ProofStatus.read(self._home)
        if BackupStatus.read(self._home).made_at is None:
            return False
        if status.failed_at is not None and timedelta() <= now - status.failed_at < min(_PROVED_AGAIN_AFTER, self._proved_every):
            return False
        return status.proved_at is None or status.failed_at is not None or not timedelta() <= now - status.proved_at < self._proved_every

    async def _run(self) -> None:
        while True:
            try:
                now = datetime.now(UTC)
                if (due := self.due_at(now)) > now and self.is_proof_due(now):
                    await self._prove()
                elif due > now:
                    await asyncio.sleep(min(_LONGEST_SLEEP, (due - now).total_seconds()))
                else:
                    await self._make()
            except OSError as error:
                # A full disk, on which no status is written either: backups go on when there is room again.
                log.warning("the backup failed and is made again later", extra={"reason": error.strerror})
                await asyncio.sleep(min(_AFTER_A_FAILURE, self._every).total_seconds())

    async def _prove(self) -> None:
        began = datetime.now(UTC)
        code = await run_command(self._home, self._home.backups / "backups.log", "verify")
        status = ProofStatus.read(self._home)
        if code != 0 and (status.failed_at is None or status.failed_at < began):
            # It was killed, and could not say so itself.
            replace(status, failed_at=datetime.now(UTC), failure=f"the process ended with {code}").write(self._home)

    async def _make(self) -> None:
        log_file = self._home.backups / "backups.log"
        code = await run_command(self._home, log_file, "--expire")
        if code != 0:
            status = BackupStatus.read(self._home)
            if status.failed_at is None or datetime.now(UTC) - status.failed_at > timedelta(seconds=60):
                # It was killed, and could not say so itself.
                status = replace(status, failed_at=datetime.now(UTC), failure=f"the process ended with {code}")
                status.write(self._home)
            log.warning("the backup failed and is made again later", extra={"reason": status.failure, "log": str(log_file)})


class JournalKeeper(BackgroundWork):
    """Keeps the process that writes the journal running. It stops after all services, so that what they do last is in the journal."""

    def __init__(self, home: Home) -> None:
        self._home = home

    async def _run(self) -> None:
        while True:
            try:
                await run_command(self._home, self._home.backups / "journal.log", "journal")
            except OSError as error:
                log.warning("the journal is not written", extra={"reason": error.strerror})
            # It goes on by itself after everything that it knows: it was killed, or cannot begin.
            await asyncio.sleep(_JOURNAL_BEGINS_AGAIN_AFTER)


async def run_command(home: Home, log_file: Path, *words: str) -> int:
    """`caseload backup` with these words, as a process that ends with this one. Its exit code; when cancelled it is ended."""
    home.backups.mkdir(exist_ok=True, mode=0o700)
    environment = {**os.environ, "CASELOAD_HOME": str(home.directory)}
    with os.fdopen(os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        command = (sys.executable, "-m", "standalone", "backup", *words, "--with-parent", str(os.getpid()))
        child = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True
        )
    try:
        return await child.wait()
    except asyncio.CancelledError:
        await _end(child)
        raise


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.terminate()
        try:
            async with asyncio.timeout(_SECONDS_TO_STOP):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

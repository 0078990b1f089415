"""Backups while `caseload run` runs: a process of its own makes each, so nobody who works waits for it."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from standalone.backups.status import BackupStatus
from standalone.home import Home
from standalone.settings import StandaloneSettings

log = logging.getLogger(__name__)
# A machine may sleep, and its clock be set: how long it is until then is asked again so often.
_LONGEST_SLEEP = 60.0
_AFTER_A_FAILURE = timedelta(minutes=15)
_SECONDS_TO_STOP = 20.0


class BackupSchedule:
    """Makes a backup when the last one is so old, and deletes those that are not kept any longer."""

    def __init__(self, home: Home, settings: StandaloneSettings) -> None:
        self._home = home
        self._every = timedelta(hours=settings.backup_hours)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def due_at(self, now: datetime) -> datetime:
        """When the next one is made. One from the future counts for nothing: the clock was set."""
        status = BackupStatus.read(self._home)
        due = now if status.made_at is None or status.made_at > now else status.made_at + self._every
        if status.failed_at is not None and status.failed_at <= now:
            due = max(due, status.failed_at + min(_AFTER_A_FAILURE, self._every))
        return due

    async def _run(self) -> None:
        while True:
            try:
                now = datetime.now(UTC)
                if (due := self.due_at(now)) > now:
                    await asyncio.sleep(min(_LONGEST_SLEEP, (due - now).total_seconds()))
                else:
                    await self._make()
            except OSError as error:
                # A full disk, on which no status is written either: backups go on when there is room again.
                log.warning("the backup failed and is made again later", extra={"reason": error.strerror})
                await asyncio.sleep(min(_AFTER_A_FAILURE, self._every).total_seconds())

    async def _make(self) -> None:
        self._home.backups.mkdir(exist_ok=True, mode=0o700)
        log_file = self._home.backups / "backups.log"
        environment = {**os.environ, "CASELOAD_HOME": str(self._home.directory)}
        with os.fdopen(os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
            command = (sys.executable, "-m", "standalone", "backup", "--expire", "--with-parent", str(os.getpid()))
            child = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True
            )
        try:
            code = await child.wait()
        except asyncio.CancelledError:
            await _end(child)
            raise
        if code != 0:
            status = BackupStatus.read(self._home)
            if status.failed_at is None or datetime.now(UTC) - status.failed_at > timedelta(seconds=60):
                # It was killed, and could not say so itself.
                status = BackupStatus(status.name, status.made_at, datetime.now(UTC), f"the process ended with {code}")
                status.write(self._home)
            log.warning("the backup failed and is made again later", extra={"reason": status.failure, "log": str(log_file)})


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.terminate()
        try:
            async with asyncio.timeout(_SECONDS_TO_STOP):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

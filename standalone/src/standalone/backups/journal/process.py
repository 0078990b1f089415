"""The process that writes the journal while the installation runs: `caseload backup journal`, which `caseload run` starts."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import asyncpg

from chassis.local.postgres import LocalPostgres
from standalone.backups import catalogue
from standalone.backups.errors import BackupFailed
from standalone.backups.journal import state
from standalone.backups.journal.pruning import prune
from standalone.backups.journal.state import Journal, JournalStatus
from standalone.backups.journal.store import JournalStore
from standalone.backups.journal.writing import JournalWriter
from standalone.backups.target_mark import check_is_there, check_mark
from standalone.backups.targets import Target
from standalone.home import Home

log = logging.getLogger(__name__)
_SECONDS_TO_TRY_AGAIN = 5.0
_SECONDS_TO_PRUNE = 3600.0
_FAILURES = (BackupFailed, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


class JournalProcess:
    """`passphrase` is asked for again whenever the writing begins anew: it may have been changed."""

    def __init__(self, home: Home, target: Target, place: str, passphrase: Callable[[], str], *, seconds: float, days: float) -> None:
        self._home = home
        self._target = target
        self._place = place
        self._passphrase = passphrase
        self._seconds = seconds
        self._days = days
        self._stopping = asyncio.Event()
        self._prune_at = 0.0

    async def run(self) -> None:
        """Until SIGTERM, which is answered when what was committed until then is in the target. Goes on after every failure."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        while not self._stopping.is_set():
            try:
                await self._write()
            except _FAILURES as failure:
                told = str(failure) or type(failure).__name__
                log.warning("the journal is not written: %s", told)
                with suppress(OSError):
                    replace(JournalStatus.read(self._home), failed_at=datetime.now(UTC), failure=told).write(self._home)
                await self._pause(_SECONDS_TO_TRY_AGAIN)

    async def _write(self) -> None:
        dsn = LocalPostgres(self._home.postgres).dsn
        connection = await asyncpg.connect(dsn, timeout=10, command_timeout=30)
        writer = None
        try:
            passphrase = self._passphrase()
            is_open = partial(JournalStore.is_open_to, self._target, passphrase=passphrase)
            journal = await state.current(self._home, connection, self._place, is_open)
            writer = JournalWriter(self._home, dsn, self._target, journal)
            check_mark(self._home, self._target, self._place)
            writer.begin(passphrase)
            # A backup under another passphrase begins another journal.
            while Journal.read(self._home) == journal:
                is_last = self._stopping.is_set()
                check_is_there(self._target)
                JournalStatus(await writer.write(connection)).write(self._home)
                if is_last:
                    return
                self._prune(journal.name)
                await self._pause(self._seconds)
        finally:
            if writer is not None:
                writer.stop()
            await connection.close(timeout=5)

    def _prune(self, journal: str) -> None:
        if time.monotonic() >= self._prune_at:
            self._prune_at = time.monotonic() + _SECONDS_TO_PRUNE
            prune(self._target, catalogue.installation_of(self._home), journal, self._days, datetime.now(UTC))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

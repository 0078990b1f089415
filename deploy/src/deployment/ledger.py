"""`ledger`: writes who was erased, and the legal holds, to a bucket of its own within a second or two; `restored` erases them again.

It is the ledger of `caseload backup journal`, written by the same code. Here its role of the database may call four functions and read no table,
and its account of the store may add to the bucket and take nothing away.
"""

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from prometheus_client import Counter, Gauge
from pydantic import PositiveFloat, SecretStr

from chassis.observability.logs import configure_logs
from chassis.observability.redaction import cause
from chassis.service.health import HealthServer
from chassis.settings import Settings
from deployment.ledger_role import SEES_ALL, THROUGH_FUNCTIONS
from standalone.backups.append_only import AppendOnlyBucket
from standalone.backups.errors import BackupFailed
from standalone.backups.ledger import Ledger, Writer

_log = logging.getLogger(__name__)
_SECONDS_TO_TRY_AGAIN = 5.0
# Whoever was erased longer ago than this, and is not in the bucket, would be back.
_LATE = timedelta(minutes=1)
_FAILURES = (BackupFailed, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
_LOOKED_AT = Gauge("caseload_ledger_looked_at_seconds", "Until when everybody who was erased is in the ledger, since 1970.")
_WRITTEN = Counter("caseload_ledger_entries_total", "Erasures and legal holds that were written to the ledger.")


class LedgerSettings(Settings):
    # s3://bucket?region=…&endpoint=…, which keeps versions.
    ledger_url: str
    # Seals the ledger and proves it: whoever may write to the bucket cannot have anybody erased.
    ledger_key: SecretStr
    # From one look to the next; nothing is read where nothing was committed.
    ledger_seconds: PositiveFloat = 1.0

    @property
    def ledger(self) -> Ledger:
        return Ledger.under(AppendOnlyBucket.named(self.ledger_url), self.ledger_key.get_secret_value().encode())


def main(arguments: Sequence[str]) -> None:
    if arguments:
        raise SystemExit("ledger takes no arguments")
    settings = LedgerSettings()
    if len(settings.ledger_key.get_secret_value()) < 24:
        raise SystemExit("CASELOAD_LEDGER_KEY is not set, or could be guessed")
    configure_logs("ledger", settings.log_level)
    asyncio.run(LedgerProcess(settings).run())


class LedgerProcess:
    """Writes until SIGTERM, and goes on after every failure."""

    def __init__(self, settings: LedgerSettings) -> None:
        self._settings = settings
        self._stopping = asyncio.Event()
        self._looked_at: datetime | None = None
        # Read once: a ledger of years has many objects, and whoever could not be connected to for a moment has changed none.
        self._known: set[tuple[str, str, str]] | None = None

    async def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        health = HealthServer(self._is_ready)
        if self._settings.http_listen:
            await health.start(self._settings.http_listen)
        while not self._stopping.is_set():
            try:
                await self._write()
            except _FAILURES as failure:
                _log.warning(
                    "the ledger is not written", extra={"cause": str(failure) if isinstance(failure, BackupFailed) else cause(failure)}
                )
                await self._pause(_SECONDS_TO_TRY_AGAIN)
        await health.close()

    async def _write(self) -> None:
        connection: Any = await asyncpg.connect(self._settings.database_url.get_secret_value(), timeout=10, command_timeout=30)
        try:
            if not await connection.fetchval(SEES_ALL):
                raise BackupFailed("the functions of the ledger see nothing: `provision` has to be run by a superuser of the database")
            ledger = self._settings.ledger
            if self._known is None:
                self._known = await asyncio.to_thread(known, ledger)
            writer = Writer(ledger, THROUGH_FUNCTIONS, self._known)
            while True:
                # What was erased before the signal to stop is written.
                is_last = self._stopping.is_set()
                now = datetime.now(UTC)
                _WRITTEN.inc(await writer.write(connection))
                self._looked_at = now
                _LOOKED_AT.set(now.timestamp())
                if is_last:
                    return
                await self._pause(self._settings.ledger_seconds)
        finally:
            await connection.close(timeout=5)

    async def _is_ready(self) -> bool:
        return self._looked_at is not None and datetime.now(UTC) - self._looked_at < _LATE

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def known(ledger: Ledger) -> set[tuple[str, str, str]]:
    """What is written. What cannot be opened is not: whom it named is written again, as far as the database knows of them."""
    passed_over: list[str] = []
    entries = ledger.entries(passed_over=passed_over)
    for name in passed_over:
        _log.error("an object of the ledger cannot be opened, and a restore will ask about it", extra={"object": name})
    for name in ledger.under_other_keys():
        _log.error("the bucket has a ledger of another key, and a restore will ask for that", extra={"object": name})
    return {entry.key for entry in entries}

"""Which journal an installation writes, and how far it is: two files in the home that no backup has, so that a restored installation begins its own."""

import base64
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg

from chassis import private_files
from standalone.backups import catalogue
from standalone.backups.journal.naming_rules import journal_name
from standalone.backups.sealed_stream import KEY_BYTES
from standalone.home import Home

SLOT = "caseload_journal"
# PostgreSQL gives up the log that a slot keeps when it is more than `max_slot_wal_keep_size`; what is missing then is a gap.
_SLOT_STATE = "SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1"


@dataclass(frozen=True, slots=True)
class Journal:
    """The one that is being written. `place` tells its target from another one; a backup that began later than `begun_at` can go on with it."""

    name: str
    place: str
    begun_at: datetime
    key: bytes = field(repr=False)

    @classmethod
    def read(cls, home: Home) -> "Journal | None":
        try:
            found = json.loads(_path(home).read_text())
            return cls(found["name"], found["place"], datetime.fromisoformat(found["begun_at"]), base64.b64decode(found["key"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def write(self, home: Home) -> None:
        told = {"name": self.name, "place": self.place, "begun_at": self.begun_at.isoformat(), "key": base64.b64encode(self.key).decode()}
        private_files.write(_path(home), json.dumps(told, indent=2).encode())


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """Everything that was committed until `reached_at` is in the target. `failure` is of a later attempt to write there."""

    reached_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""

    @classmethod
    def read(cls, home: Home) -> "JournalStatus":
        try:
            found = json.loads(_status_path(home).read_text())
            reached, failed = (found[name] and datetime.fromisoformat(found[name]) for name in ("reached_at", "failed_at"))
            return cls(reached, failed, found["failure"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, home: Home) -> None:
        told = {
            "reached_at": self.reached_at and self.reached_at.isoformat(),
            "failed_at": self.failed_at and self.failed_at.isoformat(),
            "failure": self.failure,
        }
        path = _status_path(home)
        # Every two seconds: it need not survive the machine, only be whole for whoever reads it.
        part = path.with_suffix(".new")
        part.touch(mode=0o600)
        part.write_text(json.dumps(told))
        part.replace(path)


def place_of(address: str, keys: str) -> str:
    """What tells one target from another, without a password that may be in an address."""
    return sha256(f"{address}\n{keys}".encode()).hexdigest()


async def current(home: Home, connection: Any, place: str, is_open: Callable[[str], bool] = lambda _name: True) -> Journal:
    """The journal to write, with the slot that keeps the log for it. A new one is begun where the log has a gap, and for another place.

    So it is where `is_open` says of its name that its key is under another passphrase than the backups that are made from now on: one
    passphrase has to open a backup and all that goes on after it.
    """
    home.backups.mkdir(exist_ok=True, mode=0o700)
    with _one_at_a_time(home):
        journal = Journal.read(home)
        kept = await connection.fetchval(_SLOT_STATE, SLOT)
        if journal is not None and journal.place == place and kept in {"reserved", "extended", "unreserved"} and is_open(journal.name):
            return journal
        if kept is not None:
            await _drop_slot(connection)
        await connection.execute("SELECT pg_create_physical_replication_slot($1, true)", SLOT)
        now = datetime.now(UTC)
        name = journal_name(catalogue.installation_of(home), now, os.urandom(4).hex())
        journal = Journal(name, place, now, os.urandom(KEY_BYTES))
        for left in spool_of(home).iterdir():
            left.unlink()
        JournalStatus().write(home)
        journal.write(home)
        return journal


async def end(home: Home, dsn: str) -> None:
    """Lets go of the log that is kept for a journal which nobody writes any more."""
    if Journal.read(home) is None:
        return
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval(_SLOT_STATE, SLOT) is not None:
            await _drop_slot(connection)
    finally:
        await connection.close()
    _path(home).unlink(missing_ok=True)


async def _drop_slot(connection: Any) -> None:
    await connection.execute(
        "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = $1 AND active", SLOT
    )
    await connection.execute("SELECT pg_drop_replication_slot($1)", SLOT)


def spool_of(home: Home) -> Path:
    """Where the log lies until it is in the target."""
    spool = home.backups / "log"
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    return spool


@contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    with (home.backups / "journal.lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _path(home: Home) -> Path:
    return home.backups / "journal.json"


def _status_path(home: Home) -> Path:
    return home.backups / "journal-status.json"

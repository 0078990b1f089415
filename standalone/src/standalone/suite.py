"""`caseload suite`: every service and the gateway as a process of its own, with a private RabbitMQ and PostgreSQL."""

import itertools
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from chassis.events.hints import LISTENERS
from chassis.events.rabbitmq_accounts import definitions
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import ChildFailedError, InUseError, free_port, socket_directory
from chassis.local.rabbitmq import LocalRabbit
from chassis.observability.logs import configure_logs
from chassis.service.cli import TASKS, work
from chassis.service.definition import Service
from standalone.gateway import serve_gateway
from standalone.home import Home
from standalone.mail import Mailbox, serve_mail
from standalone.patients import door_settings
from standalone.preparation import greeting, prepare
from standalone.services import IDENTITY, NAMES, SERVICES
from standalone.settings import StandaloneSettings
from standalone.supervisor import ChildProcess, Supervisor

DEFAULT_HOME = Path(".suite")
SECONDS_TO_START = 60.0


def run_suite(settings: StandaloneSettings) -> None:
    """Start everything, print the address, restart what dies, and stop everything in order at SIGTERM or Ctrl-C."""
    settings.check_mail()
    settings.check_patients()
    home = Home(settings.home or DEFAULT_HOME)
    with ExitStack() as stack:
        stack.enter_context(home.lock())
        stack.callback(home.write_status, None)
        home.create_missing()
        Suite(home, settings, stack).run()


class Suite:
    """The processes of one installation, and the addresses at which they reach each other."""

    def __init__(self, home: Home, settings: StandaloneSettings, stack: ExitStack) -> None:
        self._home = home
        self._settings = settings
        # Bound here and inherited: requests that arrive while the gateway restarts wait instead of being refused.
        self._listening = stack.enter_context(socket.create_server((settings.host, settings.port), backlog=1024))
        self._logs = home.directory / "logs"
        self._logs.mkdir(exist_ok=True, mode=0o700)
        self._sockets = socket_directory(home.directory / "suite")
        self._sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        say("Starting PostgreSQL and RabbitMQ.")
        self._rabbit = LocalRabbit(home.rabbit, definitions({name: home.password(f"{name}_broker") for name in (*NAMES, *LISTENERS)}))
        stack.callback(self._rabbit.stop)
        self._rabbit.start()
        self._postgres: LocalPostgres | None = None
        if settings.database_url is None:
            self._postgres = LocalPostgres(home.postgres)
            stack.callback(self._postgres.stop)
            self._postgres.start()
        self._health = {name: free_port() for name in (*NAMES, "gateway")}
        self._mail_port = free_port()
        self._cores = self._next_core()
        self._supervisor = Supervisor(self._processes(), report=say, restarted=self._write_status)
        stack.callback(self._supervisor.stop)

    def run(self) -> None:
        say("Preparing the schemas.")
        # In a process of its own, because the others must not inherit its event loop and threads.
        preparing = ChildProcess("preparation", self._prepare, self._logs / "preparation.log")
        preparing.start()
        if os.waitstatus_to_exitcode(os.waitpid(preparing.pid, 0)[1]) != 0:
            raise SystemExit(f"the schemas could not be prepared; see {preparing.log}")
        say(f"Starting {len(self._supervisor.processes)} processes; their logs are in {self._logs}.")
        self._supervisor.start()
        fail_at = time.monotonic() + SECONDS_TO_START
        ready = False
        while not self._supervisor.stopping:
            self._supervisor.wait(1.0 if ready else 0.1)
            self._restart_servers()
            if not ready and all(self._is_ready(url) for url in self._health_urls()):
                ready = True
                self._write_status()
                say(greeting(self._settings))
            if not ready and time.monotonic() > fail_at:
                not_ready = [url for url in self._health_urls() if not self._is_ready(url)]
                raise SystemExit(f"not ready after {SECONDS_TO_START:.0f} s: {', '.join(not_ready)}; see {self._logs}")
        say("Stopping.")

    def _processes(self) -> Iterator[ChildProcess]:
        mail = ("mail",) if self._settings.smtp_url is None else ()
        yield self._process("gateway", self._serve_gateway, NAMES)
        for service in SERVICES:
            # Every service asks identity which access tokens are void.
            needs = mail if service is IDENTITY else (*mail, IDENTITY.name)
            yield self._process(service.name, partial(self._serve, service), needs)
        if mail:
            yield self._process("mail", partial(serve_mail, Mailbox(self._home.mail), self._mail_port))

    def _process(self, name: str, task: Callable[[], None], needs: tuple[str, ...] = ()) -> ChildProcess:
        return ChildProcess(name, task, self._logs / f"{name}.log", needs, core=next(self._cores))

    def _next_core(self) -> Iterator[int | None]:
        if self._settings.pin and hasattr(os, "sched_getaffinity"):
            return itertools.cycle(sorted(os.sched_getaffinity(0)))
        return itertools.repeat(None)

    @property
    def _admin_dsn(self) -> str:
        if self._postgres is not None:
            return self._postgres.dsn
        assert self._settings.database_url is not None
        return self._settings.database_url.get_secret_value()

    def _addresses(self) -> dict[str, Any]:
        smtp = self._settings.smtp_url
        return {
            "peers": {name: f"unix:{self._sockets}/{name}.sock" for name in NAMES},
            "public_url": self._settings.address,
            "smtp_url": f"smtp://127.0.0.1:{self._mail_port}" if smtp is None else smtp.get_secret_value(),
        }

    # --- the tasks of the child processes ---

    def _prepare(self) -> None:
        configure_logs("preparation")
        uvloop.run(prepare(self._home, self._admin_dsn, self._settings))

    def _serve(self, service: Service) -> None:
        settings = self._home.settings(
            service,
            self._admin_dsn,
            **self._addresses(),
            broker_url=self._rabbit.url(service.name, self._home.password(f"{service.name}_broker")),
            listen=f"unix:{self._sockets}/{service.name}.sock",
            http_listen=f"127.0.0.1:{self._health[service.name]}",
        )
        configure_logs(service.name, settings.log_level)
        uvloop.run(work(service, settings, TASKS["all"]))

    def _serve_gateway(self) -> None:
        mailbox = Mailbox(self._home.mail) if self._settings.smtp_url is None else None
        own = {"health_listen": f"127.0.0.1:{self._health['gateway']}", **door_settings(self._home, self._settings)}
        own["broker_url"] = self._rabbit.url("gateway", self._home.password("gateway_broker"))
        serve_gateway(self._home, self._listening, mailbox, **own, **self._addresses())

    # --- readiness and restarts ---

    def _health_urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}/health/ready" for port in self._health.values()]

    def _is_ready(self, url: str) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - our own address
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _restart_servers(self) -> None:
        for name, server in (("PostgreSQL", self._postgres), ("RabbitMQ", self._rabbit)):
            if server is not None and not server.alive and not self._supervisor.stopping:
                say(f"{name} died and starts again.")
                server.stop()
                try:
                    server.start()
                except (ChildFailedError, InUseError, OSError):
                    # Tried again at the next check, because the cause may pass. Until then, services refuse calls as Unavailable.
                    say(f"{name} did not start and is tried again; see {server.log}")
                self._write_status()

    def _write_status(self) -> None:
        servers = {"postgres": self._postgres, "rabbitmq": self._rabbit}
        self._home.write_status(
            {
                "composition": "suite",
                "pid": os.getpid(),
                "gateway_url": self._settings.address,
                "broker_url": self._rabbit.amqp_url,
                "processes": {process.name: process.pid for process in self._supervisor.processes}
                | {name: server.pid for name, server in servers.items() if server is not None},
                "health": {name: f"http://127.0.0.1:{port}" for name, port in self._health.items()},
            }
        )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

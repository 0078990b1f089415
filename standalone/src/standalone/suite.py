"""`make suite`: every service and the gateway its own process on this machine, between them a real RabbitMQ and a real PostgreSQL."""

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

from chassis.local.postgres import LocalPostgres
from chassis.local.processes import ChildFailedError, free_port, socket_directory
from chassis.local.rabbitmq import LocalRabbit
from chassis.observability.logs import configure_logs
from chassis.service.cli import PARTS, work
from chassis.service.definition import Service
from standalone.door import serve_door
from standalone.family import Family, Member
from standalone.home import Home
from standalone.mail import Mailbox, catch
from standalone.preparation import greeting, prepare
from standalone.services import NAMES, SERVICES
from standalone.settings import StandaloneSettings

DEFAULT_HOME = Path(".suite")
SECONDS_TO_START = 60.0


def run_suite(settings: StandaloneSettings) -> None:
    """Starts everything, says so, watches over it until told to stop, and stops it in order."""
    settings.check_mail()
    home = Home(settings.home or DEFAULT_HOME)
    with ExitStack() as stack:
        stack.enter_context(home.claim())
        stack.callback(home.tell, None)
        home.furnish()
        Suite(home, settings, stack).run()


class Suite:
    """The processes of one home and the addresses they find each other at."""

    def __init__(self, home: Home, settings: StandaloneSettings, stack: ExitStack) -> None:
        self._home = home
        self._settings = settings
        # Bound here and inherited, so that people who come while the gateway starts again wait instead of being refused.
        self._door = stack.enter_context(socket.create_server((settings.host, settings.port), backlog=1024))
        self._logs = home.directory / "logs"
        self._logs.mkdir(exist_ok=True, mode=0o700)
        self._sockets = socket_directory(home.directory / "suite")
        self._sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        say("Starting PostgreSQL and RabbitMQ.")
        self._rabbit = LocalRabbit(home.rabbit)
        stack.callback(self._rabbit.stop)
        self._rabbit.start()
        self._postgres: LocalPostgres | None = None
        if settings.database_url is None:
            self._postgres = LocalPostgres(home.postgres)
            stack.callback(self._postgres.stop)
            self._postgres.start()
        self._health = {name: free_port() for name in NAMES}
        self._mail_port = free_port()
        self._cores = self._next_core()
        self._family = Family(self._members(), say=say, changed=self._tell)
        stack.callback(self._family.stop)

    def run(self) -> None:
        say("Preparing the schemas.")
        # In a process of its own: event loops and threads must not be inherited by the others.
        preparing = Member("preparation", self._prepare, self._logs / "preparation.log")
        preparing.start()
        if os.waitstatus_to_exitcode(os.waitpid(preparing.pid, 0)[1]) != 0:
            raise SystemExit(f"the schemas could not be prepared; see {preparing.log}")
        say(f"Starting {len(self._family.members)} processes; their logs are in {self._logs}.")
        self._family.start()
        give_up = time.monotonic() + SECONDS_TO_START
        ready = False
        while not self._family.stopping:
            self._family.watch(1.0 if ready else 0.1)
            self._revive_servers()
            if not ready and all(self._answers(url) for url in self._questions()):
                ready = True
                self._tell()
                say(greeting(self._settings))
            if not ready and time.monotonic() > give_up:
                silent = [url for url in self._questions() if not self._answers(url)]
                raise SystemExit(f"not ready after {SECONDS_TO_START:.0f} s: {', '.join(silent)}; see {self._logs}")
        say("Stopping.")

    def _members(self) -> Iterator[Member]:
        """In the order they are stopped: the door first, what others need last."""
        yield self._member("gateway", self._serve_gateway)
        for service in SERVICES:
            yield self._member(service.name, partial(self._serve, service))
        if self._settings.smtp_url is None:
            yield self._member("mail", partial(catch, Mailbox(self._home.mail), self._mail_port))

    def _member(self, name: str, task: Callable[[], None]) -> Member:
        return Member(name, task, self._logs / f"{name}.log", core=next(self._cores))

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

    def _composition(self) -> dict[str, Any]:
        smtp = self._settings.smtp_url
        return {
            "broker_url": self._rabbit.amqp_url,
            "peers": {name: f"unix:{self._sockets}/{name}.sock" for name in NAMES},
            "public_url": self._settings.address,
            "smtp_url": f"smtp://127.0.0.1:{self._mail_port}" if smtp is None else smtp.get_secret_value(),
        }

    # --- what the children do ---

    def _prepare(self) -> None:
        configure_logs("preparation")
        uvloop.run(prepare(self._home, self._admin_dsn, self._settings))

    def _serve(self, service: Service) -> None:
        settings = self._home.settings(
            service,
            self._admin_dsn,
            **self._composition(),
            listen=f"unix:{self._sockets}/{service.name}.sock",
            http_listen=f"127.0.0.1:{self._health[service.name]}",
        )
        configure_logs(service.name, settings.log_level)
        uvloop.run(work(service, settings, PARTS["all"]))

    def _serve_gateway(self) -> None:
        mailbox = Mailbox(self._home.mail) if self._settings.smtp_url is None else None
        serve_door(self._home, self._door, mailbox, **self._composition())

    # --- how it fares ---

    def _questions(self) -> list[str]:
        ports = [*self._health.values(), self._door.getsockname()[1]]
        return [f"http://127.0.0.1:{port}/health/ready" for port in ports]

    def _answers(self, url: str) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - our own address
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _revive_servers(self) -> None:
        for name, server in (("PostgreSQL", self._postgres), ("RabbitMQ", self._rabbit)):
            if server is not None and not server.alive and not self._family.stopping:
                say(f"{name} died and starts again.")
                server.stop()
                try:
                    server.start()
                except ChildFailedError:
                    # What is in its way may be cleared: until then the others refuse as Unavailable, and it is tried at every look.
                    say(f"{name} did not start and is tried again; see {server.log}")
                self._tell()

    def _tell(self) -> None:
        servers = {"postgres": self._postgres, "rabbitmq": self._rabbit}
        self._home.tell(
            {
                "composition": "suite",
                "pid": os.getpid(),
                "gateway_url": self._settings.address,
                "broker_url": self._rabbit.amqp_url,
                "processes": {member.name: member.pid for member in self._family.members}
                | {name: server.pid for name, server in servers.items() if server is not None},
                "health": {name: f"http://127.0.0.1:{port}" for name, port in self._health.items()},
            }
        )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

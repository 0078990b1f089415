"""`python -m <service>`: the service as a process of its own.

all (the default) answers, reacts and relays · serve · react · relay: one of them alone · migrate (head, or expand: what takes nothing away) ·
events: what died, and its replay.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import uvloop

from chassis.events.broker.base import Broker
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.broker.retry import Retries
from chassis.events.dead_letters import dead, replay
from chassis.lifecycle import Lifecycle
from chassis.observability.logs import configure_logs
from chassis.service.composition import ALL, add_services
from chassis.service.definition import Service
from chassis.service.health import HealthServer
from chassis.service.runtime import Runtime, reactions_of
from chassis.settings import Settings

TASKS = {"all": ALL, **{task: (task,) for task in ALL}}


def run(service: Service, arguments: Sequence[str] | None = None) -> None:
    """The whole command line of one service."""
    parser = argparse.ArgumentParser(prog=service.name, description=__doc__)
    commands = parser.add_subparsers(dest="command")
    for task in TASKS:
        commands.add_parser(task)
    commands.add_parser("migrate").add_argument("target", nargs="?", default="head")
    events = commands.add_parser("events").add_subparsers(dest="events", required=True)
    events.add_parser("dead").add_argument("--queue")
    replayed = events.add_parser("replay")
    replayed.add_argument("queue")
    replayed.add_argument("--id", type=UUID)
    options = parser.parse_args(arguments)
    # A migration serves nobody, and needs nothing of what serving does.
    settings = Settings() if options.command == "migrate" else service.settings()
    configure_logs(service.name, settings.log_level)
    if options.command == "migrate":
        if settings.admin_database_url is None:
            raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
        # Loading Alembic takes as long as all the rest of a start, which needs none of it.
        from chassis.migrations.roles import NewerDatabase
        from chassis.migrations.runner import SchemaBusy, migrate

        try:
            asyncio.run(migrate(settings.admin_database_url.get_secret_value(), service.name, options.target))
        except (SchemaBusy, NewerDatabase) as reason:
            raise SystemExit(str(reason)) from None
    elif options.command == "events":
        asyncio.run(dead_letters(service, settings, options))
    else:
        pin(settings)
        uvloop.run(work(service, settings, TASKS[options.command or "all"]))


async def work(service: Service, settings: Settings, tasks: Sequence[str]) -> None:
    """Takes on these tasks until SIGTERM or SIGINT, then finishes what runs."""
    broker = broker_of(settings)
    runtime = Runtime(service, settings, broker=broker)
    async with Lifecycle() as parts:
        if settings.http_listen:
            http = HealthServer(runtime.ready)
            parts.add("health checks", start=partial(http.start, settings.http_listen), stop=http.close)
        add_services(parts, {service.name: runtime}, broker, tasks=tasks)
        try:
            # Starting may wait for the database, as long as it takes; a signal ends the wait.
            async with asyncio.timeout(None) as starting:
                _at_signals(lambda: None if starting.expired() else starting.reschedule(0.0))
                await parts.start()
        except TimeoutError:
            if not starting.expired():
                raise
            return
        stopping = asyncio.Event()
        _at_signals(stopping.set)
        await stopping.wait()


def _at_signals(act: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, act)


async def dead_letters(service: Service, settings: Settings, options: argparse.Namespace) -> None:
    """Lists or replays what the service's reactions gave up on."""
    queues = [reaction.queue for reaction in reactions_of(Runtime(service, settings, broker=InProcessBroker()))]
    if options.events == "dead":
        await dead(settings, service.name, queues, options.queue)
    else:
        await replay(settings, service.name, queues, options.queue, options.id)


def broker_of(settings: Settings) -> Broker:
    """The transport that the broker's address asks for."""
    url, retries = settings.broker_url.get_secret_value(), Retries(settings.reaction_delays)
    return InProcessBroker(retries) if url.startswith("inprocess:") else RabbitBroker(url, retries)


def pin(settings: Settings) -> None:
    """Keeps the process on the core it was given, where it was given one."""
    if settings.cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {settings.cpu})

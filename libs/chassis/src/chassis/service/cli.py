"""`python -m <service>`: the service as a process of its own.

all (the default) answers, reacts and relays · serve · react · relay: one of them alone · migrate · events: what died, and its replay.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from uuid import UUID

import uvloop

from chassis.events.broker.base import Broker
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.broker.retry import Retries
from chassis.events.dead_letters import dead, replay
from chassis.observability.logs import configure_logs
from chassis.service.definition import Service
from chassis.service.health import serve_http
from chassis.service.runtime import Runtime
from chassis.settings import Settings

PARTS = {"all": ("serve", "react", "relay"), "serve": ("serve",), "react": ("react",), "relay": ("relay",)}


def run(service: Service, arguments: Sequence[str] | None = None) -> None:
    """The whole command line of one service."""
    parser = argparse.ArgumentParser(prog=service.name, description=__doc__)
    commands = parser.add_subparsers(dest="command")
    for part in PARTS:
        commands.add_parser(part)
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
        from chassis.migrations.runner import SchemaBusy, migrate

        try:
            asyncio.run(migrate(settings.admin_database_url.get_secret_value(), service.name, options.target))
        except SchemaBusy as busy:
            raise SystemExit(str(busy)) from None
    elif options.command == "events":
        asyncio.run(letters(service, settings, options))
    else:
        pin(settings)
        uvloop.run(work(service, settings, PARTS[options.command or "all"]))


async def work(service: Service, settings: Settings, parts: Sequence[str]) -> None:
    """Runs the parts until SIGTERM or SIGINT, then drains."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    broker = broker_of(settings)
    runtime = Runtime(service, settings, broker=broker)
    http = await serve_http(settings.http_listen, runtime.ready) if settings.http_listen else None
    try:
        for part in parts:
            await getattr(runtime, part)()
        await stopping.wait()
    finally:
        await broker.drain()
        await runtime.stop()
        await broker.close()
        if http is not None:
            await http.close()


async def letters(service: Service, settings: Settings, options: argparse.Namespace) -> None:
    """Lists or replays what the service's reactions gave up on."""
    queues = [reaction.queue for reaction in service.reactions(Runtime(service, settings, broker=InProcessBroker()))]
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

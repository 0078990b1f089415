"""The operator's commands, for an installation that runs or does not: `caseload migrate` and `caseload events`."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.events.broker.in_process import InProcessBroker
from chassis.events.dead_letters import dead, replay
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import InUseError
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from chassis.settings import Settings
from standalone.embedded import DEFAULT_HOME
from standalone.home import Home, as_role
from standalone.preparation import prepare_schemas
from standalone.services import SERVICES
from standalone.settings import StandaloneSettings


async def migrate_all(settings: StandaloneSettings) -> None:
    """Upgrade every schema to its newest revision."""
    home = Home(settings.home or DEFAULT_HOME)
    home.create_missing()
    with administrator(home, settings) as admin_dsn:
        await prepare_schemas(home, admin_dsn)
    print(f"{len(SERVICES)} schemas are at their newest revision")


async def events_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`events dead` and `events replay`: of all services, or of the one that has the queue."""
    home = Home(settings.home or DEFAULT_HOME)
    home.create_missing()
    broker_url = "inprocess://"
    if home.running.exists():
        broker_url = json.loads(home.running.read_text()).get("broker_url", broker_url)
    with administrator(home, settings) as admin_dsn:
        for service in SERVICES:
            # Nothing is sent from here, but settings are refused without a mail server.
            broker = broker_url
            if broker_url.startswith("amqp"):
                broker = as_role(broker_url, service.name, home.password(f"{service.name}_broker"))
            own = home.settings(service, admin_dsn, broker_url=broker, smtp_url="smtp://127.0.0.1")
            queues = queues_of(service, own)
            if queues and options.queue in {None, *queues}:
                if options.events == "dead":
                    await dead(own, service.name, queues, options.queue)
                else:
                    await replay(own, service.name, queues, options.queue, options.id)


def queues_of(service: Service, settings: Settings) -> list[str]:
    """The names of the service's queues."""
    runtime = Runtime(service, settings, broker=InProcessBroker(), servers={})
    return [reaction.queue for reaction in service.reactions(runtime)]


@contextmanager
def administrator(home: Home, settings: StandaloneSettings) -> Iterator[str]:
    """The administrator's DSN. Starts PostgreSQL for the length of the command if it does not run."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    server = LocalPostgres(Path(home.postgres))
    try:
        server.start()
    except InUseError:
        yield server.dsn
        return
    try:
        yield server.dsn
    finally:
        server.stop()

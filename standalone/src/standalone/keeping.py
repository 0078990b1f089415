"""The keeper's commands on an installation, whether it runs or not."""

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
from standalone.home import Home
from standalone.preparation import prepare_schemas
from standalone.services import SERVICES
from standalone.settings import StandaloneSettings


async def migrate_all(settings: StandaloneSettings) -> None:
    """Every schema to its newest revision."""
    home = Home(settings.home or DEFAULT_HOME)
    home.furnish()
    with administrator(home, settings) as admin_dsn:
        await prepare_schemas(home, admin_dsn)
    print(f"{len(SERVICES)} schemas are at their newest revision")


async def events_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`events dead` and `events replay`, for all services or the one whose queue is named."""
    home = Home(settings.home or DEFAULT_HOME)
    home.furnish()
    broker_url = "inprocess://"
    if home.running.exists():
        broker_url = json.loads(home.running.read_text()).get("broker_url", broker_url)
    with administrator(home, settings) as admin_dsn:
        for service in SERVICES:
            # Nothing is mailed from here, but no service takes settings without a mail server.
            own = home.settings(service, admin_dsn, broker_url=broker_url, smtp_url="smtp://127.0.0.1")
            queues = queues_of(service, own)
            if queues and options.queue in {None, *queues}:
                if options.events == "dead":
                    await dead(own, service.name, queues, options.queue)
                else:
                    await replay(own, service.name, queues, options.queue, options.id)


def queues_of(service: Service, settings: Settings) -> list[str]:
    """The queues of a service's reactions, of a runtime that reaches nobody and serves nothing."""
    runtime = Runtime(service, settings, broker=InProcessBroker(), servers={})
    return [reaction.queue for reaction in service.reactions(runtime)]


@contextmanager
def administrator(home: Home, settings: StandaloneSettings) -> Iterator[str]:
    """The administrator's DSN, of the PostgreSQL that runs or of one started for as long as this takes."""
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

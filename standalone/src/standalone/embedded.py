"""`make run`: every service and the gateway in one process and one event loop, on a PostgreSQL of their own.

Questions go from one service to another without a socket between, through the same server that gRPC would reach;
an event's outbox row is marked only when every reaction to it is done. So nothing is lost, whenever this is killed.
"""

import asyncio
import logging
import signal
import socket
import sys
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import uvloop

from chassis.local.postgres import LocalPostgres
from chassis.local.processes import ChildFailedError
from chassis.observability.logs import configure_logs
from chassis.rpc.server.server import Server
from chassis.service.cli import broker_of
from chassis.service.runtime import Runtime
from standalone.door import Door
from standalone.home import Home
from standalone.mail import Catcher, Mailbox
from standalone.preparation import greeting, open_demonstration, prepare_schemas
from standalone.services import SERVICES
from standalone.settings import StandaloneSettings

DEFAULT_HOME = Path(".caseload")

log = logging.getLogger(__name__)


def run_embedded(settings: StandaloneSettings) -> None:
    """Serves until SIGTERM or Ctrl-C, then drains and stops what it started."""
    settings.check_mail()
    home = Home(settings.home or DEFAULT_HOME)
    with ExitStack() as stack:
        stack.enter_context(home.claim())
        stack.callback(home.tell, None)
        listening = stack.enter_context(socket.create_server((settings.host, settings.port), backlog=1024))
        home.furnish()
        configure_logs("caseload", "WARNING")
        postgres: LocalPostgres | None = None
        if settings.database_url is None:
            postgres = LocalPostgres(home.postgres)
            stack.callback(postgres.stop)
            postgres.start()
        uvloop.run(serve(home, settings, listening, postgres))


async def serve(home: Home, settings: StandaloneSettings, listening: socket.socket, postgres: LocalPostgres | None) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    admin_dsn = postgres.dsn if postgres is not None else settings.database_url.get_secret_value()  # type: ignore[union-attr]
    await prepare_schemas(home, admin_dsn)

    async with AsyncExitStack() as stack:
        composition: dict[str, Any] = {"broker_url": "inprocess://", "public_url": settings.address}
        mailbox = None
        if settings.smtp_url is None:
            mailbox = Mailbox(home.mail)
            catcher = Catcher(mailbox)
            composition["smtp_url"] = await catcher.start()
            stack.push_async_callback(catcher.close)
        else:
            composition["smtp_url"] = settings.smtp_url.get_secret_value()

        servers: dict[str, Server] = {}
        told = [home.settings(service, admin_dsn, **composition) for service in SERVICES]
        broker = broker_of(told[0])
        runtimes = [Runtime(service, own, broker=broker, servers=servers) for service, own in zip(SERVICES, told, strict=True)]
        stack.push_async_callback(broker.close)
        for runtime in runtimes:
            stack.push_async_callback(runtime.stop)
        stack.push_async_callback(broker.drain)
        for runtime in runtimes:
            await runtime.serve(over_grpc=False)
        # Every queue is there before the first event is carried to it.
        for runtime in runtimes:
            await runtime.react()
        for runtime in runtimes:
            await runtime.relay()
        if settings.has_demo and not home.demo_opened.exists():
            await open_demonstration(home, runtimes[0])

        door = Door(home, listening, mailbox, servers=servers, **composition)
        stack.push_async_callback(door.close)
        await door.open()
        home.tell({"composition": "embedded", "gateway_url": settings.address})
        sys.stdout.write(greeting(settings) + "\n")
        sys.stdout.flush()
        watching = asyncio.create_task(keep_alive(postgres))
        await stopping.wait()
        watching.cancel()


async def keep_alive(postgres: LocalPostgres | None) -> None:
    """Starts PostgreSQL again should it die; until then calls are refused as Unavailable."""
    while postgres is not None:
        await asyncio.sleep(1)
        if not postgres.alive:
            # Blocks the loop for the half second it takes: nothing can be answered without it anyway, and the child
            # has to be the main thread's.
            postgres.stop()
            try:
                postgres.start()
            except ChildFailedError:
                log.warning("PostgreSQL did not start and is tried again", extra={"log": postgres.log})

"""`caseload run`: every service and the gateway in one process and one event loop, with a private PostgreSQL.

Services call each other without a socket, through the same server that gRPC calls. An outbox row is marked as
published when every reaction to the event is done, so no event is lost, whenever the process is killed.
"""

import asyncio
import logging
import signal
import socket
import sys
from contextlib import ExitStack
from functools import partial
from typing import Any

import uvloop

from chassis.lifecycle import Lifecycle
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import ChildFailedError, InUseError, free_port
from chassis.observability.logs import configure_logs
from chassis.rpc.server.server import Server
from chassis.service.cli import broker_of
from chassis.service.composition import add_services
from chassis.service.runtime import Runtime
from standalone.backups.journal import state as journal_state
from standalone.backups.operator_mail import OperatorMail
from standalone.backups.schedule import BackupSchedule, JournalKeeper
from standalone.backups.workspace_notices import WorkspaceNotices
from standalone.doctor.findings import Verdict
from standalone.doctor.home_checks import at_start, wrong_with_backups
from standalone.gateway import gateway_server
from standalone.home import DEFAULT_HOME, Home
from standalone.mail import Mailbox, MailServer
from standalone.patients import door_settings, open_door
from standalone.preparation import greeting, open_demo_workspaces, prepare_schemas
from standalone.services import IDENTITY, SERVICES
from standalone.settings import StandaloneSettings

log = logging.getLogger(__name__)


def run_embedded(settings: StandaloneSettings) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish what runs and stop everything that was started."""
    settings.check_mail()
    settings.check_patients()
    settings.check_backups()
    home = Home(settings.home or DEFAULT_HOME)
    with ExitStack() as stack:
        stack.enter_context(home.lock())
        stack.callback(home.write_status, None)
        listening = stack.enter_context(socket.create_server((settings.host, settings.port), backlog=1024))
        home.create_missing()
        home.remember_settings()
        configure_logs("caseload", "WARNING")
        uvloop.run(serve(home, settings, listening))


async def serve(home: Home, settings: StandaloneSettings, listening: socket.socket) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)

    async with Lifecycle() as parts:
        postgres = LocalPostgres(home.postgres) if settings.database_url is None else None
        if postgres is not None:
            parts.add("postgres", start=postgres.start, stop=postgres.stop, patience=60.0)
        mailbox = Mailbox(home.mail) if settings.smtp_url is None else None
        mail_server = MailServer(mailbox) if mailbox is not None else None
        if mail_server is not None:
            parts.add("mail", start=mail_server.start, stop=mail_server.close)
        await parts.start()
        admin_dsn = postgres.dsn if postgres is not None else settings.database_url.get_secret_value()  # type: ignore[union-attr]
        await prepare_schemas(home, admin_dsn)
        if postgres is not None and settings.writes_journal:
            journal = JournalKeeper(home)
            parts.add("journal", start=journal.start, stop=journal.stop, needs=["postgres"])
        elif postgres is not None:
            await journal_state.end(home, admin_dsn)

        addresses: dict[str, Any] = {
            "broker_url": "inprocess://",
            "public_url": settings.address,
            "smtp_url": mail_server.url if mail_server is not None else settings.smtp_url.get_secret_value(),  # type: ignore[union-attr]
        }
        servers: dict[str, Server] = {}
        own = {service.name: home.settings(service, admin_dsn, **addresses) for service in SERVICES}
        broker = broker_of(own[IDENTITY.name])
        runtimes = {service.name: Runtime(service, own[service.name], broker=broker, servers=servers) for service in SERVICES}
        add_services(parts, runtimes, broker, over_grpc=False)
        if settings.has_demo and not home.demo_opened.exists():
            parts.add("demo", start=partial(open_demo_workspaces, home, runtimes[IDENTITY.name]), needs=["relays"])
        await open_door(home, settings, runtimes[IDENTITY.name])
        health = settings.health_listen or f"127.0.0.1:{free_port()}"
        door = door_settings(home, settings)
        gateway = gateway_server(home, listening, mailbox, servers, broker, health_listen=health, **addresses, **door)
        # Without a limit here: the gateway has a setting for how long its requests may take to finish.
        parts.add("gateway", start=gateway.start, stop=gateway.stop, needs=parts.states, patience=None)
        if settings.backup_target:
            schedule = BackupSchedule(home, settings)
            parts.add("backups", start=schedule.start, stop=schedule.stop, needs=["gateway"])
            look = partial(wrong_with_backups, home, settings)
            notices = WorkspaceNotices(runtimes[IDENTITY.name], look)
            parts.add("workspaces", start=notices.start, stop=notices.stop, needs=["gateway"])
            if settings.operator_email:
                told = OperatorMail(home, addresses["smtp_url"], own[IDENTITY.name].mail_from, settings.operator_email, look)
                parts.add("operator", start=told.start, stop=told.stop, needs=["gateway"])
        await parts.start()

        home.write_status({"composition": "embedded", "gateway_url": settings.address, "health": {"gateway": f"http://{health}"}})
        noticed = [str(finding) for finding in at_start(home, settings) if finding.verdict is not Verdict.OK]
        sys.stdout.write("\n".join([*noticed, greeting(settings)]) + "\n")
        sys.stdout.flush()
        reviving = asyncio.create_task(restart_when_dead(postgres))
        await stopping.wait()
        reviving.cancel()


async def restart_when_dead(postgres: LocalPostgres | None) -> None:
    """Restart PostgreSQL if it dies. Until then, calls are refused as Unavailable."""
    while postgres is not None:
        await asyncio.sleep(1)
        if not postgres.alive:
            # This blocks the event loop for about half a second, in which no call could be answered anyway. The main
            # thread has to start the process (see `chassis.local.processes.spawn`).
            postgres.stop()
            try:
                postgres.start()
            except (ChildFailedError, InUseError, OSError):
                log.warning("PostgreSQL did not start and is tried again", extra={"log": postgres.log})

"""What must be true before anything is served: schemas at their newest revision, and the demonstration opened once."""

import asyncio

from chassis.events.broker.in_process import InProcessBroker
from chassis.migrations.roles import is_current, provision
from chassis.service.runtime import Runtime
from identity.demo import PASSWORD, open_demo
from standalone.home import Home
from standalone.services import SERVICES
from standalone.settings import StandaloneSettings


async def prepare_schemas(home: Home, admin_dsn: str) -> None:
    """Roles, schemas and migrations of every service; quick when there is nothing to do."""
    current = await asyncio.gather(*(is_current(admin_dsn, service.name) for service in SERVICES))
    for service, has_newest in zip(SERVICES, current, strict=True):
        await provision(admin_dsn, service.name, home.password(f"{service.name}_app"), home.password(f"{service.name}_relay"))
        if not has_newest:
            # Loading Alembic takes as long as all the rest of a start, which most need none of.
            from chassis.migrations.runner import SchemaBusy, migrate

            try:
                await migrate(admin_dsn, service.name)
            except SchemaBusy as busy:
                raise SystemExit(str(busy)) from None


async def prepare(home: Home, admin_dsn: str, settings: StandaloneSettings) -> None:
    """Everything, from a process that serves nothing itself."""
    await prepare_schemas(home, admin_dsn)
    if settings.has_demo and not home.demo_opened.exists():
        identity = SERVICES[0]
        runtime = Runtime(identity, home.settings(identity, admin_dsn), broker=InProcessBroker())
        try:
            await open_demonstration(home, runtime)
        finally:
            await runtime.stop()


async def open_demonstration(home: Home, identity: Runtime) -> None:
    """The demo workspaces; their events wait in the outbox until somebody relays them."""
    await open_demo(identity)
    home.demo_opened.touch(mode=0o600)


def greeting(settings: StandaloneSettings, *, stop: str = "Ctrl-C stops it.") -> str:
    """What is printed once everything answers."""
    lines = [f"Caseload is serving at {settings.address}", "", f"  API        {settings.address}/docs"]
    if settings.smtp_url is None:
        lines.append(f"  mail       {settings.address}/dev/mail/view")
    if settings.has_demo:
        lines += [
            "",
            "  Riverside Practice   owner@example.com",
            "  General Hospital     admin@example.com",
            "  platform             platform@example.com",
            f"  password             {PASSWORD}",
        ]
    return "\n".join([*lines, "", stop])

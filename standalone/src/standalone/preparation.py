"""What is done before anything is served: schemas are upgraded, and the demo workspaces are opened once."""

import asyncio

from chassis.events.broker.in_process import InProcessBroker
from chassis.migrations.roles import NewerDatabase, is_current, provision
from chassis.service.runtime import Runtime
from identity.demo import PASSWORD, open_demo
from standalone.home import Home
from standalone.patients import open_door
from standalone.services import IDENTITY, SERVICES
from standalone.settings import StandaloneSettings


async def prepare_schemas(home: Home, admin_dsn: str) -> None:
    """Create the roles and schemas of every service and run their migrations; fast if there is nothing to do.

    Raises SystemExit for a database that a newer release has migrated.
    """
    try:
        current = await asyncio.gather(*(is_current(admin_dsn, service.name) for service in SERVICES))
    except NewerDatabase as newer:
        raise SystemExit(str(newer)) from None
    for service, is_newest in zip(SERVICES, current, strict=True):
        app, relay, eraser = (home.password(f"{service.name}_{role}") for role in ("app", "relay", "eraser"))
        await provision(admin_dsn, service.name, app, relay, eraser if service.erases else None)
        if not is_newest:
            # Imported only if needed: loading Alembic takes as long as the rest of a start.
            from chassis.migrations.runner import SchemaBusy, migrate

            try:
                await migrate(admin_dsn, service.name)
            except SchemaBusy as busy:
                raise SystemExit(str(busy)) from None


async def prepare(home: Home, admin_dsn: str, settings: StandaloneSettings) -> None:
    """Upgrade the schemas, open the demo workspaces and the door for patients, in a process that serves nothing itself."""
    await prepare_schemas(home, admin_dsn)
    runtime = Runtime(IDENTITY, home.settings(IDENTITY, admin_dsn), broker=InProcessBroker())
    try:
        if settings.has_demo and not home.demo_opened.exists():
            await open_demo_workspaces(home, runtime)
        await open_door(home, settings, runtime)
    finally:
        await runtime.stop()


async def open_demo_workspaces(home: Home, identity: Runtime) -> None:
    """Open the demo workspaces. Their events stay in the outbox until a relay publishes them."""
    await open_demo(identity)
    home.demo_opened.touch(mode=0o600)


def greeting(settings: StandaloneSettings, *, stop: str = "Ctrl-C stops it.") -> str:
    """The text that is printed once everything is ready."""
    lines = [f"Caseload is serving at {settings.address}", "", f"  API        {settings.address}/docs"]
    if settings.smtp_url is None:
        lines.append(f"  mail       {settings.address}/dev/mail/view")
    if settings.patients_workspace is not None:
        lines.append(f"  patients   {settings.address}/patients, as json-server serves them")
    else:
        lines.append("  patients   off; CASELOAD_PATIENTS_WORKSPACE=<workspace id> serves json-server's front ends at /patients")
    if settings.backup_target:
        lines.append(f"  backups    to {settings.backup_target}, every {settings.backup_hours:g} hours")
    else:
        lines.append("  backups    off; CASELOAD_BACKUP_TARGET=<directory or s3://bucket> makes them (docs/operations/backup.md)")
    if settings.has_demo:
        lines += [
            "",
            "  Riverside Practice   owner@example.com",
            "  General Hospital     admin@example.com",
            "  platform             platform@example.com",
            f"  password             {PASSWORD}",
        ]
    return "\n".join([*lines, "", stop])

"""The operator's commands, for an installation that runs or does not: `caseload migrate`, `events`, `verify records`, `reseal`,
`keys`, `import-patients` and `remove-second-factor`.
"""

import argparse
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from chassis.encryption.data_keys import INDEX, SEAL
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.dead_letters import dead, replay
from chassis.observability.redaction import cause
from chassis.service.definition import Service
from chassis.service.runtime import Runtime, reactions_of
from chassis.settings import Settings
from clients.patients import db_file
from identity.second_factors.workflow import remove_for_operator
from standalone.administration import administrator
from standalone.home import DEFAULT_HOME, Home, as_role
from standalone.preparation import prepare_schemas
from standalone.records.keys_command import Asked, take_step
from standalone.records.resealing import reseal
from standalone.records.root_keys_command import take_root_step
from standalone.records.rows import erased_in, keyed_in, workspaces
from standalone.records.verification import verify_records
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


async def verify_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`verify records`: of one workspace, or of all."""
    async with opened(settings) as (connection, runtimes):
        await verify_all(connection, runtimes, options.workspace)


async def verify_all(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID | None) -> None:
    """Ends with status 1 if a record is not as the audit trail says, or a workspace could not be verified."""
    wrong = 0
    for each in await _chosen(connection, runtimes, workspace_id):
        try:
            report = await verify_records(connection, runtimes, each)
        except Exception as error:  # noqa: BLE001 - somebody who damages one workspace hides no other
            wrong += 1
            print(f"{each}: COULD NOT BE VERIFIED ({cause(error)})")
            continue
        wrong += len(report.findings) + (not report.trail_is_intact)
        trail = "the audit trail is intact" if report.trail_is_intact else "THE AUDIT TRAIL IS NOT INTACT"
        counted = f"{report.records} records, {len(report.findings)} findings"
        print(f"{each}: {counted}, {report.untold} from before, {report.not_yet_told} not yet told; {trail}")
        for finding in report.findings:
            print(f"  {finding}")
    if wrong:
        raise SystemExit(1)


async def reseal_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`reseal`: what release 0.1.0 sealed, of one workspace or of all."""
    async with opened(settings) as (connection, runtimes):
        await reseal_all(connection, runtimes, options.workspace)


async def reseal_all(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID | None) -> None:
    """Goes on past what does not open, and then ends with status 1."""
    unreadable: list[str] = []
    failed: list[str] = []
    for each in await _chosen(connection, runtimes, workspace_id):
        erased = await erased_in(connection, runtimes, each)
        keyed = await keyed_in(connection, runtimes, each)
        for runtime in (runtime for name, runtime in runtimes.items() if name in keyed - erased):
            try:
                done = await reseal(connection, runtime, each)
            except Exception as error:  # noqa: BLE001 - somebody who damages one workspace keeps no other from it
                failed.append(f"{each} {runtime.name}")
                print(f"{each} {runtime.name}: COULD NOT BE SEALED AGAIN ({cause(error)})")
                continue
            unreadable += [f"{each} {row}" for row in done.unreadable]
            if done.values:
                print(f"{each} {runtime.name}: {done.values} values sealed again")
    if unreadable:
        print(f"{len(unreadable)} values could not be read, and the keys of their workspaces were kept:")
        for row in unreadable:
            print(f"  {row}")
    if unreadable or failed:
        raise SystemExit(1)


async def keys_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`keys`: one step with the keys of one workspace or of all, or with the root keys."""
    async with opened(settings) as (connection, runtimes):
        if options.step.startswith("root-"):
            keyring = Home(settings.home or DEFAULT_HOME).keyring
            await take_root_step(connection, runtimes, keyring, options.step, getattr(options, "kms_key", None))
            return
        await keys_all(connection, runtimes, options.workspace, options.step, INDEX if options.index else SEAL, force=options.force)


async def keys_all(
    connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID | None, step: str, purpose: str = SEAL, *, force: bool = False
) -> None:
    """Ends with status 1 if the step could not be taken everywhere."""
    await take_step(connection, runtimes, await _chosen(connection, runtimes, workspace_id), step, Asked(purpose, force))


async def remove_second_factor_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`remove-second-factor`: ends with status 1 if nobody with the address has one."""
    async with opened(settings) as (_, runtimes):
        if not await remove_for_operator(runtimes["identity"], options.email):
            raise SystemExit("nobody with this address has a second factor")
    print("removed; the person is signed out everywhere and told by mail")


async def import_patients_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`import-patients`: ends with status 1 unless every record of the file is there, as the file has it."""
    workspace_id = options.workspace or settings.patients_workspace
    if workspace_id is None:
        raise SystemExit("name the workspace whose clients they become: --workspace, or CASELOAD_PATIENTS_WORKSPACE")
    try:
        records = db_file.read(options.file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{options.file}: {error.strerror if isinstance(error, OSError) else _told(error)}") from None
    async with opened(settings) as (connection, runtimes):
        await _chosen(connection, runtimes, workspace_id)
        report = await db_file.import_records(runtimes["clients"], workspace_id, records)
    for place, reason in report.failed.items():
        print(f"record {place} failed: {reason}")
    for place in report.differing:
        print(f"record {place} is stored otherwise than the file has it: it was changed since it was imported")
    told = f"{len(report.imported)} imported, {len(report.skipped)} skipped because they were there, {len(report.failed)} failed"
    print(f"{len(records)} records: {told}; {report.stored} are patients now, of which {len(report.differing)} differ from the file")
    if not report.is_complete:
        raise SystemExit(1)


def _told(error: ValueError) -> str:
    """What is wrong with a file, without any of it."""
    return str(error) if isinstance(error, db_file.UnreadableFile) else "this is no UTF-8"


async def _chosen(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID | None) -> list[UUID]:
    """The workspace, or all. Refuses a workspace without keys, for which some would be made, and a role that sees no rows."""
    if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        raise SystemExit("this needs a superuser of the database: row security and triggers bind everybody else")
    known = await workspaces(connection, runtimes)
    if workspace_id is None:
        return known
    if workspace_id not in known:
        raise SystemExit(f"no workspace {workspace_id} has keys here")
    return [workspace_id]


@asynccontextmanager
async def opened(settings: StandaloneSettings) -> AsyncIterator[tuple[Any, dict[str, Runtime]]]:
    """The administrator's connection, and the parts of every service that need no other process. SystemExit where there is no installation."""
    home = Home(settings.home or DEFAULT_HOME)
    if not home.keyring.exists():
        # A new keyring would open nothing that is in the database, and what it wraps nobody else could open.
        raise SystemExit(f"there is no installation in {home.directory}: CASELOAD_HOME says where it is")
    home.create_missing()
    with administrator(home, settings) as admin_dsn:
        services = [
            (service, home.settings(service, admin_dsn, broker_url="inprocess://", smtp_url="smtp://127.0.0.1")) for service in SERVICES
        ]
        async with runtimes_of(admin_dsn, services) as connection_and_runtimes:
            yield connection_and_runtimes


@asynccontextmanager
async def runtimes_of(admin_dsn: str, services: Sequence[tuple[Service, Settings]]) -> AsyncIterator[tuple[Any, dict[str, Runtime]]]:
    """The administrator's connection, and the parts of these services that need no other process, by the services' names."""
    connection = await asyncpg.connect(admin_dsn)
    runtimes = {service.name: Runtime(service, settings, broker=InProcessBroker()) for service, settings in services}
    try:
        yield connection, runtimes
    finally:
        for runtime in runtimes.values():
            await runtime.stop()
        await connection.close()


def queues_of(service: Service, settings: Settings) -> list[str]:
    """The names of the service's queues."""
    runtime = Runtime(service, settings, broker=InProcessBroker(), servers={})
    return [reaction.queue for reaction in reactions_of(runtime)]

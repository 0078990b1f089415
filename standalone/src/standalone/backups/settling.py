"""What a restored database is made to be before anything listens: erasures are made again, services agree with each other, and nothing is due."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from audit.legal_holds.restoring import place_again
from caseload.identity.v1 import events_pb2
from chassis.errors import Gone, NotFound, Refusal
from chassis.lifecycle import Lifecycle
from chassis.service.cli import broker_of
from chassis.service.composition import add_services
from chassis.service.runtime import Runtime
from chassis.settings import Settings
from clients.__main__ import JOB_STORE
from clients.clients.erasing import erase_again
from notifications.escalations.restoring import pass_over_due_steps
from standalone.backups import fencing
from standalone.backups.errors import BackupFailed
from standalone.backups.ledger import Entry
from standalone.backups.progress import Steps
from standalone.services import IDENTITY, NAMES, SERVICES

# Everything that is mailed, called or escalated is its background work, and none of it runs here.
_OUTWARD = "notifications"
_SECONDS_TO_SETTLE = 1800.0
_POLL_SECONDS = 0.2
_UNDER_WAY = " + ".join(f"(SELECT count(*) FROM {service}.outbox WHERE published_at IS NULL)" for service in NAMES)
_DELETE_WORKSPACE = """
UPDATE identity.workspaces SET status = 'suspended', deleted_at = coalesce(deleted_at, $2), erase_after = least(erase_after, $2)
WHERE workspace_id = $1 AND erased_at IS NULL
"""
_DESTROY_KEYS = "UPDATE {}.data_keys SET wrapped = '', state = 'destroyed' WHERE workspace_id = $1"


# A broker in this process, and a mail server that is none: nothing leaves the machine.
ADDRESSES: Mapping[str, Any] = {"broker_url": "inprocess://", "public_url": "http://127.0.0.1", "smtp_url": "smtp://127.0.0.1:9"}


async def settle(own: Mapping[str, Settings], connection: Any, entries: Sequence[Entry], reached: datetime, steps: Steps) -> None:
    """`own` are the settings of every service, with ADDRESSES; `connection` is the administrator's.

    Raises BackupFailed where an erasure cannot be made again, or events do not come to an end.
    """
    now = datetime.now(UTC)
    voided = await fencing.void_what_was_issued(connection, now)
    for entry in _of("workspace", entries):
        await _destroy_keys(connection, entry)
    with steps.step("events: told again"):
        async with _running(own) as runtimes:
            await _erase(connection, runtimes, entries, steps)
            await fencing.publish_again(connection, reached - fencing.REPUBLISHED)
            await _until_all_is_told(connection)
            passed_over = await pass_over_due_steps(connection, runtimes[_OUTWARD])
            await _until_all_is_told(connection)
    # With what the events above have made due.
    held = {**await fencing.hold_back(connection, datetime.now(UTC)), "steps of alerts": passed_over}
    steps.say(f"not good any more: {_listed(voided)}")
    steps.say(f"held back, because it may have gone out in the time that is lost: {_listed(held)}")


async def _destroy_keys(connection: Any, entry: Entry) -> None:
    """First of all, by the database alone: whatever fails afterwards, nothing of an erased workspace opens again."""
    for service in SERVICES:
        if service.erasure is None or service.erasure.destroys_keys:
            await connection.execute(_DESTROY_KEYS.format(service.name), UUID(entry.workspace_id))


async def _erase(connection: Any, runtimes: Mapping[str, Runtime], entries: Sequence[Entry], steps: Steps) -> None:
    workspaces = 0
    for entry in _of("workspace", entries):
        deleted_at = datetime.fromisoformat(entry.facts.split()[0])
        if (await connection.execute(_DELETE_WORKSPACE, UUID(entry.workspace_id), deleted_at)).endswith(" 0"):
            continue
        workspaces += 1
        async with runtimes[IDENTITY.name].background(UUID(entry.workspace_id)) as work:
            work.emit(events_pb2.DeletedWorkspaceOver(workspace_id=entry.workspace_id))
    gone = {entry.workspace_id for entry in _of("workspace", entries)}
    clients = await _erase_clients(runtimes, [entry for entry in _of("client", entries) if entry.workspace_id not in gone])
    holds = 0
    for entry in (each for each in _of("hold", entries) if each.workspace_id not in gone):
        try:
            holds += await place_again(runtimes["audit"], json.loads(entry.facts))
        except NotFound:
            continue
    steps.say(f"erased since, and erased again: {clients} clients, {workspaces} workspaces; {holds} legal holds placed again")


async def _erase_clients(runtimes: Mapping[str, Runtime], entries: Sequence[Entry]) -> int:
    """How many were erased by a call of their own. Who had been merged goes with whom they were merged into, who is in the ledger, too."""
    erased = 0
    merged = []
    for entry in entries:
        try:
            erased += await _erase_client(runtimes, entry)
        except Gone:
            merged.append(entry)
    for entry in merged:
        try:
            erased += await _erase_client(runtimes, entry)
        except Gone as gone:
            # The merge was undone later, and one of the two was erased: at this moment nobody can tell them apart.
            raise BackupFailed(
                f"the client {entry.id}, who was erased later, is merged into another one at this moment: restore another moment"
            ) from gone
    return erased


async def _erase_client(runtimes: Mapping[str, Runtime], entry: Entry) -> bool:
    try:
        by = UUID(entry.facts or entry.workspace_id)
        return await erase_again(runtimes["clients"], JOB_STORE, UUID(entry.workspace_id), UUID(entry.id), by)
    except NotFound:
        # The workspace was opened later than this moment.
        return False
    except Gone:
        raise
    except Refusal as refusal:
        raise BackupFailed(
            f"the client {entry.id}, who was erased, cannot be erased again ({refusal.code}): restore another moment"
        ) from refusal


async def _until_all_is_told(connection: Any) -> None:
    give_up, quiet = time.monotonic() + _SECONDS_TO_SETTLE, 0
    while quiet < 2:
        if time.monotonic() > give_up:
            raise BackupFailed("events of the restored installation are not taken: its log says why")
        await asyncio.sleep(_POLL_SECONDS)
        quiet = quiet + 1 if await connection.fetchval(f"SELECT {_UNDER_WAY}") == 0 else 0


@asynccontextmanager
async def _running(own: Mapping[str, Settings]) -> AsyncIterator[dict[str, Runtime]]:
    """Every service in this process, as `caseload run` has them, without a gateway and without anything that reaches the outside."""
    servers: dict[str, Any] = {}
    services = [replace(service, loops=lambda _runtime: ()) if service.name == _OUTWARD else service for service in SERVICES]
    broker = broker_of(own[IDENTITY.name])
    runtimes = {service.name: Runtime(service, own[service.name], broker=broker, servers=servers) for service in services}
    async with Lifecycle() as parts:
        add_services(parts, runtimes, broker, over_grpc=False)
        await parts.start()
        yield runtimes


def _of(kind: str, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind == kind]


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in numbers.items())

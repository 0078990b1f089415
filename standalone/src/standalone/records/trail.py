"""What the audit trail, and the lines on their way to it, tell of records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from google.protobuf.message import DecodeError

from caseload.audit.v1 import events_pb2
from chassis.events.broker.errors import Untrusted
from chassis.service.runtime import Runtime
from chassis.work.envelope import Envelope
from standalone.records.rows import AT_ONCE, Place


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a record: its newest revision, and its digest then, or that of its deletion. `line` names a line in an outbox.

    A revision has further digests where its open columns were made anew under another key.
    """

    revision: int
    digests: frozenset[str]
    line: str = ""


@dataclass(slots=True)
class Telling:
    """What the trail and the lines on their way to it tell. `awaited` has the ids of those that the trail does not have yet.

    `findings` names the lines that cannot be believed: nobody but a table's own service tells of its records.
    """

    newest: dict[Place, Told] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)


async def told_by(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> Telling:
    """The newest of every record, from lines that are on their way and from the trail, in this order, so that none is missed between."""
    telling = Telling()
    for runtime in runtimes.values():
        await _told_on_the_way(connection, runtime, workspace_id, telling)
    kept = (
        "SELECT id, metadata->>'records' AS records, metadata->>'recorded_by' AS recorded_by"
        " FROM audit.all_events WHERE workspace_id = $1 AND metadata ? 'records'"
    )
    async with connection.transaction():
        async for line in connection.cursor(kept, workspace_id, prefetch=AT_ONCE):
            telling.awaited.discard(str(line["id"]))
            name = f"audit.audit_events {line['id']}"
            try:
                records = _read(line["records"])
            except ValueError:
                telling.findings.append(f"{name}: tells of records as audit never does")
                continue
            for place, told in records:
                _keep_newest(telling, name, line["recorded_by"], place, told)
    return telling


async def told_erased(connection: Any, workspace_id: UUID) -> set[str]:
    """The services that have told the trail that they destroyed the workspace's keys."""
    told = (
        "SELECT metadata->>'recorded_by' AS service FROM audit.all_events WHERE workspace_id = $1 AND event_type = 'destroy_workspace_keys'"
    )
    return {row["service"] for row in await connection.fetch(told, workspace_id)}


async def _told_on_the_way(connection: Any, runtime: Runtime, workspace_id: UUID, telling: Telling) -> None:
    """What a service's outbox has, for as long as it keeps what it has published: audit may lag behind, or have a dead letter."""
    # In the order of Envelope's fields.
    fields = "id, workspace_id, type, payload, occurred_at, request_id, traceparent, signature"
    lines = f"SELECT {fields} FROM {runtime.name}.outbox WHERE workspace_id = $1 AND type = $2"
    async with connection.transaction():
        async for row in connection.cursor(lines, workspace_id, events_pb2.AuditRecorded.DESCRIPTOR.full_name, prefetch=AT_ONCE):
            envelope = Envelope(*row)
            name = f"{runtime.name}.outbox {envelope.id}"
            try:
                line = events_pb2.AuditRecorded.FromString(envelope.payload)
                announcer = _announcer(runtime, envelope) if line.records else ""
            except (DecodeError, Untrusted):
                telling.findings.append(f"{name}: is not signed by {runtime.name}")
                continue
            if line.records:
                telling.awaited.add(line.id)
            for each in line.records:
                told = Told(each.revision, frozenset((each.digest.hex(),)), line.id)
                _keep_newest(telling, name, announcer, (each.table, each.record_id), told)


def _announcer(runtime: Runtime, envelope: Envelope) -> str:
    """The service that wrote the event into its own outbox. Raises Untrusted. Releases before proofs have signed it there."""
    return runtime.name if runtime.event_signer.is_proven(envelope) else runtime.event_verifier.announcer(envelope)


def _read(records: str) -> list[tuple[Place, Told]]:
    """What a line of the trail tells. ValueError for what audit does not write, which whoever writes into its tables may."""
    try:
        return [
            ((str(each["table"]), str(UUID(each["id"]))), Told(_revision(each["revision"]), frozenset((str(each["digest"]),))))
            for each in json.loads(records)
        ]
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError("these are no records") from error


def _revision(number: int) -> int:
    number.to_bytes(8, "big")
    return number


def _keep_newest(telling: Telling, line: str, announcer: str | None, place: Place, told: Told) -> None:
    """Takes what a line tells of a record, unless another service than the table's own told it."""
    if announcer != place[0].partition(".")[0]:
        telling.findings.append(f"{line}: {announcer or 'nobody'} tells of {place[0]}, which is another service's")
    elif place not in telling.newest or telling.newest[place].revision < told.revision:
        telling.newest[place] = told
    elif telling.newest[place].revision == told.revision:
        known = telling.newest[place]
        telling.newest[place] = Told(told.revision, known.digests | told.digests, known.line or told.line)

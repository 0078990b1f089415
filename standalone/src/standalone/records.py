"""The operator's work on sealed records: `caseload verify records` and `caseload reseal`.

Both go through one workspace at a time, as the database's administrator, a batch of rows per statement.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from google.protobuf.message import DecodeError
from uuid_utils.compat import uuid7

from audit.trail.checkpoints import checkpoint_publisher
from audit.trail.verification import verify
from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.events.broker.errors import Untrusted
from chassis.service.runtime import Runtime
from chassis.work.audit import audit_line
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import envelope_of

_AT_ONCE = 500
# A row that is written while it is looked at is looked at again, so often.
_ATTEMPTS = 3
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a record: its newest revision, and its digest then, or that of its deletion. `line` names a line in an outbox."""

    revision: int
    digest: str
    line: str = ""


@dataclass(slots=True)
class Telling:
    """What the trail and the lines on their way to it tell. `awaited` has the ids of those that the trail does not have yet.

    `findings` names the lines that cannot be believed: nobody but a table's own service tells of its records.
    """

    newest: dict[Place, Told] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """`findings` names what is not as the trail says, and why. `untold` counts records from before digests were kept.

    `not_yet_told` counts the records whose newest line is in the outbox of their service and has not reached the trail. They are as
    that line says; audit lags behind, or has a dead letter.
    """

    trail_is_intact: bool
    records: int = 0
    untold: int = 0
    not_yet_told: int = 0
    findings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Resealed:
    """How many values were sealed again, how many still wait to expire, and the rows that could not be read, each with the column."""

    values: int = 0
    waiting: int = 0
    unreadable: list[str] = field(default_factory=list)


def sealed_tables(runtime: Runtime) -> list[SealedTable]:
    """The service's tables with sealed values."""
    return [SealedTable(table) for table in runtime.service.metadata.sorted_tables if "sealed" in table.info]


async def erased_in(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> set[str]:
    """The services that have destroyed the workspace's keys, because it is erased."""
    destroyed = "SELECT FROM {}.data_keys WHERE workspace_id = $1 AND state = 'destroyed'"
    return {name for name in runtimes if await connection.fetch(destroyed.format(name), workspace_id)}


async def workspaces(connection: Any, services: Iterable[str]) -> list[UUID]:
    """Every workspace that has keys in one of the services."""
    found: set[UUID] = set()
    for service in services:
        found |= {row["workspace_id"] for row in await connection.fetch(f"SELECT DISTINCT workspace_id FROM {service}.data_keys")}
    return sorted(found)


async def verify_records(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> Report:
    """Holds every sealed record of the workspace against the newest digest in the audit trail, and the trail against its own chain.

    Finds a record that does not open, is another one, is older than the trail knows it, was put back, or is gone. Of an erased workspace
    the records of a service are gone, and the trail has to tell that its keys were destroyed. Memory grows with the number of records: about 300 bytes each.
    """
    audit = runtimes["audit"]
    published = await checkpoint_publisher(audit).published(workspace_id)
    keys = await audit.keys.of(workspace_id)
    async with audit.database.transaction(workspace_id, seconds=3600) as tx:
        trail = await verify(tx, published, keys, unsigned_until=audit.settings.unsigned_events_until)
    report = Report(trail.first_break is None)
    report.findings += [f"audit.audit_events {event_id}: was not taken from any service" for event_id in trail.unproven]
    seen: set[Place] = set()
    suspects: list[tuple[Runtime, SealedTable, Any]] = []
    erased = await erased_in(connection, runtimes, workspace_id)
    report.findings += [
        f"{name}.data_keys: are destroyed, and the trail tells of no erasure"
        for name in sorted(erased - await _told_erased(connection, workspace_id))
    ]
    runtimes = {name: runtime for name, runtime in runtimes.items() if name not in erased}
    telling = await _told(connection, runtimes, workspace_id)
    for runtime in runtimes.values():
        keys = await runtime.keys.of(workspace_id)
        for table in sealed_tables(runtime):
            async for row in _rows(connection, table, workspace_id):
                place = _place(table, row)
                seen.add(place)
                report.records += 1
                told = telling.newest.get(place)
                report.not_yet_told += told is not None and told.line in telling.awaited
                if told is None and keys.is_from_before(row[table.declared.columns[0]]):
                    report.untold += 1
                elif _fault(table, row, keys, told):
                    suspects.append((runtime, table, row))
    report.findings += await _still_wrong(connection, runtimes, workspace_id, suspects)
    missing = [place for place in telling.newest if place not in seen]
    if await _without_deletion(runtimes, workspace_id, missing, telling):
        # Deleted meanwhile, it is known to the trail as deleted by now.
        telling = await _told(connection, runtimes, workspace_id)
        for name, record_id in await _without_deletion(runtimes, workspace_id, missing, telling):
            if not await _exists(connection, workspace_id, name, record_id):
                report.findings.append(f"{name} {record_id}: is gone, and the trail tells of no deletion")
    report.not_yet_told += sum(telling.newest[place].line in telling.awaited for place in missing)
    report.findings += telling.findings
    return report


async def reseal(connection: Any, runtime: Runtime, workspace_id: UUID) -> Resealed:
    """Seals again what release 0.1.0 sealed, bound to the rows as they are now, and leaves audit lines with their digests.

    Goes on when a row does not open. Then destroys the keys that open the old format, unless such a row or short-lived values
    (answers kept for an Idempotency-Key, successors of refresh tokens) still need them.
    """
    keys = await runtime.keys.of(workspace_id)
    done = Resealed()
    for table in sealed_tables(runtime):
        for column in (*table.declared.columns, *table.declared.parts):
            after: UUID | None = UUID(int=0)
            while after is not None:
                after = await _reseal_batch(connection, runtime, table, column, workspace_id, keys, after, done)
    done.waiting = await _from_before(connection, runtime, "idempotency", "sealed", workspace_id)
    if "refresh_tokens" in {table.name for table in runtime.service.metadata.sorted_tables}:
        done.waiting += await _from_before(connection, runtime, "refresh_tokens", "successor_sealed", workspace_id)
    if keys.from_before and not done.waiting and not done.unreadable:
        await connection.execute(
            f"DELETE FROM {runtime.name}.data_keys WHERE workspace_id = $1 AND purpose = 'seal' AND version = ANY($2::int[])",
            workspace_id,
            sorted(keys.from_before),
        )
    return done


async def _reseal_batch(
    connection: Any, runtime: Runtime, table: SealedTable, column: str, workspace_id: UUID, keys: WorkspaceKeys, after: UUID, done: Resealed
) -> UUID | None:
    """Seals the next batch of one column again, by the rows' ids. The last row's id, or None when there was none."""
    declared, name = table.declared, table.table.fullname
    work = runtime.background(workspace_id)
    own = column == declared.columns[0]
    async with connection.transaction():
        # The rows stay what they are, so no trigger has to look at them.
        await connection.execute("SET LOCAL session_replication_role = replica")
        rows = await connection.fetch(
            f"SELECT * FROM {name} WHERE workspace_id = $1 AND {declared.row} > $2 AND get_byte({column}, 0) = 1"
            f" ORDER BY {declared.row} LIMIT {_AT_ONCE} FOR UPDATE",
            workspace_id,
            after,
        )
        changes = []
        for row in rows:
            try:
                again = table.seal_again(column, table.open_bytes(row, keys, column=column), keys, row)
                digest = table.digest({**row, column: again}, keys) if own else None
            except SealBroken:
                done.unreadable.append(f"{name} {row[declared.row]}: {column} does not open")
                continue
            changes.append((workspace_id, row[declared.row], again))
            if digest is not None:
                work.witness(name, row[declared.row], row[declared.revision], digest)
        await connection.executemany(f"UPDATE {name} SET {column} = $3 WHERE workspace_id = $1 AND {declared.row} = $2", changes)
        if work.records:
            line = audit_line(
                work,
                "reseal_records",
                options_pb2.RESOURCE_WORKSPACE,
                options_pb2.ACTION_UPDATE,
                [str(workspace_id)],
                facts={"table": name},
            )
            await runtime.outbox.write(connection, [envelope_of(line, work, uuid7())])
    done.values += len(changes)
    return rows[-1][declared.row] if rows else None


async def _from_before(connection: Any, runtime: Runtime, table: str, column: str, workspace_id: UUID) -> int:
    counted = f"SELECT count(*) FROM {runtime.name}.{table} WHERE workspace_id = $1 AND get_byte({column}, 0) = 1"
    return int(await connection.fetchval(counted, workspace_id))


async def _still_wrong(
    connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID, suspects: list[tuple[Runtime, SealedTable, Any]]
) -> list[str]:
    """What is wrong with the suspects that are not merely newer than what was read of the trail."""
    wrong: dict[Place, str] = {}
    for _ in range(_ATTEMPTS):
        if not suspects:
            break
        again = [(runtime, table, await _row(connection, table, workspace_id, row)) for runtime, table, row in suspects]
        # After the rows: a row's line is written with it, so what the row is now has been told by now.
        told = (await _told(connection, runtimes, workspace_id)).newest
        wrong, suspects = {}, []
        for runtime, table, row in again:
            if row is None:
                continue
            fault = _fault(table, row, await runtime.keys.of(workspace_id), told.get(_place(table, row)))
            if fault:
                wrong[_place(table, row)] = fault
                suspects.append((runtime, table, row))
    return [f"{name} {record_id}: {fault}" for (name, record_id), fault in wrong.items()]


def _fault(table: SealedTable, row: Mapping[str, Any], keys: WorkspaceKeys, told: Told | None) -> str:
    """Why the row is not what the trail tells; empty when it is."""
    revision = row[table.declared.revision]
    try:
        digest = table.digest(row, keys).hex()
    except (SealBroken, OverflowError):
        # No record has the revision -1.
        return "does not open"
    if told is None:
        return "the trail does not tell of it"
    if told.digest == table.deletion_digest(row[table.declared.row], told.revision, keys).hex():
        return "was put back after its deletion"
    if revision < told.revision:
        return f"is at revision {revision}, and the trail tells of {told.revision}"
    if revision > told.revision:
        return f"is at revision {revision}, and the trail tells of no more than {told.revision}"
    return "" if digest == told.digest else f"is not what the trail tells of revision {revision}"


async def _without_deletion(runtimes: Mapping[str, Runtime], workspace_id: UUID, missing: Iterable[Place], telling: Telling) -> list[Place]:
    """The records of which the newest that is told is no deletion, as only their own service can tell one."""
    tables = {table.table.fullname: (runtime, table) for runtime in runtimes.values() for table in sealed_tables(runtime)}
    found = []
    for name, record_id in missing:
        if name in tables:
            (runtime, table), told = tables[name], telling.newest[name, record_id]
            if told.digest != table.deletion_digest(record_id, told.revision, await runtime.keys.of(workspace_id)).hex():
                found.append((name, record_id))
    return found


async def _told_erased(connection: Any, workspace_id: UUID) -> set[str]:
    """The services that have told the trail that they destroyed the workspace's keys."""
    told = "SELECT metadata->>'recorded_by' AS service FROM audit.audit_events WHERE workspace_id = $1 AND event_type = 'destroy_workspace_keys'"
    return {row["service"] for row in await connection.fetch(told, workspace_id)}


async def _told(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> Telling:
    """The newest of every record, from lines that are on their way and from the trail, in this order, so that none is missed between."""
    telling = Telling()
    for runtime in runtimes.values():
        await _told_on_the_way(connection, runtime, workspace_id, telling)
    kept = (
        "SELECT id, metadata->>'records' AS records, metadata->>'recorded_by' AS recorded_by"
        " FROM audit.audit_events WHERE workspace_id = $1 AND metadata ? 'records'"
    )
    async with connection.transaction():
        async for line in connection.cursor(kept, workspace_id, prefetch=_AT_ONCE):
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


def _read(records: str) -> list[tuple[Place, Told]]:
    """What a line of the trail tells. ValueError for what audit does not write, which whoever writes into its tables may."""
    try:
        return [
            ((str(each["table"]), str(UUID(each["id"]))), Told(_revision(each["revision"]), str(each["digest"])))
            for each in json.loads(records)
        ]
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError("these are no records") from error


def _revision(number: int) -> int:
    number.to_bytes(8, "big")
    return number


async def _told_on_the_way(connection: Any, runtime: Runtime, workspace_id: UUID, telling: Telling) -> None:
    """What a service's outbox has, for as long as it keeps what it has published: audit may lag behind, or have a dead letter."""
    # In the order of Envelope's fields.
    fields = "id, workspace_id, type, payload, occurred_at, request_id, traceparent, signature"
    lines = f"SELECT {fields} FROM {runtime.name}.outbox WHERE workspace_id = $1 AND type = $2"
    async with connection.transaction():
        async for row in connection.cursor(lines, workspace_id, events_pb2.AuditRecorded.DESCRIPTOR.full_name, prefetch=_AT_ONCE):
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
                told = Told(each.revision, each.digest.hex(), line.id)
                _keep_newest(telling, name, announcer, (each.table, each.record_id), told)


def _announcer(runtime: Runtime, envelope: Envelope) -> str:
    """The service that wrote the event into its own outbox. Raises Untrusted. Releases before proofs have signed it there."""
    return runtime.name if runtime.event_signer.is_proven(envelope) else runtime.event_verifier.announcer(envelope)


def _keep_newest(telling: Telling, line: str, announcer: str | None, place: Place, told: Told) -> None:
    """Takes what a line tells of a record, unless another service than the table's own told it."""
    if announcer != place[0].partition(".")[0]:
        telling.findings.append(f"{line}: {announcer or 'nobody'} tells of {place[0]}, which is another service's")
    elif place not in telling.newest or telling.newest[place].revision < told.revision:
        telling.newest[place] = told


def _place(table: SealedTable, row: Mapping[str, Any]) -> Place:
    return table.table.fullname, str(row[table.declared.row])


async def _rows(connection: Any, table: SealedTable, workspace_id: UUID) -> AsyncIterator[Any]:
    row_id, after = table.declared.row, UUID(int=0)
    page = f"SELECT * FROM {table.table.fullname} WHERE workspace_id = $1 AND {row_id} > $2 ORDER BY {row_id} LIMIT {_AT_ONCE}"
    while rows := await connection.fetch(page, workspace_id, after):
        for row in rows:
            yield row
        after = rows[-1][row_id]


async def _row(connection: Any, table: SealedTable, workspace_id: UUID, row: Mapping[str, Any]) -> Any:
    row_id = table.declared.row
    return await connection.fetchrow(
        f"SELECT * FROM {table.table.fullname} WHERE workspace_id = $1 AND {row_id} = $2", workspace_id, row[row_id]
    )


async def _exists(connection: Any, workspace_id: UUID, name: str, record_id: str) -> bool:
    return bool(
        await connection.fetchval(f"SELECT count(*) FROM {name} WHERE workspace_id = $1 AND id = $2", workspace_id, UUID(record_id))
    )

"""The operator's work on sealed records: `caseload verify records` and `caseload reseal`.

Both go through one workspace at a time, as the database's administrator, a batch of rows per statement.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from audit.trail.checkpoints import checkpoint_publisher
from audit.trail.verification import verify
from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.service.runtime import Runtime
from chassis.work.audit import audit_line
from chassis.work.unit_of_work import envelope_of

_AT_ONCE = 500
# A row that is written while it is looked at is looked at again, so often.
_ATTEMPTS = 3
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What the trail says of a record: its newest revision, and its digest then. An empty digest means that it was deleted."""

    revision: int
    digest: str


@dataclass(slots=True)
class Report:
    """`findings` names each record that is not as the trail says, and why. `untold` counts those from before digests were kept."""

    trail_is_intact: bool
    records: int = 0
    untold: int = 0
    findings: list[str] = field(default_factory=list)


def sealed_tables(runtime: Runtime) -> list[SealedTable]:
    """The service's tables with sealed values."""
    return [SealedTable(table) for table in runtime.service.metadata.sorted_tables if "sealed" in table.info]


async def workspaces(connection: Any, services: Iterable[str]) -> list[UUID]:
    """Every workspace that has keys in one of the services."""
    found: set[UUID] = set()
    for service in services:
        found |= {row["workspace_id"] for row in await connection.fetch(f"SELECT DISTINCT workspace_id FROM {service}.data_keys")}
    return sorted(found)


async def verify_records(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> Report:
    """Holds every sealed record of the workspace against the newest digest in the audit trail, and the trail against its own chain.

    Finds a record that does not open, is another one, is older than the trail knows it, was put back, or is gone. Memory
    grows with the number of records: about 300 bytes each.
    """
    audit = runtimes["audit"]
    published = await checkpoint_publisher(audit).published(workspace_id)
    async with audit.database.transaction(workspace_id, seconds=3600) as tx:
        report = Report((await verify(tx, published)).first_break is None)
    seen: set[Place] = set()
    suspects: list[tuple[Runtime, SealedTable, Any]] = []
    told = await _told(connection, runtimes, workspace_id)
    for runtime in runtimes.values():
        keys = await runtime.keys.of(workspace_id)
        for table in sealed_tables(runtime):
            async for row in _rows(connection, table, workspace_id):
                place = _place(table, row)
                seen.add(place)
                report.records += 1
                if place not in told and keys.is_from_before(row[table.declared.columns[0]]):
                    report.untold += 1
                elif _fault(table, row, keys, told.get(place)):
                    suspects.append((runtime, table, row))
    report.findings += await _still_wrong(connection, runtimes, workspace_id, suspects)
    if missing := [place for place, last in told.items() if last.digest and place not in seen]:
        # Deleted meanwhile, it is known to the trail as deleted by now.
        told = await _told(connection, runtimes, workspace_id)
        names = {table.table.fullname for runtime in runtimes.values() for table in sealed_tables(runtime)}
        for name, record_id in missing:
            if told[name, record_id].digest and name in names and not await _exists(connection, workspace_id, name, record_id):
                report.findings.append(f"{name} {record_id}: is gone, and the trail tells of no deletion")
    return report


async def reseal(connection: Any, runtime: Runtime, workspace_id: UUID) -> tuple[int, int]:
    """Seals again what release 0.1.0 sealed, bound to the rows as they are now, and leaves audit lines with their digests.

    Then destroys the keys that open the old format, unless short-lived values (answers kept for an Idempotency-Key, successors of
    refresh tokens) still need them. How many values were sealed again, and how many still wait to expire.
    """
    keys = await runtime.keys.of(workspace_id)
    sealed_again = 0
    for table in sealed_tables(runtime):
        for column in (*table.declared.columns, *table.declared.parts):
            while count := await _reseal_batch(connection, runtime, table, column, workspace_id, keys):
                sealed_again += count
    waiting = await _from_before(connection, runtime, "idempotency", "sealed", workspace_id)
    if "refresh_tokens" in {table.name for table in runtime.service.metadata.sorted_tables}:
        waiting += await _from_before(connection, runtime, "refresh_tokens", "successor_sealed", workspace_id)
    if not waiting and keys.from_before:
        await connection.execute(
            f"DELETE FROM {runtime.name}.data_keys WHERE workspace_id = $1 AND purpose = 'seal' AND version = ANY($2::int[])",
            workspace_id,
            sorted(keys.from_before),
        )
    return sealed_again, waiting


async def _reseal_batch(connection: Any, runtime: Runtime, table: SealedTable, column: str, workspace_id: UUID, keys: WorkspaceKeys) -> int:
    declared, name = table.declared, table.table.fullname
    work = runtime.background(workspace_id)
    async with connection.transaction():
        # The rows stay what they are, so no trigger has to look at them.
        await connection.execute("SET LOCAL session_replication_role = replica")
        rows = await connection.fetch(
            f"SELECT * FROM {name} WHERE workspace_id = $1 AND get_byte({column}, 0) = 1 LIMIT {_AT_ONCE} FOR UPDATE", workspace_id
        )
        changes = [
            (workspace_id, row[declared.row], table.seal_again(column, table.open_bytes(row, keys, column=column), keys, row))
            for row in rows
        ]
        await connection.executemany(f"UPDATE {name} SET {column} = $3 WHERE workspace_id = $1 AND {declared.row} = $2", changes)
        if rows and column == declared.columns[0]:
            for row, (_, id_, again) in zip(rows, changes, strict=True):
                work.witness(name, id_, row[declared.revision], table.digest({**row, column: again}, keys))
            line = audit_line(
                work,
                "reseal_records",
                options_pb2.RESOURCE_WORKSPACE,
                options_pb2.ACTION_UPDATE,
                [str(workspace_id)],
                facts={"table": name},
            )
            await runtime.outbox.write(connection, [envelope_of(line, work, uuid7())])
    return len(rows)


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
        told = await _told(connection, runtimes, workspace_id)
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
    except SealBroken:
        return "does not open"
    if told is None:
        return "the trail does not tell of it"
    if not told.digest:
        return "was put back after its deletion"
    if revision < told.revision:
        return f"is at revision {revision}, and the trail tells of {told.revision}"
    if revision > told.revision:
        return f"is at revision {revision}, and the trail tells of no more than {told.revision}"
    return "" if digest == told.digest else f"is not what the trail tells of revision {revision}"


async def _told(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> dict[Place, Told]:
    """The newest of every record, from lines that are on their way and from the trail, in this order, so that none is missed between."""
    newest: dict[Place, Told] = {}
    for service in runtimes:
        unread = (
            f"SELECT payload FROM {service}.outbox WHERE workspace_id = $1 AND type = $2"
            " AND (published_at IS NULL OR published_at > now() - interval '1 hour')"
        )
        async with connection.transaction():
            kind = events_pb2.AuditRecorded.DESCRIPTOR.full_name
            async for row in connection.cursor(unread, workspace_id, kind, prefetch=_AT_ONCE):
                for each in events_pb2.AuditRecorded.FromString(row["payload"]).records:
                    _keep_newest(newest, (each.table, each.record_id), Told(each.revision, each.digest.hex()))
    kept = "SELECT metadata->>'records' AS records FROM audit.audit_events WHERE workspace_id = $1 AND metadata ? 'records'"
    async with connection.transaction():
        async for line in connection.cursor(kept, workspace_id, prefetch=_AT_ONCE):
            for each in json.loads(line["records"]):
                _keep_newest(newest, (each["table"], each["id"]), Told(each["revision"], each["digest"]))
    return newest


def _keep_newest(newest: dict[Place, Told], place: Place, told: Told) -> None:
    if place not in newest or newest[place].revision < told.revision:
        newest[place] = told


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

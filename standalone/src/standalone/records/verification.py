"""`caseload verify records`: holds every sealed record of a workspace against what the audit trail tells of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from audit.trail.checkpoints import checkpoint_publisher
from audit.trail.verification import verify
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.service.runtime import Runtime
from standalone.records.rows import Place, erased_in, exists, keyed_in, place_of, row_again, rows_of, sealed_tables
from standalone.records.trail import Telling, Told, told_by, told_erased

# A row that is written while it is looked at is looked at again, so often.
_ATTEMPTS = 3


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
        for name in sorted(erased - await told_erased(connection, workspace_id))
    ]
    runtimes = {name: runtime for name, runtime in runtimes.items() if name not in erased}
    keyed = await keyed_in(connection, runtimes, workspace_id)
    telling = await told_by(connection, runtimes, workspace_id)
    for runtime in (runtime for name, runtime in runtimes.items() if name in keyed):
        keys = await runtime.keys.of(workspace_id)
        for table in sealed_tables(runtime):
            async for row in rows_of(connection, table, workspace_id):
                place = place_of(table, row)
                seen.add(place)
                report.records += 1
                told = telling.newest.get(place)
                report.not_yet_told += told is not None and told.line in telling.awaited
                if told is None and keys.is_from_before(row[table.declared.columns[0]]):
                    report.untold += 1
                elif _fault(table, row, keys, told):
                    suspects.append((runtime, table, row))
    for runtime in (runtime for name, runtime in runtimes.items() if name not in keyed):
        report.findings += await _without_keys(connection, runtime, workspace_id, telling)
    runtimes_with_keys = {name: runtime for name, runtime in runtimes.items() if name in keyed}
    report.findings += await _still_wrong(connection, runtimes, workspace_id, suspects)
    missing = [place for place in telling.newest if place not in seen]
    if await _without_deletion(runtimes_with_keys, workspace_id, missing, telling):
        # Deleted meanwhile, it is known to the trail as deleted by now.
        telling = await told_by(connection, runtimes, workspace_id)
        for name, record_id in await _without_deletion(runtimes_with_keys, workspace_id, missing, telling):
            if not await exists(connection, workspace_id, name, record_id):
                report.findings.append(f"{name} {record_id}: is gone, and the trail tells of no deletion")
    report.not_yet_told += sum(telling.newest[place].line in telling.awaited for place in missing)
    report.findings += telling.findings
    return report


async def _without_keys(connection: Any, runtime: Runtime, workspace_id: UUID, telling: Telling) -> list[str]:
    """The records of a service that has no keys of the workspace: none is to be there, or told of."""
    found = {place for place in telling.newest if place[0].partition(".")[0] == runtime.name}
    for table in sealed_tables(runtime):
        found |= {place_of(table, row) async for row in rows_of(connection, table, workspace_id)}
    if found and await keyed_in(connection, {runtime.name: runtime}, workspace_id):
        # Its first record was made since it was asked for keys. It is looked at the next time.
        return []
    return [f"{name} {record_id}: its service has no keys of the workspace" for name, record_id in sorted(found)]


async def _still_wrong(
    connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID, suspects: list[tuple[Runtime, SealedTable, Any]]
) -> list[str]:
    """What is wrong with the suspects that are not merely newer than what was read of the trail."""
    wrong: dict[Place, str] = {}
    for _ in range(_ATTEMPTS):
        if not suspects:
            break
        again = [(runtime, table, await row_again(connection, table, workspace_id, row)) for runtime, table, row in suspects]
        # After the rows: a row's line is written with it, so what the row is now has been told by now.
        told = (await told_by(connection, runtimes, workspace_id)).newest
        wrong, suspects = {}, []
        for runtime, table, row in again:
            if row is None:
                continue
            fault = _fault(table, row, await runtime.keys.of(workspace_id), told.get(place_of(table, row)))
            if fault:
                wrong[place_of(table, row)] = fault
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
    if table.deletion_digest(row[table.declared.row], told.revision, keys).hex() in told.digests:
        return "was put back after its deletion"
    if revision < told.revision:
        return f"is at revision {revision}, and the trail tells of {told.revision}"
    if revision > told.revision:
        return f"is at revision {revision}, and the trail tells of no more than {told.revision}"
    return "" if digest in told.digests else f"is not what the trail tells of revision {revision}"


async def _without_deletion(runtimes: Mapping[str, Runtime], workspace_id: UUID, missing: Iterable[Place], telling: Telling) -> list[Place]:
    """The records of which the newest that is told is no deletion, as only their own service can tell one."""
    tables = {table.table.fullname: (runtime, table) for runtime in runtimes.values() for table in sealed_tables(runtime)}
    found = []
    for name, record_id in missing:
        if name in tables:
            (runtime, table), told = tables[name], telling.newest[name, record_id]
            if table.deletion_digest(record_id, told.revision, await runtime.keys.of(workspace_id)).hex() not in told.digests:
                found.append((name, record_id))
    return found

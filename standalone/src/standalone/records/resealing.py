"""`caseload reseal`: seals again what release 0.1.0 sealed, so that every value is bound to its row."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.options.v1 import options_pb2
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.service.runtime import Runtime
from chassis.work.audit import audit_line
from chassis.work.unit_of_work import envelope_of
from standalone.records.rows import AT_ONCE, sealed_tables


@dataclass(slots=True)
class Resealed:
    """How many values were sealed again, how many still wait to expire, and the rows that could not be read, each with the column."""

    values: int = 0
    waiting: int = 0
    unreadable: list[str] = field(default_factory=list)


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
            f" ORDER BY {declared.row} LIMIT {AT_ONCE} FOR UPDATE",
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

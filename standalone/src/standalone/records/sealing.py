"""Seals the values of one workspace in one service again, a batch to a transaction, while everybody goes on working.

Rows that somebody is changing are passed over and looked at again later, so nobody waits for more than a batch, and no two wait
for each other. A value is replaced only while it is the one that was opened. What is left to do is found in the values
themselves: whoever goes on after a kill begins anew and finds the rest.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.options.v1 import options_pb2
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_values import SealedColumn, sealed_columns
from chassis.service.runtime import Runtime
from chassis.work.audit import audit_line
from chassis.work.unit_of_work import UnitOfWork, envelope_of

_AT_ONCE = 200
_SECONDS_BETWEEN = 0.2
# A transaction of a service ends within a minute.
_VAIN_PASSES = 600


@dataclass(slots=True)
class SealedAgain:
    """How many values were sealed again, and the rows that could not be read, each with the column."""

    values: int = 0
    unreadable: list[str] = field(default_factory=list)


class StillLocked(Exception):
    """Rows were locked for so long that nobody's work explains it."""


async def count_waiting(connection: Any, runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys) -> int:
    """How many values are not under the active key, in today's format."""
    waiting = 0
    for column in sealed_columns(runtime.service.metadata):
        counted = f"SELECT count(*) FROM {column.table.fullname} WHERE workspace_id = $1 AND {_waits(column)}"
        waiting += await connection.fetchval(counted, workspace_id, keys.head)
    return waiting


async def seal_again(
    connection: Any, runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys, *, advance: Callable[[int], None] = lambda _number: None
) -> SealedAgain:
    """Seals every value under the active key that is not; `advance` is told how many after each batch.

    The audit trail is told before the first of them, in the same transaction, and of each record that had no digest from
    before columns were bound. Goes on past what does not open. Raises StillLocked.
    """
    sweep = _Sweep(connection, runtime, workspace_id, keys, advance)
    vain = 0
    while True:
        before = sweep.done.values
        for column in sealed_columns(runtime.service.metadata):
            await sweep.of(column)
        if await count_waiting(connection, runtime, workspace_id, keys) <= len(sweep.unreadable):
            sweep.done.unreadable = sorted(sweep.unreadable)
            return sweep.done
        vain = vain + 1 if sweep.done.values == before else 0
        if vain == _VAIN_PASSES:
            raise StillLocked(f"rows of {runtime.name} are locked")
        await asyncio.sleep(_SECONDS_BETWEEN)


class _Sweep:
    def __init__(self, connection: Any, runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys, advance: Callable[[int], None]) -> None:
        self.done = SealedAgain()
        self.unreadable: set[str] = set()
        self._connection = connection
        self._runtime = runtime
        self._workspace_id = workspace_id
        self._keys = keys
        self._advance = advance

    async def of(self, column: SealedColumn) -> None:
        """Passes once over the column's values."""
        row = ", ".join(column.row)
        after: list[Any] = []
        while True:
            # As a table of one row for each workspace has no further name of it.
            beyond = f" AND ({row}) > ({', '.join(f'${number + 3}' for number in range(len(after)))})" if after else ""
            rows = await self._batch(column, f"{beyond} ORDER BY {row or 'workspace_id'}", after)
            if len(rows) < _AT_ONCE or not column.row:
                return
            after = [rows[-1][name] for name in column.row]

    async def _batch(self, column: SealedColumn, which: str, after: list[Any]) -> list[Any]:
        name = column.table.fullname
        work = self._runtime.background(self._workspace_id)
        async with self._connection.transaction():
            # The rows stay what they are, so no trigger has to look at them.
            await self._connection.execute("SET LOCAL session_replication_role = replica")
            rows: list[Any] = await self._connection.fetch(
                f"SELECT * FROM {name} WHERE workspace_id = $1 AND {_waits(column)}{which} LIMIT {_AT_ONCE} FOR NO KEY UPDATE SKIP LOCKED",
                self._workspace_id,
                self._keys.head,
                *after,
            )
            changes = []
            for row in rows:
                try:
                    again = column.seal_again(row, self._keys)
                    self._witness(column, row, work)
                except SealBroken:
                    self.unreadable.add(f"{name} {'/'.join(str(row[each]) for each in column.row)}: {column.name} does not open")
                    continue
                changes.append((self._workspace_id, row[column.name], again, *(row[each] for each in column.row)))
            same = "".join(f" AND {each} = ${number}" for number, each in enumerate(column.row, 4))
            await self._connection.executemany(
                f"UPDATE {name} SET {column.name} = $3 WHERE workspace_id = $1 AND {column.name} = $2{same}", changes
            )
            if changes:
                await self._tell(work, column)
        self.done.values += len(changes)
        self._advance(len(changes))
        return rows

    def _witness(self, column: SealedColumn, row: Mapping[str, Any], work: UnitOfWork) -> None:
        """Has the trail told of a record from before digests were kept."""
        if column.record is not None and self._keys.is_from_before(row[column.name]):
            declared = column.record.declared
            digest = column.record.digest(row, self._keys)
            work.witness(column.table.fullname, row[declared.row], row[declared.revision], digest)

    async def _tell(self, work: UnitOfWork, column: SealedColumn) -> None:
        if work.records:
            event, facts = "reseal_records", {"table": column.table.fullname}
        elif not self.done.values:
            event, facts = "reencrypt_records", {"key_version": str(int.from_bytes(self._keys.head[1:], "big"))}
        else:
            return
        resource, action = options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE
        line = audit_line(work, event, resource, action, [str(self._workspace_id)], facts=facts)
        await self._runtime.outbox.write(self._connection, [envelope_of(line, work, uuid7())])


def _waits(column: SealedColumn) -> str:
    return f"substring({column.name} from 1 for 5) <> $2"

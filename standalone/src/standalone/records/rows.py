"""The sealed tables of a service and their rows, read as the database's administrator, a batch per statement."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any
from uuid import UUID

from chassis.encryption.sealed_tables import SealedTable
from chassis.service.runtime import Runtime

AT_ONCE = 500
# A record's table, with its schema, and its id.
Place = tuple[str, str]


def sealed_tables(runtime: Runtime) -> list[SealedTable]:
    """The service's tables with sealed values."""
    return [SealedTable(table) for table in runtime.service.metadata.sorted_tables if "sealed" in table.info]


async def workspaces(connection: Any, services: Iterable[str]) -> list[UUID]:
    """Every workspace that has keys in one of the services."""
    found: set[UUID] = set()
    for service in services:
        found |= {row["workspace_id"] for row in await connection.fetch(f"SELECT DISTINCT workspace_id FROM {service}.data_keys")}
    return sorted(found)


async def erased_in(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> set[str]:
    """The services that have destroyed the workspace's keys, because it is erased."""
    destroyed = "SELECT FROM {}.data_keys WHERE workspace_id = $1 AND state = 'destroyed'"
    return {name for name in runtimes if await connection.fetch(destroyed.format(name), workspace_id)}


async def keyed_in(connection: Any, runtimes: Mapping[str, Runtime], workspace_id: UUID) -> set[str]:
    """The services that have keys of the workspace: nothing of it is sealed in the others, and to ask for keys would make some."""
    counted = "SELECT count(*) FROM {}.data_keys WHERE workspace_id = $1"
    return {name for name in runtimes if await connection.fetchval(counted.format(name), workspace_id)}


def place_of(table: SealedTable, row: Mapping[str, Any]) -> Place:
    return table.table.fullname, str(row[table.declared.row])


async def rows_of(connection: Any, table: SealedTable, workspace_id: UUID) -> AsyncIterator[Any]:
    row_id, after = table.declared.row, UUID(int=0)
    page = f"SELECT * FROM {table.table.fullname} WHERE workspace_id = $1 AND {row_id} > $2 ORDER BY {row_id} LIMIT {AT_ONCE}"
    while rows := await connection.fetch(page, workspace_id, after):
        for row in rows:
            yield row
        after = rows[-1][row_id]


async def row_again(connection: Any, table: SealedTable, workspace_id: UUID, row: Mapping[str, Any]) -> Any:
    row_id = table.declared.row
    return await connection.fetchrow(
        f"SELECT * FROM {table.table.fullname} WHERE workspace_id = $1 AND {row_id} = $2", workspace_id, row[row_id]
    )


async def exists(connection: Any, workspace_id: UUID, name: str, record_id: str) -> bool:
    return bool(
        await connection.fetchval(f"SELECT count(*) FROM {name} WHERE workspace_id = $1 AND id = $2", workspace_id, UUID(record_id))
    )

"""Every sealed value of a service by its column, in sealed tables and outside of them: what work on all of them goes by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, Table

from chassis.db.tables import SealedAlone
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values; `record` is its table if that is a sealed one, and this is the value that stands for the row."""

    table: Table
    name: str
    place_of: Callable[[Mapping[str, Any]], dict[str, Any]]
    record: SealedTable | None = None

    @property
    def full_name(self) -> str:
        return f"{self.table.fullname}.{self.name}"

    @property
    def row(self) -> list[str]:
        """The columns that name a row within its workspace."""
        return [column.name for column in self.table.primary_key.columns if column.name != "workspace_id"]

    def seal_again(self, row: Mapping[str, Any], keys: WorkspaceKeys) -> bytes:
        """The same value under the key of today, for a row that stays as it is. SealBroken where it does not open."""
        place = self.place_of(row)
        return keys.seal_bytes(keys.open_bytes(row[self.name], **place), **place)


def sealed_columns(metadata: MetaData) -> list[SealedColumn]:
    """All columns of sealed values, as the service's tables declare them: with `sealed=` or with `info=sealed_alone(…)`."""
    found = []
    for table in metadata.sorted_tables:
        if "sealed" in table.info:
            sealed = SealedTable(table)
            own = sealed.declared.columns[0]
            names = (*sealed.declared.columns, *sealed.declared.parts)
            found += [SealedColumn(table, name, _of_table(sealed, name), sealed if name == own else None) for name in names]
        found += [
            SealedColumn(table, column.name, _of_itself(table, column.info["sealed_alone"]))
            for column in table.columns
            if "sealed_alone" in column.info
        ]
    return found


def _of_table(sealed: SealedTable, name: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda row: sealed.place_of(row, name)


def _of_itself(table: Table, declared: SealedAlone) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def place(row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "table": table.name,
            "row": declared.row(row),
            "revision": declared.revision(row),
            "column": declared.column,
            "bound": declared.bound(row),
        }

    return place

"""The rows of a table with sealed values: opened and written in one place, as the table declares it (see chassis.db.tables.Sealed)."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Table

from chassis.db.tables import Sealed
from chassis.encryption.bound_columns import encoder
from chassis.encryption.phi_fields import only_phi
from chassis.encryption.records import WorkspaceKeys

M = TypeVar("M", bound=Message)


class Witness(Protocol):
    """Who is told what was written, for the audit trail: a unit of work."""

    def witness(self, table: str, row: UUID | str, revision: int, digest: bytes) -> None:
        """Takes the keyed digest of the record as it is now; an empty one where it is gone."""


class SealedTable:
    """Opens and seals the rows of one table; `column` names another sealed value than the row's own."""

    def __init__(self, table: Table) -> None:
        sealed: Sealed = table.info["sealed"]
        self.table = table
        self.declared = sealed
        self.name = table.name
        self._row, self._revision = sealed.row, sealed.revision
        encoders: dict[str, Callable[[Mapping[str, Any]], bytes]] = dict.fromkeys(sealed.columns, encoder(table, sealed.bound))
        self._encoders = encoders | {name: encoder(table, bound) for name, bound in sealed.parts.items()}
        self._own = sealed.columns[0]
        self._encode = self._encoders[self._own]

    def open(self, row: Mapping[str, Any], keys: WorkspaceKeys, into: M, *, column: str = "sealed") -> M:
        """Merges what was sealed into the message. SealBroken where the row is not as it was written."""
        bound = self._encode(row) if column == self._own else self._encoders[column](row)
        return keys.open(
            row[column], into=into, table=self.name, row=row[self._row], revision=row[self._revision], column=column, bound=bound
        )

    def open_bytes(self, row: Mapping[str, Any], keys: WorkspaceKeys, *, column: str = "sealed") -> bytes:
        """The same as bytes."""
        return keys.open_bytes(row[column], **self._place(row), column=column, bound=self._encoders[column](row))

    def seal(self, message: Message, keys: WorkspaceKeys, row: Mapping[str, Any], witness: Witness) -> bytes:
        """Seals the PHI of a row that is about to be written, and tells its digest. KeyError where `row` lacks a bound column."""
        data, bound, place = only_phi(message).SerializeToString(), self._encode(row), self._place(row)
        witness.witness(self.table.fullname, place["row"], place["revision"], keys.record_digest(data, **place, bound=bound))
        return keys.seal_bytes(data, **place, column=self._own, bound=bound)

    def seal_part(self, column: str, message: Message, keys: WorkspaceKeys, row: Mapping[str, Any]) -> bytes:
        """Seals another column of the row."""
        return keys.seal(message, **self._place(row), column=column, bound=self._encoders[column](row))

    def seal_again(self, column: str, data: bytes, keys: WorkspaceKeys, row: Mapping[str, Any]) -> bytes:
        """Seals what was opened from a row that stays as it is, under the keys of today."""
        return keys.seal_bytes(data, **self._place(row), column=column, bound=self._encoders[column](row))

    def digest(self, row: Mapping[str, Any], keys: WorkspaceKeys) -> bytes:
        """What `seal` told when the row was written. SealBroken where it does not open."""
        return keys.record_digest(self.open_bytes(row, keys, column=self._own), **self._place(row), bound=self._encode(row))

    def gone(self, row: Mapping[str, Any], witness: Witness) -> None:
        """Tells that the row was deleted."""
        witness.witness(self.table.fullname, row[self._row], row[self._revision] + 1, b"")

    def _place(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"table": self.name, "row": row[self._row], "revision": row[self._revision]}

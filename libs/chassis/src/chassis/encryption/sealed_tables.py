"""The rows of a table with sealed values: opened and written in one place, as the table declares it (see chassis.db.tables.Sealed)."""

from collections.abc import Callable, Iterator, Mapping
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
        """Takes the keyed digest of the record as it is now, or of its deletion."""


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
        self._beside = sorted((*sealed.columns[1:], *sealed.parts))
        self._optional = {name for name in self._beside if table.c[name].nullable}

    def open(self, row: Mapping[str, Any], keys: WorkspaceKeys, into: M, *, column: str = "sealed") -> M:
        """Merges what was sealed into the message. SealBroken where the row is not as it was written."""
        bound = self._encode(row) if column == self._own else self._encoders[column](row)
        return keys.open(
            row[column], into=into, table=self.name, row=row[self._row], revision=row[self._revision], column=column, bound=bound
        )

    def open_bytes(self, row: Mapping[str, Any], keys: WorkspaceKeys, *, column: str = "sealed") -> bytes:
        """The same as bytes."""
        return keys.open_bytes(row[column], **self.place_of(row, column))

    def seal(self, message: Message, keys: WorkspaceKeys, row: Mapping[str, Any], witness: Witness) -> bytes:
        """Seals the PHI of a row that is about to be written, and tells its digest. KeyError where `row` lacks a bound column.

        For tables with one sealed value, and for rows whose others are not set.
        """
        return self.seal_row({self._own: message}, keys, row, witness)[self._own]

    def seal_row(self, messages: Mapping[str, Message], keys: WorkspaceKeys, row: Mapping[str, Any], witness: Witness) -> dict[str, bytes]:
        """The same for all sealed values of a row, by column. KeyError also where one is missing that has to be set."""
        table, record_id, revision = self.name, row[self._row], row[self._revision]
        plain = {name: only_phi(messages[name]).SerializeToString() for name in self._columns_of(messages)}
        bound = self._encode(row)
        beside = self._told_beside(plain) if len(plain) > 1 else ()
        digest = keys.record_digest(plain[self._own], *beside, table=table, row=record_id, revision=revision, bound=bound)
        witness.witness(self.table.fullname, record_id, revision, digest)
        sealed = {}
        for name, data in plain.items():
            of_column = bound if name == self._own else self._encoders[name](row)
            sealed[name] = keys.seal_bytes(data, table=table, row=record_id, revision=revision, column=name, bound=of_column)
        return sealed

    def place_of(self, row: Mapping[str, Any], column: str) -> dict[str, Any]:
        """What a sealed value of the row is bound to, as WorkspaceKeys takes it."""
        return {**self._place(row), "column": column, "bound": self._encoders[column](row)}

    def digest(self, row: Mapping[str, Any], keys: WorkspaceKeys) -> bytes:
        """What `seal` told when the row was written. SealBroken where it does not open."""
        plain = {name: self.open_bytes(row, keys, column=name) for name in self._columns_of(row) if row[name] is not None}
        return keys.record_digest(plain[self._own], *self._told_beside(plain), **self._place(row), bound=self._encode(row))

    def gone(self, row: Mapping[str, Any], keys: WorkspaceKeys, witness: Witness) -> None:
        """Tells that the row was deleted, as of the revision that would have been its next."""
        record_id, revision = row[self._row], row[self._revision] + 1
        witness.witness(self.table.fullname, record_id, revision, self.deletion_digest(record_id, revision, keys))

    def deletion_digest(self, record_id: UUID | str, revision: int, keys: WorkspaceKeys) -> bytes:
        """What `gone` told of a row."""
        return keys.deletion_digest(table=self.name, row=record_id, revision=revision)

    def _columns_of(self, values: Mapping[str, Any]) -> list[str]:
        """The columns of the sealed values, without those that need not be set and are not."""
        return [self._own, *(name for name in self._beside if name in values or name not in self._optional)]

    def _told_beside(self, plain: Mapping[str, bytes]) -> Iterator[bytes]:
        """The values beside the row's own, each after its name."""
        for name in self._beside:
            if name in plain:
                yield name.encode()
                yield plain[name]

    def _place(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"table": self.name, "row": row[self._row], "revision": row[self._revision]}

"""Rows of a file made ready to be written: checked, sealed and made findable, which keeps a processor busy and asks nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Fault, Invalid
from chassis.protobuf.timestamps import to_timestamp
from clients.clients import mapping
from clients.clients.rules import check_fields
from clients.imports import store
from clients.imports.reading import Row
from clients.imports.rules import REQUIRED

# A client for whom the file says nothing in these has a value in them, or a fault.
_NEVER_LEFT_OUT = frozenset({*REQUIRED, "is_active"})


class Ready(NamedTuple):
    """A client as it is to be written. `tokens` are those that whoever has its external id may have; `witnessed` is what the trail is to tell of the record."""

    client: clients_pb2.Client
    tokens: Sequence[bytes]
    row: Mapping[str, Any]
    witnessed: Sequence[tuple[str, UUID | str, int, bytes]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of some rows: the clients of those without a fault, sealed with these keys as of this moment, and the faults of the others."""

    rows: Sequence[Row]
    keys: WorkspaceKeys
    moment: datetime
    clients: Sequence[Ready]
    faults: Sequence[tuple[int, Sequence[Fault]]]
    # Of all the clients, as `columns` makes them.
    columns: Mapping[str, list[Any]]


class _Witnessed:
    """Keeps what a unit of work is told later, if the client is written."""

    def __init__(self) -> None:
        self.told: list[tuple[str, UUID | str, int, bytes]] = []

    def witness(self, table: str, row: UUID | str, revision: int, digest: bytes) -> None:
        self.told.append((table, row, revision, digest))


def prepare(rows: Sequence[Row], keys: WorkspaceKeys, moment: datetime, *, sealed: bool) -> Batch:
    """Without `sealed`, for a dry run, the clients have nothing but their external ids' tokens."""
    clients: list[Ready] = []
    faults: list[tuple[int, Sequence[Fault]]] = []
    new = clients_pb2.Client(workspace_id=str(keys.workspace_id), version=1)
    new.created_at.CopyFrom(to_timestamp(moment))
    new.updated_at.CopyFrom(new.created_at)
    for row in rows:
        if row.fault is not None:
            faults.append((row.number, [row.fault]))
            continue
        given = {name: value for name, value in row.values.items() if value is not None or name in _NEVER_LEFT_OUT}
        try:
            values = check_fields(given, now=moment)
        except Invalid as refusal:
            faults.append((row.number, refusal.faults))
            continue
        clients.append(_ready(new, values, keys, sealed=sealed))
    return Batch(rows, keys, moment, clients, faults, columns(clients) if sealed else {})


def _ready(new: clients_pb2.Client, values: Mapping[str, Any], keys: WorkspaceKeys, *, sealed: bool) -> Ready:
    client = clients_pb2.Client()
    client.CopyFrom(new)
    client.id = str(uuid7())
    mapping.set_fields(client, values)
    tokens = mapping.external_id_tokens(client.external_id, keys) if client.HasField("external_id") else []
    if not sealed:
        return Ready(client, tokens, {}, ())
    witness = _Witnessed()
    return Ready(client, tokens, mapping.to_columns(client, keys, witness), witness.told)


def columns(clients: Sequence[Ready]) -> Mapping[str, list[Any]]:
    """The parameters of `store.create_many`."""
    rows = [each.row for each in clients]
    tokens = [(row["id"], token) for row in rows for token in set(row["index_tokens"])]
    given: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in store.COLUMNS}
    return given | {
        "token_clients": [owner for owner, _ in tokens],
        "tokens": [token for _, token in tokens],
        "matched_clients": [row["id"] for row in rows for _ in row["match_kinds"]],
        "match_kinds": [kind for row in rows for kind in row["match_kinds"]],
        "match_versions": [version for row in rows for version in row["match_versions"]],
        "match_tokens": [token for row in rows for token in row["match_tokens"]],
    }

"""Maps clients between messages and rows: seals and opens their PHI and makes the index tokens they are found by."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from caseload.clients.v1 import clients_pb2 as pb
from chassis.care_teams.access import Access
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable, Witness
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime
from clients.clients import rules
from clients.clients.entries import Entry, new_entry
from clients.clients.match_keys import match_keys
from clients.tables import clients

CLIENTS = SealedTable(clients)
_NOT_OF_THE_RECORD = ("id", "workspace_id", "is_active", "version", "created_at", "updated_at")


def to_message(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Client:
    client = fill(pb.Client(), row)
    return CLIENTS.open(row, keys, into=client)


def to_shown(row: Mapping[str, Any], keys: WorkspaceKeys, access: Access) -> pb.Client:
    """The client as the caller sees it: of a restricted one who is hidden, the name and what is no part of the record."""
    if row["id"] not in access.hidden:
        client = to_message(row, keys)
        client.restricted = row["id"] in access.restricted
        return client
    named = to_summary(row, keys)
    client = pb.Client(first_name=named.first_name, last_name=named.last_name, full_name=named.full_name, restricted=True)
    return fill(client, {column: row[column] for column in _NOT_OF_THE_RECORD})


def to_summary(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.ClientSummary:
    into = pb.ClientSummary(id=str(row["id"]))
    summary = CLIENTS.open(row, keys, into=into, column="sealed_name")
    # What lists are narrowed by is sealed with the name, and nobody's who asks for names.
    summary.DiscardUnknownFields()
    return summary


def to_listed(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.ListedClient:
    """What a list has to know of a client. Not `is_whole` for one that was last written before lists knew more than names."""
    return CLIENTS.open(row, keys, into=pb.ListedClient(), column="sealed_name")


def set_fields(client: pb.Client, values: Mapping[str, Any]) -> None:
    """Sets the fields of the message. None and an empty list clear a field."""
    for name, value in values.items():
        client.ClearField(name)
        if isinstance(value, list):
            getattr(client, name).extend(value)
        elif value is not None:
            setattr(client, name, value)
    client.full_name = rules.full_name(client.first_name, client.last_name)


def to_columns(
    client: pb.Client, keys: WorkspaceKeys, witness: Witness, *, merged_into: UUID | None = None, holds_external_id: bool = True
) -> dict[str, Any]:
    """The parameters that `store.create` needs; `store.change` takes all but the time of creation. Match keys are made with every key for indexes
    that there is, all other tokens with the one of today.

    Who was merged into another is found by nothing. Their external id stays taken, unless the other one has it now.
    """
    row = {
        "id": UUID(client.id),
        "version": client.version,
        "external_id_index": external_id_index(client, keys) if holds_external_id else None,
        "is_active": client.is_active,
        "consent_status": client.consent_status,
        "time_zone": client.time_zone if client.HasField("time_zone") else None,
        "merged_into": merged_into,
        "created_at": to_datetime(client.created_at),
        "updated_at": to_datetime(client.updated_at),
    }
    matched = match_keys(client, keys) if merged_into is None else []
    return {
        **row,
        **CLIENTS.seal_row({"sealed": client, "sealed_name": listed(client)}, keys, row, witness),
        "index_tokens": list(_index_tokens(client, keys)) if merged_into is None else [],
        "index_version": keys.index_version,
        "match_kinds": [key.kind for key in matched],
        "match_versions": [key.index_version for key in matched],
        "match_tokens": [key.token for key in matched],
    }


def listed(client: pb.Client) -> pb.ListedClient:
    """What a list has to know of a client."""
    return pb.ListedClient(
        first_name=client.first_name,
        last_name=client.last_name,
        full_name=client.full_name,
        date_of_birth=client.date_of_birth,
        tags=client.tags,
        is_whole=True,
    )


def to_entry(row: Mapping[str, Any], known: pb.ListedClient) -> Entry:
    """What the name index keeps of a client."""
    tags = map(rules.normalize_text, known.tags)
    return new_entry(row["id"], known.first_name, known.last_name, born=known.date_of_birth, tags=tags, is_active=row["is_active"])


def email_tokens(email: str, keys: WorkspaceKeys) -> list[bytes]:
    """The tokens that a client with this address may have."""
    return keys.every_exact("email", rules.normalize_email(email))


def phone_tokens(number: str, keys: WorkspaceKeys) -> list[bytes]:
    """The tokens that a client with this normalized phone number may have."""
    return keys.every_exact("phone", number)


def external_id_tokens(external_id: str, keys: WorkspaceKeys) -> list[bytes]:
    """The tokens that the client with this external id may have."""
    return keys.every_exact("external_id", rules.normalize_text(external_id))


def external_id_index(client: pb.Client, keys: WorkspaceKeys) -> bytes | None:
    return keys.exact("external_id", rules.normalize_text(client.external_id)) if client.HasField("external_id") else None


def _index_tokens(client: pb.Client, keys: WorkspaceKeys) -> Iterable[bytes]:
    if client.HasField("email"):
        yield keys.exact("email", rules.normalize_email(client.email))
    # Empty if there are too few digits for a phone number.
    if number := rules.normalize_phone(client.phone):
        yield keys.exact("phone", number)

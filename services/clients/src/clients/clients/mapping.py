"""Maps clients between messages and rows: seals and opens their PHI and makes the index tokens they are found by."""

from collections.abc import Iterable, Mapping
from typing import Any

from caseload.clients.v1 import clients_pb2 as pb
from chassis.care_teams.access import Access
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable, Witness
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime
from clients.clients import rules
from clients.clients.match_keys import match_keys
from clients.tables import clients

CLIENTS = SealedTable(clients)
NAME_TOKEN_BYTES = 4
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
    return CLIENTS.open(row, keys, into=into, column="sealed_name")


def set_fields(client: pb.Client, values: Mapping[str, Any]) -> None:
    """Sets the fields of the message. None and an empty list clear a field."""
    for name, value in values.items():
        client.ClearField(name)
        if isinstance(value, list):
            getattr(client, name).extend(value)
        elif value is not None:
            setattr(client, name, value)
    client.full_name = rules.full_name(client.first_name, client.last_name)


def to_columns(client: pb.Client, keys: WorkspaceKeys, witness: Witness) -> dict[str, Any]:
    """The parameters that `store.create` needs; `store.change` takes all but the time of creation."""
    name = pb.ClientSummary(first_name=client.first_name, last_name=client.last_name, full_name=client.full_name)
    row = {
        "id": client.id,
        "version": client.version,
        "external_id_index": external_id_index(client, keys),
        "is_active": client.is_active,
        "consent_status": client.consent_status,
        "time_zone": client.time_zone if client.HasField("time_zone") else None,
        "created_at": to_datetime(client.created_at),
        "updated_at": to_datetime(client.updated_at),
    }
    matched = match_keys(client, keys)
    return {
        **row,
        **CLIENTS.seal_row({"sealed": client, "sealed_name": name}, keys, row, witness),
        "index_tokens": list(_index_tokens(client, keys)),
        "match_kinds": list(matched),
        "match_tokens": list(matched.values()),
    }


def tag_token(tag: str, keys: WorkspaceKeys) -> bytes:
    return keys.exact("tag", rules.normalize_text(tag))


def email_token(email: str, keys: WorkspaceKeys) -> bytes:
    return keys.exact("email", rules.normalize_email(email))


def phone_tokens(phone: str, keys: WorkspaceKeys) -> list[bytes]:
    """One token, or none if the text has too few digits for a phone number."""
    number = rules.normalize_phone(phone)
    return [keys.exact("phone", number)] if number else []


def name_token(prefix: str, keys: WorkspaceKeys) -> bytes:
    """The token of all words with this prefix, and by design of some others.

    It is shorter than the tokens of tags, e-mail addresses and phone numbers and so never equal to one of them.
    """
    return keys.token(prefix).to_bytes(NAME_TOKEN_BYTES, "big")


def _index_tokens(client: pb.Client, keys: WorkspaceKeys) -> Iterable[bytes]:
    for bucket in keys.tokens(client.full_name):
        yield bucket.to_bytes(NAME_TOKEN_BYTES, "big")
    if client.HasField("email"):
        yield email_token(client.email, keys)
    yield from phone_tokens(client.phone, keys)
    for tag in client.tags:
        yield tag_token(tag, keys)


def external_id_index(client: pb.Client, keys: WorkspaceKeys) -> bytes | None:
    return keys.exact("external_id", rules.normalize_text(client.external_id)) if client.HasField("external_id") else None

"""Between a client and its row: what is sealed, what stays open, and what the client is found by."""

from collections.abc import Iterable, Mapping
from typing import Any

from caseload.clients.v1 import clients_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from clients.clients import rules

TABLE = "clients"
TERM_OF_NAME_BYTES = 4


def opened(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Client:
    client = fill(pb.Client(), row)
    return keys.open(row["sealed"], into=client, table=TABLE, row=row["id"], revision=row["version"])


def summary(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.ClientSummary:
    into = pb.ClientSummary(id=str(row["id"]))
    return keys.open(row["sealed_name"], into=into, table=TABLE, row=row["id"], revision=row["version"], column="sealed_name")


def write(client: pb.Client, particulars: Mapping[str, Any]) -> None:
    """Sets the particulars; None and empty lists clear theirs."""
    for name, value in particulars.items():
        client.ClearField(name)
        if isinstance(value, list):
            getattr(client, name).extend(value)
        elif value is not None:
            setattr(client, name, value)
    client.full_name = rules.full_name(client.first_name, client.last_name)


def columns(client: pb.Client, keys: WorkspaceKeys) -> dict[str, Any]:
    """The client's row but for its times."""
    name = pb.ClientSummary(first_name=client.first_name, last_name=client.last_name, full_name=client.full_name)
    place: dict[str, Any] = {"table": TABLE, "row": client.id, "revision": client.version}
    return {
        "id": client.id,
        "version": client.version,
        "sealed": keys.seal(client, **place),
        "sealed_name": keys.seal(name, column="sealed_name", **place),
        "external_id_index": _external_id_index(client, keys),
        "is_active": client.is_active,
        "consent_status": client.consent_status,
        "time_zone": client.time_zone if client.HasField("time_zone") else None,
        "terms": list(_terms(client, keys)),
    }


def tag_term(tag: str, keys: WorkspaceKeys) -> bytes:
    return keys.exact("tag", rules.same_text(tag))


def email_term(email: str, keys: WorkspaceKeys) -> bytes:
    return keys.exact("email", rules.same_email(email))


def phone_terms(phone: str, keys: WorkspaceKeys) -> list[bytes]:
    """One term, or none where there are too few digits to go by."""
    number = rules.same_phone(phone)
    return [keys.exact("phone", number)] if number else []


def name_term(beginning: str, keys: WorkspaceKeys) -> bytes:
    """Shared by all words that begin so, and by chance by others; terms of other kinds are longer and never equal it."""
    return keys.token(beginning).to_bytes(TERM_OF_NAME_BYTES, "big")


def _terms(client: pb.Client, keys: WorkspaceKeys) -> Iterable[bytes]:
    for token in keys.tokens(client.full_name):
        yield token.to_bytes(TERM_OF_NAME_BYTES, "big")
    if client.HasField("email"):
        yield email_term(client.email, keys)
    yield from phone_terms(client.phone, keys)
    for tag in client.tags:
        yield tag_term(tag, keys)


def _external_id_index(client: pb.Client, keys: WorkspaceKeys) -> bytes | None:
    return keys.exact("external_id", rules.same_text(client.external_id)) if client.HasField("external_id") else None

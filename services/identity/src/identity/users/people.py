"""A person as others see them: the open columns and the sealed name and address together."""

from collections.abc import Mapping
from typing import Any

from caseload.identity.v1 import users_pb2 as pb
from chassis.encryption.blind_index import fold
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill


def to_proto(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.User:
    return keys.open(row["sealed"], into=fill(pb.User(), row), table="users", row=row["id"], revision=row["version"])


def seal(person: pb.User, keys: WorkspaceKeys, *, revision: int) -> bytes:
    return keys.seal(person, table="users", row=person.id, revision=revision)


def by_name(person: pb.User) -> tuple[str, str]:
    return fold(person.full_name), person.id


def found_by(person: pb.User, search: str) -> bool:
    """Whether every word that is searched for occurs in the name or the address."""
    text = f"{fold(person.full_name)} {person.email.casefold()}"
    return all(word in text for word in fold(search).split())

"""A user as a message: the plain columns, and the encrypted name and e-mail address."""

from collections.abc import Mapping
from typing import Any

from caseload.identity.v1 import users_pb2 as pb
from chassis.encryption.blind_index import fold
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from identity.people.rules import normalize_email


def to_proto(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.User:
    """The message of a row that has the columns of `USER_COLUMNS`, decrypted."""
    return keys.open(row["sealed"], into=fill(pb.User(), row), table="users", row=row["id"], revision=row["version"])


def seal(user: pb.User, keys: WorkspaceKeys, *, revision: int) -> bytes:
    """The encrypted fields of the message, bound to this revision of the row."""
    return keys.seal(user, table="users", row=user.id, revision=revision)


def email_index(keyring: Keyring, email: str) -> bytes:
    """The keyed digest that an address is found by: equal for all spellings of one address, across all workspaces."""
    return keyring.deployment_index("email", normalize_email(email))


def sort_key(user: pb.User) -> tuple[str, str]:
    """Orders users by name, ignoring case and accents; by id where names are equal."""
    return fold(user.full_name), user.id


def matches(user: pb.User, search: str) -> bool:
    """Whether the name or the e-mail address contains every word of the search."""
    text = f"{fold(user.full_name)} {user.email.casefold()}"
    return all(word in text for word in fold(search).split())

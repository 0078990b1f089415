"""A user as a message: the plain columns, and the encrypted name and e-mail address, to which most of them are bound."""

from collections.abc import Mapping
from typing import Any

from caseload.identity.v1 import users_pb2 as pb
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from identity.people.rules import normalize_email
from identity.tables import users

USERS = SealedTable(users)


def to_proto(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.User:
    """The message of a row that has the columns of `USER_COLUMNS`, decrypted."""
    user = fill(pb.User(), row)
    user.is_locked = user.HasField("locked_until")
    return USERS.open(row, keys, into=user)


def change(was: Mapping[str, Any], user: pb.User, keys: WorkspaceKeys, work: UnitOfWork, **changes: Any) -> dict[str, Any]:
    """The columns of a change: these, and the encrypted fields of the message, bound to the row as it will be."""
    row = {**was, **changes, "version": was["version"] + 1}
    return {**changes, "version": row["version"], "sealed": USERS.seal(user, keys, row, work)}


def email_index(keyring: Keyring, email: str) -> bytes:
    """The keyed digest that an address is found by: equal for all spellings of one address, across all workspaces."""
    return keyring.deployment_index("email", normalize_email(email))

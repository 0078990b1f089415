"""Adds a user."""

from uuid import UUID

from caseload.identity.v1 import users_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.people import record, store


async def add_user(
    work: UnitOfWork,
    keyring: Keyring,
    keys: WorkspaceKeys,
    user: pb.User,
    *,
    role: str,
    password_hash: str | None = None,
    is_platform_admin: bool = False,
) -> None:
    """Insert the user into the workspace, and the index entry of the e-mail address; leaves an audit line.

    Raises Conflict `email_taken` if another user of any workspace has the address.
    """
    user_id = UUID(user.id)
    unset = dict.fromkeys(record.USERS.declared.bound)
    columns = {"id": user_id, "role": role, "is_platform_admin": is_platform_admin, "is_active": True}
    new = record.change({**unset, "version": 0}, user, keys, work, **columns)
    await work.db.run(store.add_user, **new, password_hash=password_hash)
    record_effect(work, "add_user", options_pb2.RESOURCE_USER, options_pb2.ACTION_CREATE, [user_id], role=role)
    await work.db.run(store.add_email_index, email_index=record.email_index(keyring, user.email), user_id=user_id)

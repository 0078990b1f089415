"""Adds a user."""

from uuid import UUID

from caseload.identity.v1 import users_pb2 as pb
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
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
    """Insert the user into the call's workspace, and the index entry of the e-mail address.

    Raises Conflict `email_taken` if another user of any workspace has the address.
    """
    user_id = UUID(user.id)
    await work.db.run(
        store.add_user,
        id=user_id,
        sealed=record.seal(user, keys, revision=1),
        version=1,
        role=role,
        is_platform_admin=is_platform_admin,
        password_hash=password_hash,
    )
    await work.db.run(store.add_email_index, email_index=record.email_index(keyring, user.email), user_id=user_id)

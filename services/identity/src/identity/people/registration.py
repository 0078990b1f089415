"""Adds a user."""

from typing import Any
from uuid import UUID

from caseload.identity.v1 import users_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.people import record, store
from identity.people.blacklist import check_not_blacklisted
from identity.people.rules import check_new_email


async def insert_user(
    work: UnitOfWork,
    keyring: Keyring,
    keys: WorkspaceKeys,
    user: pb.User,
    *,
    password_hash: str | None = None,
    is_proved: bool = False,
    **columns: Any,
) -> None:
    """Insert the user into the workspace, and the index entry of the e-mail address. `columns` are the open ones that are not null.

    `is_proved` says that the address is the person's beyond doubt. Raises Invalid for an address that could be mistaken for another,
    Conflict `email_taken` if another user of the workspace has it, and `email_blacklisted` if nobody may have it.
    """
    user.email = check_new_email(user.email)
    index = record.email_index(keyring, user.email)
    await check_not_blacklisted(work.db, index)
    user_id = UUID(user.id)
    unset = dict.fromkeys(record.USERS.declared.bound)
    new = record.change(
        {**unset, "version": 0, "id": user_id}, user, keys, work, **{"is_active": True, "is_platform_admin": False, **columns}
    )
    values = {"shift_schedule": None, **unset, **new}
    await work.db.run(store.add_user, id=user_id, **values, password_hash=password_hash)
    proved_at = work.now if is_proved else None
    await work.db.run(store.add_email_index, email_index=index, user_id=user_id, proved_at=proved_at)


async def add_user(
    work: UnitOfWork,
    keyring: Keyring,
    keys: WorkspaceKeys,
    user: pb.User,
    *,
    role: str,
    password_hash: str | None = None,
    is_platform_admin: bool = False,
    is_proved: bool = False,
) -> None:
    """The same for work that nobody called: leaves an audit line of its own."""
    columns = {"role": role, "is_platform_admin": is_platform_admin}
    await insert_user(work, keyring, keys, user, password_hash=password_hash, is_proved=is_proved, **columns)
    record_effect(work, "add_user", options_pb2.RESOURCE_USER, options_pb2.ACTION_CREATE, [user.id], role=role)

"""Opens a workspace with its first administrator."""

from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, users_pb2
from chassis.db.transaction import Transaction
from chassis.service.runtime import Runtime
from identity.credentials.passwords import password_hasher
from identity.people import store as people
from identity.people.record import email_index
from identity.people.registration import add_user
from identity.people.rules import check_full_name, check_new_email, proved_memberships
from identity.workspaces import rules, store

_SECONDS_TO_FIND = 5.0


async def open_workspace(
    runtime: Runtime,
    *,
    name: str,
    kind: str,
    time_zone: str,
    locale: str,
    owner_email: str,
    owner_full_name: str,
    role: str,
    password: str | None = None,
    is_platform_admin: bool = False,
    is_demo: bool = False,
) -> tuple[UUID, UUID]:
    """Open a workspace. Returns the ids of the workspace and of the user.

    If somebody has proved the e-mail address already, nothing is opened: the ids are those of that user and their workspace.
    Raises Invalid for values that are not accepted; the password of a demonstration is public and not judged.
    """
    rules.check_workspace({"name": name, "time_zone": time_zone, "locale": locale})
    email = check_new_email(owner_email)
    user = users_pb2.User(id=str(uuid7()), email=email, full_name=check_full_name(owner_full_name))
    index = email_index(runtime.keyring, email)
    async with runtime.database.transaction(None, seconds=_SECONDS_TO_FIND) as tx:
        if existing := await _find_user(tx, index):
            return existing

    password_hash = None
    if password is not None:
        passwords = runtime.once(password_hasher)
        if not is_demo:
            await passwords.check(password, email=email, full_name=user.full_name, pointer="/password")
        password_hash = await passwords.hash(password)
    workspace_id = uuid7()
    keys = await runtime.keys.of(workspace_id)
    async with runtime.background(workspace_id) as work:
        await work.db.run(store.lock_address, address=index.hex())
        if existing := await _find_user(work.db, index):
            # Another command opened a workspace for this address at the same moment.
            return existing
        await work.db.run(store.add_workspace, name=name.strip(), kind=kind, time_zone=time_zone, locale=locale)
        await add_user(
            work,
            runtime.keyring,
            keys,
            user,
            role=role,
            password_hash=password_hash,
            is_platform_admin=is_platform_admin,
            is_proved=True,
        )
        work.emit(events_pb2.WorkspaceOpened(workspace_id=str(workspace_id)))
    return workspace_id, UUID(user.id)


async def _find_user(tx: Transaction, index: bytes) -> tuple[UUID, UUID] | None:
    """The home of the person with this address; None for somebody who has not proved it."""
    proved = proved_memberships(await tx.all(people.memberships_of_address, email_index=index))
    return proved[0] if proved else None

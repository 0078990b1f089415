"""Opens a workspace with the first person who runs it."""

from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, users_pb2
from chassis.db.transaction import Record
from chassis.errors import Conflict
from chassis.service.runtime import Runtime
from identity.sign_in import store as sign_in_store
from identity.sign_in.passwords import Passwords
from identity.sign_in.rules import check_email, check_password, normal_email
from identity.users import people
from identity.users import store as users_store
from identity.users.rules import check_full_name
from identity.workspaces import rules, store


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
) -> tuple[UUID, UUID]:
    """The ids of the workspace and of the person; those that are there already when the address is taken."""
    rules.check_workspace({"name": name, "time_zone": time_zone, "locale": locale})
    email = check_email(owner_email)
    person = users_pb2.User(id=str(uuid7()), email=email, full_name=check_full_name(owner_full_name))
    account = runtime.keyring.deployment_index("email", normal_email(email))
    if known := await _sign_in(runtime, account):
        return known["workspace_id"], known["user_id"]

    password_hash = None
    if password is not None:
        password_hash = await Passwords(runtime.settings).hash(check_password(password, email=email, pointer="/password"))
    workspace_id, user_id = uuid7(), UUID(person.id)
    keys = await runtime.keys.of(workspace_id)
    try:
        async with runtime.background(workspace_id) as work:
            await work.db.run(store.add, name=name.strip(), kind=kind, time_zone=time_zone, locale=locale)
            await work.db.run(
                users_store.add,
                id=user_id,
                sealed=people.seal(person, keys, revision=1),
                version=1,
                role=role,
                is_platform_admin=is_platform_admin,
                password_hash=password_hash,
            )
            await work.db.run(store.add_sign_in, email_index=account, user_id=user_id)
            work.emit(events_pb2.WorkspaceOpened(workspace_id=str(workspace_id)))
    except Conflict as refusal:
        # Somebody else opened it at the same moment.
        if refusal.code != "email_taken" or (known := await _sign_in(runtime, account)) is None:
            raise
        return known["workspace_id"], known["user_id"]
    return workspace_id, user_id


async def _sign_in(runtime: Runtime, account: bytes) -> Record | None:
    async with runtime.database.transaction(None) as tx:
        return await tx.maybe(sign_in_store.sign_in, account=account)

"""From an account of a provider to a user of the workspace: found, linked or added, and given the role of their groups."""

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, users_pb2
from caseload.options.v1 import options_pb2
from chassis.db.transaction import Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.login_sessions import revocation
from identity.people import record as people
from identity.people.notices import raise_notice
from identity.people.registration import insert_user
from identity.people.store import count_other_administrators
from identity.roles import ADMINISTRATOR_ROLE
from identity.single_sign_on import rules, store


async def find_user(runtime: Runtime, work: UnitOfWork, workspace_id: UUID, index: bytes, email: str | None) -> tuple[UUID | None, bool]:
    """The user of an account, or the one who has its verified address and no other account; and whether they are linked already."""
    async with work.beside(workspace_id) as tx:
        linked = await tx.maybe(store.find_account, account_index=index)
        if linked is not None:
            return linked["user_id"], True
        if email is None:
            return None, False
        found = await tx.maybe(store.find_by_email, email_index=people.email_index(runtime.keyring, email))
        return (None if found is None else found["user_id"]), False


async def check_may_sign_in(work: UnitOfWork, workspace_id: UUID, user_id: UUID) -> None:
    """Raises Forbidden for a user who is not active or blacklisted, and for one over whom no provider has a say.

    Checked again at the sign-in itself.
    """
    async with work.beside(workspace_id) as tx:
        user = await tx.one(store.get_user, user_id=user_id)
    if not user["is_active"] or user["is_blacklisted"] or user["is_platform_admin"]:
        raise rules.account_refused()


async def link_account(runtime: Runtime, workspace_id: UUID, index: bytes, user_id: UUID) -> None:
    """Remembers whose account it is. Raises Forbidden if the user has another one: an address may have passed to somebody else."""
    try:
        async with runtime.background(workspace_id) as linking:
            await linking.db.run(store.add_account, account_index=index, user_id=user_id, now=linking.now)
            record_effect(linking, "link_sso_account", options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [user_id])
            raise_notice(linking, user_id, events_pb2.SECURITY_NOTICE_SSO_LINKED)
    except Conflict as refusal:
        # `sso_account_known`: the same person linked it at the same moment.
        if refusal.code != "sso_account_known":
            raise rules.account_refused() from refusal


async def add_user(runtime: Runtime, keys: WorkspaceKeys, index: bytes, account: rules.Account, email: str, given: rules.GroupRole) -> None:
    """Adds a user with the role of their groups, who is sent no invitation. Raises Forbidden if the address belongs to somebody else."""
    user = users_pb2.User(id=str(uuid7()), email=email, full_name=account.full_name)
    user_id = UUID(user.id)
    try:
        async with runtime.background(keys.workspace_id) as adding:
            department_id = await _department(adding.db, given)
            await insert_user(adding, runtime.keyring, keys, user, role=given.role, department_id=department_id)
            await adding.db.run(store.add_account, account_index=index, user_id=user_id, now=adding.now)
            record_effect(
                adding, "add_user", options_pb2.RESOURCE_USER, options_pb2.ACTION_CREATE, [user_id], role=given.role, by="single sign-on"
            )
    except Conflict as refusal:
        if refusal.code not in {"email_taken", "sso_account_known", "email_blacklisted"}:
            raise
        # Unless somebody added the same person at the same moment.
        async with runtime.background(keys.workspace_id) as looking:
            if await looking.db.maybe(store.find_account, account_index=index) is None:
                raise rules.account_refused() from refusal


async def follow_groups(work: UnitOfWork, keys: WorkspaceKeys, user_id: UUID, given: rules.GroupRole) -> None:
    """Gives the user the role, and the department, of their groups, and voids the access tokens with the old one."""
    now = await work.db.one(store.get_user, user_id=user_id)
    if now["role"] == given.role and (given.department_id is None or str(now["department_id"]) == given.department_id):
        return
    # In this order everywhere: the workspace, then the user.
    kind = (await work.db.one(store.lock_workspace))["kind"]
    was = await work.db.one(store.lock_user, user_id=user_id)
    administrators = {"user_id": user_id, "administrator_role": ADMINISTRATOR_ROLE[kind], "asked_by": None}
    others = (await work.db.one(count_other_administrators, **administrators))["others"]
    role = rules.new_role(given.role, was=was["role"], kind=kind, other_administrators=others)
    department_id = await _department(work.db, given) or was["department_id"]
    if (role, department_id) == (was["role"], was["department_id"]):
        return
    columns: dict[str, Any] = {"role": role, "department_id": department_id}
    change = people.change(was, people.to_proto(was, keys), keys, work, **columns)
    await work.db.run(store.set_role, user_id=user_id, now=work.now, **change)
    sessions = await work.db.all(store.login_sessions_of, user_id=user_id)
    # Of each session, not of the user: the token of the session that begins now is made of the new role.
    await revocation.revoke_access_tokens(work.db, [row["id"] for row in sessions])
    work.note(was=was["role"], role=role)


async def _department(tx: Transaction, given: rules.GroupRole) -> UUID | None:
    """The department of the group; None where it has none, or one that is no longer offered."""
    if given.department_id is None:
        return None
    found = await tx.maybe(store.hold_department, department_id=given.department_id)
    return UUID(given.department_id) if found is not None and found["is_active"] else None

"""The Users service: the users of the caller's workspace."""

from typing import Any
from uuid import UUID

from caseload.identity.v1 import users_pb2 as pb
from caseload.identity.v1.users_rpc import UsersServicer
from chassis.errors import NotFound
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, masked
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials import store as credentials
from identity.login_sessions import revocation
from identity.people import record
from identity.people import store as people
from identity.people.rules import check_full_name
from identity.roles import ADMINISTRATOR_ROLE
from identity.users import rules, store


class Users(UsersServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._keys = runtime.keys

    async def GetMe(self, request: pb.GetMeRequest, work: UnitOfWork) -> pb.User:
        return await self._get(work.user_id, work)

    async def GetUser(self, request: pb.GetUserRequest, work: UnitOfWork) -> pb.User:
        return await self._get(UUID(request.user_id), work)

    async def ListUsers(self, request: pb.ListUsersRequest, work: UnitOfWork) -> pb.UserPage:
        shown = page(request)
        keys = await self._keys.of(work.workspace_id)
        rows = await work.db.all(
            store.list_users,
            role=enum_text(pb.Role, request.role) if request.HasField("role") else None,
            department_id=request.department_id if request.HasField("department_id") else None,
            is_active=request.is_active if request.HasField("is_active") else None,
        )
        everyone = (record.to_proto(row, keys) for row in rows)
        found = sorted((user for user in everyone if record.matches(user, request.search)), key=record.sort_key)
        return pb.UserPage(items=found[shown.offset : shown.offset + shown.limit], total=len(found))

    async def UpdateUser(self, request: pb.UpdateUserRequest, work: UnitOfWork) -> pb.User:
        changes = masked(request, rules.CHANGEABLE)
        rules.check_changes(changes)
        if "full_name" in changes:
            changes["full_name"] = check_full_name(changes["full_name"])

        keys = await self._keys.of(work.workspace_id)
        was = await work.db.one(store.lock_user, user_id=request.user_id)
        user = record.to_proto(was, keys)
        user.full_name = changes.get("full_name", user.full_name)
        columns = {name: changes.get(name, was[name]) for name in rules.CHANGEABLE if name != "full_name"}
        values = record.change(was, user, keys, work, **columns)
        return record.to_proto(await work.db.one(store.update_user, user_id=request.user_id, now=work.now, **values), keys)

    async def ChangeRole(self, request: pb.ChangeRoleRequest, work: UnitOfWork) -> pb.User:
        user_id, role = UUID(request.user_id), enum_text(pb.Role, request.role)
        keys = await self._keys.of(work.workspace_id)
        kind, was, other_administrators = await self._lock_for_change(user_id, work)
        rules.check_new_role(user_id, role, was=was["role"], kind=kind, by=work.user_id, other_administrators=other_administrators)
        if role == was["role"]:
            return record.to_proto(was, keys)

        change = record.change(was, record.to_proto(was, keys), keys, work, role=role)
        changed = await work.db.one(store.change_role, user_id=user_id, now=work.now, **change)
        # Access tokens with the old role's scopes are void. The login sessions continue: they issue tokens with the new role.
        await revocation.revoke_access_tokens(work.db, [user_id])
        work.note(was=was["role"], role=role)
        return record.to_proto(changed, keys)

    async def DeactivateUser(self, request: pb.DeactivateUserRequest, work: UnitOfWork) -> pb.User:
        user_id = UUID(request.user_id)
        keys = await self._keys.of(work.workspace_id)
        kind, was, other_administrators = await self._lock_for_change(user_id, work)
        if not was["is_active"]:
            return record.to_proto(was, keys)
        rules.check_deactivation(was["role"], kind=kind, other_administrators=other_administrators)

        change = record.change(was, record.to_proto(was, keys), keys, work, is_active=False)
        changed = await work.db.one(store.set_active, user_id=user_id, now=work.now, **change)
        await revocation.end_login_sessions(work.db, user_id, reason="deactivated", now=work.now)
        await revocation.revoke_access_tokens(work.db, [user_id])
        work.note(is_active="false")
        return record.to_proto(changed, keys)

    async def ActivateUser(self, request: pb.ActivateUserRequest, work: UnitOfWork) -> pb.User:
        keys = await self._keys.of(work.workspace_id)
        was = await work.db.one(store.lock_user, user_id=request.user_id)
        change = record.change(was, record.to_proto(was, keys), keys, work, is_active=True)
        changed = await work.db.one(store.set_active, user_id=request.user_id, now=work.now, **change)
        work.note(is_active="true")
        return record.to_proto(changed, keys)

    async def UnlockUser(self, request: pb.UnlockUserRequest, work: UnitOfWork) -> pb.User:
        keys = await self._keys.of(work.workspace_id)
        await work.db.one(store.lock_user, user_id=request.user_id)
        email = await work.db.one(people.email_index_of, user_id=request.user_id)
        await work.db.run(credentials.delete_all_buckets_of, email_index=email["email_index"])
        return record.to_proto(await work.db.one(store.get_user, user_id=request.user_id), keys)

    async def GetPractitioner(self, request: pb.GetPractitionerRequest, work: UnitOfWork) -> pb.Practitioner:
        row = await work.db.maybe(store.get_practitioner, user_id=request.user_id)
        if row is None:
            raise NotFound("practitioner_not_found", "Nobody here has this id.")
        return fill(pb.Practitioner(), row)

    async def _get(self, user_id: UUID, work: UnitOfWork) -> pb.User:
        keys = await self._keys.of(work.workspace_id)
        return record.to_proto(await work.db.one(store.get_user, user_id=user_id), keys)

    async def _lock_for_change(self, user_id: UUID, work: UnitOfWork) -> tuple[str, Any, int]:
        """The kind of the workspace, the user's row, and the number of other active administrators; locked until the commit."""
        kind: str = (await work.db.one(store.lock_workspace))["kind"]
        was = await work.db.one(store.lock_user, user_id=user_id)
        others = await work.db.one(store.count_other_administrators, user_id=user_id, administrator_role=ADMINISTRATOR_ROLE[kind])
        return kind, was, others["others"]

"""The Users service: the users of the caller's workspace."""

from typing import Any
from uuid import UUID

from caseload.identity.v1 import users_pb2 as pb
from caseload.identity.v1.users_rpc import UsersServicer
from chassis.call import Call
from chassis.errors import NotFound
from chassis.rows import enum_text, fill, masked, page
from chassis.runtime import Runtime
from identity.login_sessions import revocation
from identity.people import record
from identity.people.rules import check_full_name
from identity.roles import ADMINISTRATOR_ROLE
from identity.users import rules, store


class Users(UsersServicer[Call]):
    def __init__(self, runtime: Runtime) -> None:
        self._keys = runtime.keys

    async def GetMe(self, request: pb.GetMeRequest, call: Call) -> pb.User:
        return await self._get(call.user_id, call)

    async def GetUser(self, request: pb.GetUserRequest, call: Call) -> pb.User:
        return await self._get(UUID(request.user_id), call)

    async def ListUsers(self, request: pb.ListUsersRequest, call: Call) -> pb.UserPage:
        shown = page(request)
        keys = await self._keys.of(call.workspace_id)
        rows = await call.db.all(
            store.list_users,
            role=enum_text(pb.Role, request.role) if request.HasField("role") else None,
            department_id=request.department_id if request.HasField("department_id") else None,
            is_active=request.is_active if request.HasField("is_active") else None,
        )
        everyone = (record.to_proto(row, keys) for row in rows)
        found = sorted((user for user in everyone if record.matches(user, request.search)), key=record.sort_key)
        return pb.UserPage(items=found[shown.offset : shown.offset + shown.limit], total=len(found))

    async def UpdateUser(self, request: pb.UpdateUserRequest, call: Call) -> pb.User:
        changes = masked(request, rules.CHANGEABLE)
        rules.check_changes(changes)
        if "full_name" in changes:
            changes["full_name"] = check_full_name(changes["full_name"])

        keys = await self._keys.of(call.workspace_id)
        was = await call.db.one(store.lock_user, user_id=request.user_id)
        values: dict[str, Any] = {name: changes.get(name, was[name]) for name in rules.CHANGEABLE if name != "full_name"}
        values |= {"sealed": was["sealed"], "version": was["version"]}
        if "full_name" in changes:
            user = record.to_proto(was, keys)
            user.full_name = changes["full_name"]
            values["version"] += 1
            values["sealed"] = record.seal(user, keys, revision=values["version"])

        return record.to_proto(await call.db.one(store.update_user, user_id=request.user_id, now=call.now, **values), keys)

    async def ChangeRole(self, request: pb.ChangeRoleRequest, call: Call) -> pb.User:
        user_id, role = UUID(request.user_id), enum_text(pb.Role, request.role)
        keys = await self._keys.of(call.workspace_id)
        kind, was, other_administrators = await self._lock_for_change(user_id, call)
        rules.check_new_role(user_id, role, was=was["role"], kind=kind, by=call.user_id, other_administrators=other_administrators)
        if role == was["role"]:
            return record.to_proto(was, keys)

        changed = await call.db.one(store.change_role, user_id=user_id, role=role, now=call.now)
        # Access tokens with the old role's scopes are void. The login sessions continue: they issue tokens with the new role.
        await revocation.revoke_access_tokens(call.db, [user_id])
        call.note(was=was["role"], role=role)
        return record.to_proto(changed, keys)

    async def DeactivateUser(self, request: pb.DeactivateUserRequest, call: Call) -> pb.User:
        user_id = UUID(request.user_id)
        keys = await self._keys.of(call.workspace_id)
        kind, was, other_administrators = await self._lock_for_change(user_id, call)
        if not was["is_active"]:
            return record.to_proto(was, keys)
        rules.check_deactivation(was["role"], kind=kind, other_administrators=other_administrators)

        changed = await call.db.one(store.set_active, user_id=user_id, is_active=False, now=call.now)
        await revocation.end_login_sessions(call.db, user_id, reason="deactivated", now=call.now)
        await revocation.revoke_access_tokens(call.db, [user_id])
        call.note(is_active="false")
        return record.to_proto(changed, keys)

    async def ActivateUser(self, request: pb.ActivateUserRequest, call: Call) -> pb.User:
        keys = await self._keys.of(call.workspace_id)
        changed = await call.db.one(store.set_active, user_id=request.user_id, is_active=True, now=call.now)
        call.note(is_active="true")
        return record.to_proto(changed, keys)

    async def GetPractitioner(self, request: pb.GetPractitionerRequest, call: Call) -> pb.Practitioner:
        row = await call.db.maybe(store.get_practitioner, user_id=request.user_id)
        if row is None:
            raise NotFound("practitioner_not_found", "Nobody here has this id.")
        return fill(pb.Practitioner(), row)

    async def _get(self, user_id: UUID, call: Call) -> pb.User:
        keys = await self._keys.of(call.workspace_id)
        return record.to_proto(await call.db.one(store.get_user, user_id=user_id), keys)

    async def _lock_for_change(self, user_id: UUID, call: Call) -> tuple[str, Any, int]:
        """The kind of the workspace, the user's row, and the number of other active administrators; locked until the commit."""
        kind: str = (await call.db.one(store.lock_workspace))["kind"]
        was = await call.db.one(store.lock_user, user_id=user_id)
        others = await call.db.one(store.count_other_administrators, user_id=user_id, administrator_role=ADMINISTRATOR_ROLE[kind])
        return kind, was, others["others"]

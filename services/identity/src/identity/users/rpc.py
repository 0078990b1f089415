"""The Users service: the people of the caller's workspace."""

from typing import Any
from uuid import UUID

from caseload.identity.v1 import users_pb2 as pb
from caseload.identity.v1.users_rpc import UsersServicer
from chassis.db.paging import page
from chassis.errors import NotFound
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, masked
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.roles import HEAD_OF
from identity.sign_in import workflow as sign_in
from identity.users import people, rules, store


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
            store.everybody,
            role=enum_text(pb.Role, request.role) if request.HasField("role") else None,
            department_id=request.department_id if request.HasField("department_id") else None,
            is_active=request.is_active if request.HasField("is_active") else None,
        )
        everybody = (people.to_proto(row, keys) for row in rows)
        found = sorted((person for person in everybody if people.found_by(person, request.search)), key=people.by_name)
        return pb.UserPage(items=found[shown.offset : shown.offset + shown.limit], total=len(found))

    async def UpdateUser(self, request: pb.UpdateUserRequest, work: UnitOfWork) -> pb.User:
        changes = masked(request, rules.CHANGEABLE)
        rules.check_changes(changes)
        if "full_name" in changes:
            changes["full_name"] = rules.check_full_name(changes["full_name"])

        keys = await self._keys.of(work.workspace_id)
        was = await work.db.one(store.lock, user_id=request.user_id)
        values: dict[str, Any] = {name: changes.get(name, was[name]) for name in rules.CHANGEABLE if name != "full_name"}
        values |= {"sealed": was["sealed"], "version": was["version"]}
        if "full_name" in changes:
            person = people.to_proto(was, keys)
            person.full_name = changes["full_name"]
            values["version"] += 1
            values["sealed"] = people.seal(person, keys, revision=values["version"])

        return people.to_proto(await work.db.one(store.write, user_id=request.user_id, now=work.now, **values), keys)

    async def ChangeRole(self, request: pb.ChangeRoleRequest, work: UnitOfWork) -> pb.User:
        user_id, role = UUID(request.user_id), enum_text(pb.Role, request.role)
        keys = await self._keys.of(work.workspace_id)
        kind, was, other_heads = await self._before_change(user_id, work)
        rules.check_new_role(user_id, role, was=was["role"], kind=kind, by=work.user_id, other_heads=other_heads)
        if role == was["role"]:
            return people.to_proto(was, keys)

        changed = await work.db.one(store.change_role, user_id=user_id, role=role, now=work.now)
        # Tokens that still carry the old role's scopes; the sign-ins themselves go on, with new tokens.
        await sign_in.revoke(work.db, [user_id])
        work.note(was=was["role"], role=role)
        return people.to_proto(changed, keys)

    async def DeactivateUser(self, request: pb.DeactivateUserRequest, work: UnitOfWork) -> pb.User:
        user_id = UUID(request.user_id)
        keys = await self._keys.of(work.workspace_id)
        kind, was, other_heads = await self._before_change(user_id, work)
        if not was["is_active"]:
            return people.to_proto(was, keys)
        rules.check_may_leave(was["role"], kind=kind, other_heads=other_heads)

        changed = await work.db.one(store.switch, user_id=user_id, is_active=False, now=work.now)
        await sign_in.end_all(work.db, user_id, reason="deactivated", now=work.now)
        await sign_in.revoke(work.db, [user_id])
        work.note(is_active="false")
        return people.to_proto(changed, keys)

    async def ActivateUser(self, request: pb.ActivateUserRequest, work: UnitOfWork) -> pb.User:
        keys = await self._keys.of(work.workspace_id)
        changed = await work.db.one(store.switch, user_id=request.user_id, is_active=True, now=work.now)
        work.note(is_active="true")
        return people.to_proto(changed, keys)

    async def GetPractitioner(self, request: pb.GetPractitionerRequest, work: UnitOfWork) -> pb.Practitioner:
        row = await work.db.maybe(store.practitioner, user_id=request.user_id)
        if row is None:
            raise NotFound("practitioner_not_found", "Nobody here has this id.")
        return fill(pb.Practitioner(), row)

    async def _get(self, user_id: UUID, work: UnitOfWork) -> pb.User:
        keys = await self._keys.of(work.workspace_id)
        return people.to_proto(await work.db.one(store.get, user_id=user_id), keys)

    async def _before_change(self, user_id: UUID, work: UnitOfWork) -> tuple[str, Any, int]:
        """The workspace's kind, the person, and how many others run the workspace; all held still until the commit."""
        kind: str = (await work.db.one(store.lock_workspace))["kind"]
        was = await work.db.one(store.lock, user_id=user_id)
        others = await work.db.one(store.other_heads, user_id=user_id, head=HEAD_OF[kind])
        return kind, was, others["others"]

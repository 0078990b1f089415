"""The Users service: the users of the caller's workspace."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2
from caseload.identity.v1 import users_pb2 as pb
from caseload.identity.v1.users_rpc import UsersServicer
from chassis.auth.tokens import ACCESS_SECONDS
from chassis.context import READS_AS_TREATING, TREATS
from chassis.encryption.blind_index import fold
from chassis.errors import NotFound
from chassis.jobs import rules as job_rules
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given, masked
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials.device_tokens import DeviceTokens
from identity.credentials.throttle import LoginThrottle
from identity.invitations.workflow import invite
from identity.login_sessions import revocation
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.rules import check_is_recent
from identity.people import record
from identity.people import store as people
from identity.people.memberships import person_of_user
from identity.people.registration import insert_user
from identity.people.rules import check_full_name, check_new_email
from identity.roles import ADMINISTRATOR_ROLE, ALERT_OVERSEER_ROLES, HEAD_ROLES, LENT_SCOPES, OVERSEER_ROLES, SCOPES_BY_ROLE, scopes_of
from identity.users import rules, store
from identity.users.names import UserNames
from identity.workspaces.rules import cosign_hours

# More than decide on notes in any workspace.
_MOST_OVERSEERS = 100
# Of one department.
_MOST_COLLEAGUES = 5000
# More than work in any hospital in the roles that an alert is told to.
_MOST_STAFF = 10_000


class Users(UsersServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._settings = runtime.settings
        self._keyring = runtime.keyring
        self._keys = runtime.keys
        self._throttle = LoginThrottle(runtime.keyring, DeviceTokens(runtime.keyring))
        self._names = UserNames()
        self._signer = runtime.once(access_keys).signer

    async def GetMe(self, request: pb.GetMeRequest, work: UnitOfWork) -> pb.User:
        return await self._get(work.user_id, work)

    async def GetUser(self, request: pb.GetUserRequest, work: UnitOfWork) -> pb.User:
        return await self._get(UUID(request.user_id), work)

    async def CreateUser(self, request: pb.CreateUserRequest, work: UnitOfWork) -> pb.User:
        wanted = given(request)
        columns = {name: wanted[name] for name in rules.CHANGEABLE if name != "full_name"}
        rules.check_changes(columns)
        user = pb.User(id=str(uuid7()), email=check_new_email(request.email), full_name=check_full_name(request.full_name))
        role = enum_text(pb.Role, request.role)

        keys = await self._keys.of(work.workspace_id)
        kind = (await work.db.one(store.lock_workspace))["kind"]
        if columns["department_id"] is not None:
            await self._check_department(columns["department_id"], work)
        if columns["supervisor_id"] is not None:
            await self._check_supervisor(UUID(user.id), UUID(columns["supervisor_id"]), work)
        rules.check_role(role, kind=kind)
        rules.check_may_give(role, work.caller.scopes)
        _check_may_add_mightiest(role, kind, work)
        await insert_user(work, self._keyring, keys, user, role=role, **columns)
        await invite(work, UUID(user.id), seconds=self._settings.invitation_seconds)
        work.note(role=role)
        return await self._get(UUID(user.id), work)

    async def ListUsers(self, request: pb.ListUsersRequest, work: UnitOfWork) -> pb.UserPage:
        shown, words = page(request), rules.search_words(fold(request.search))
        keys = await self._keys.of(work.workspace_id)
        wanted = given(request)
        filters = {name: wanted[name] for name in store.FILTERS if wanted[name] is not None}
        found = await self._names.select(filters, words, work.db, keys)
        shown_ids = [name.id for name in found[shown.offset : shown.offset + shown.limit]]
        rows = {row["id"]: row for row in await work.db.all(store.get_users, ids=shown_ids)}
        return pb.UserPage(items=[record.to_proto(rows[user_id], keys) for user_id in shown_ids], total=len(found))

    async def UpdateUser(self, request: pb.UpdateUserRequest, work: UnitOfWork) -> pb.User:
        changes = masked(request, rules.CHANGEABLE)
        rules.check_changes(changes)
        if "full_name" in changes:
            changes["full_name"] = check_full_name(changes["full_name"])

        keys = await self._keys.of(work.workspace_id)
        if changes.get("supervisor_id") is not None:
            await self._check_supervisor(UUID(request.user_id), UUID(changes["supervisor_id"]), work)
        was = await work.db.one(store.lock_user, user_id=request.user_id)
        if changes.get("department_id") not in (None, str(was["department_id"])):
            await self._check_department(changes["department_id"], work)
        user = record.to_proto(was, keys)
        user.full_name = changes.get("full_name", user.full_name)
        columns = {name: changes.get(name, was[name]) for name in rules.CHANGEABLE if name != "full_name"}
        values = record.change(was, user, keys, work, **columns)
        changed = record.to_proto(await work.db.one(store.update_user, user_id=request.user_id, now=work.now, **values), keys)
        if changed.supervisor_id != user.supervisor_id:
            supervisor_id = changed.supervisor_id if changed.HasField("supervisor_id") else None
            work.emit(events_pb2.SupervisionChanged(user_id=changed.id, supervisor_id=supervisor_id, version=values["version"]))
        before = record.to_proto(was, keys)
        work.note(changed=" ".join(name for name in rules.CHANGEABLE if getattr(before, name) != getattr(changed, name)) or "nothing")
        return changed

    async def ChangeRole(self, request: pb.ChangeRoleRequest, work: UnitOfWork) -> pb.User:
        user_id, role = UUID(request.user_id), enum_text(pb.Role, request.role)
        keys = await self._keys.of(work.workspace_id)
        kind, was, other_administrators = await self._lock_for_change(user_id, work)
        rules.check_new_role(user_id, role, was=was["role"], kind=kind, by=work.user_id, other_administrators=other_administrators)
        if role == was["role"]:
            return record.to_proto(was, keys)
        rules.check_may_give(role, work.caller.scopes)
        _check_may_add_mightiest(role, kind, work)

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
        person = await person_of_user(work.db, work.workspace_id, UUID(request.user_id))
        # Elsewhere nothing is locked: whoever adds an address does not lift the limits of guessing at its owner's password.
        if person.credentials_count:
            await self._throttle.forget(work.db, person.email_index)
        return record.to_proto(await work.db.one(store.get_user, user_id=request.user_id), keys)

    async def GetPractitioner(self, request: pb.GetPractitionerRequest, work: UnitOfWork) -> pb.Practitioner:
        row = await work.db.maybe(store.get_practitioner, user_id=request.user_id)
        if row is None:
            raise NotFound("practitioner_not_found", "Nobody here has this id.")
        return _practitioner(row)

    async def ListPractitioners(self, request: pb.ListPractitionersRequest, work: UnitOfWork) -> pb.PractitionerList:
        user_ids = sorted(set(map(UUID, request.user_ids)))
        rules.check_number_of_ids(len(user_ids))
        return pb.PractitionerList(items=map(_practitioner, await work.db.all(store.practitioners, ids=user_ids)))

    async def GetSupervision(self, request: pb.GetSupervisionRequest, work: UnitOfWork) -> pb.Supervision:
        row = await work.db.one(store.supervision, user_id=request.user_id)
        return fill(pb.Supervision(cosign_hours=cosign_hours(row["settings"])), row)

    async def ListOverseers(self, request: pb.ListOverseersRequest, work: UnitOfWork) -> pb.OverseerList:
        found = await work.db.all(store.active_users_of_roles, roles=sorted(OVERSEER_ROLES), limit=_MOST_OVERSEERS)
        whose = {"user_id": request.supervisee_id, "roles": sorted(HEAD_ROLES), "limit": _MOST_OVERSEERS}
        heads = await work.db.all(store.heads_of_department_of, **whose) if request.HasField("supervisee_id") else []
        return pb.OverseerList(user_ids=[str(row["id"]) for row in found], head_ids=[str(row["id"]) for row in heads])

    async def ListColleagues(self, _request: pb.ListColleaguesRequest, work: UnitOfWork) -> pb.ColleagueList:
        found = await work.db.all(store.colleagues, user_id=work.user_id, limit=_MOST_COLLEAGUES)
        return pb.ColleagueList(user_ids=[str(row["id"]) for row in found])

    async def ListStaff(self, request: pb.ListStaffRequest, work: UnitOfWork) -> pb.Staff:
        zone = (await work.db.one(store.time_zone))["time_zone"]
        found = await work.db.all(
            store.staff,
            roles=[enum_text(pb.Role, role) for role in request.roles],
            with_shifts=request.with_shifts,
            ids=list(request.user_ids),
            limit=_MOST_STAFF,
        )
        unasked = {} if request.with_shifts else {"shift_schedule": None}
        members = [fill(pb.StaffMember(oversees_alerts=row["role"] in ALERT_OVERSEER_ROLES), {**row, **unasked}) for row in found]
        return pb.Staff(members=members, time_zone=zone)

    async def GetStanding(self, request: pb.GetStandingRequest, work: UnitOfWork) -> pb.Standing:
        row = await work.db.one(store.standing, user_id=request.orderer_id, now=work.now)
        scopes = SCOPES_BY_ROLE[row["role"]] if row["role"] is not None else row["scopes"] or ()
        return pb.Standing(workspace_is_active=row["status"] == "active", is_permitted=request.scope in scopes)

    async def LendReading(self, request: pb.LendReadingRequest, work: UnitOfWork) -> pb.LentReading:
        row = await work.db.maybe(store.lending, user_id=request.user_id)
        held = scopes_of(row["role"], is_platform_admin=row["is_platform_admin"]) if row is not None else frozenset()
        if row is None or row["status"] != "active" or request.scope not in held:
            raise job_rules.not_permitted()
        claims = {
            "sub": request.user_id,
            "ws": str(work.workspace_id),
            # There is no login session: it ends when the user's tokens are revoked.
            "sid": request.user_id,
            "role": row["role"],
            "scope": " ".join(sorted((held & LENT_SCOPES) | ({READS_AS_TREATING} if TREATS in held else set()))),
            "amr": ["lent"],
            "auth_time": int(work.now.timestamp()),
            "epoch": row["read_at_ms"],
        }
        return pb.LentReading(access_token=self._signer.sign(claims, seconds=ACCESS_SECONDS), expires_in=ACCESS_SECONDS)

    async def _get(self, user_id: UUID, work: UnitOfWork) -> pb.User:
        keys = await self._keys.of(work.workspace_id)
        return record.to_proto(await work.db.one(store.get_user, user_id=user_id), keys)

    async def _lock_for_change(self, user_id: UUID, work: UnitOfWork) -> tuple[str, Any, int]:
        """The kind of the workspace, the user's row, and the number of other active administrators who have signed in; locked until the commit."""
        kind: str = (await work.db.one(store.lock_workspace))["kind"]
        was = await work.db.one(store.lock_user, user_id=user_id)
        administrators = {"user_id": user_id, "administrator_role": ADMINISTRATOR_ROLE[kind], "asked_by": work.user_id}
        others = await work.db.one(people.count_other_administrators, **administrators)
        return kind, was, others["others"]

    async def _check_department(self, department_id: str, work: UnitOfWork) -> None:
        found = await work.db.maybe(store.hold_department, department_id=department_id)
        if found is None:
            raise NotFound("department_not_found", "There is no such department here.")
        rules.check_department(is_active=found["is_active"])

    async def _check_supervisor(self, user_id: UUID, supervisor_id: UUID, work: UnitOfWork) -> None:
        """Raises a refusal unless the one may supervise the other. Holds the workspace: two changes together could make a circle.

        A supervisor who is inactive by now may stay.
        """
        await work.db.one(store.lock_workspace)
        if (await work.db.one(store.supervision, user_id=user_id))["supervisor_id"] == supervisor_id:
            return
        found = {row["id"]: row for row in await work.db.all(store.supervisors, supervisor_id=supervisor_id)}
        if supervisor_id not in found:
            raise NotFound("supervisor_not_found", "Nobody here has the supervisor's id.")
        rules.check_supervisor(user_id, is_active=found[supervisor_id]["is_active"], supervisors=found.keys())


def _practitioner(row: Mapping[str, Any]) -> pb.Practitioner:
    return fill(pb.Practitioner(treats=TREATS in SCOPES_BY_ROLE[row["role"]]), row)


def _check_may_add_mightiest(role: str, kind: str, work: UnitOfWork) -> None:
    """Raise Forbidden for another owner or administrator, who may do everything, unless whoever adds one has signed in just now."""
    if role == ADMINISTRATOR_ROLE[kind]:
        check_is_recent(work.caller.auth_time, work.caller.amr, work.now)

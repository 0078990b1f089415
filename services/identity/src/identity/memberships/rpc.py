"""The Memberships service: each method is one use case and one transaction."""

from uuid import UUID

from caseload.identity.v1 import memberships_pb2 as pb
from caseload.identity.v1.memberships_rpc import MembershipsServicer
from caseload.options.v1 import options_pb2
from chassis.db.errors import nothing_here
from chassis.protobuf.fields import fill
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials.device_tokens import DeviceTokens
from identity.login_sessions import revocation
from identity.login_sessions import store as login_sessions
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.proof import login_session_id
from identity.login_sessions.token_issuer import TokenIssuer, login_session_ended
from identity.memberships import store
from identity.people import store as people
from identity.people.memberships import person_of
from identity.people.rules import is_whole

# Far more than anybody has; the rest can still be switched to.
_MOST_LISTED = 100


class Memberships(MembershipsServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._keys = runtime.keys
        self._tokens = TokenIssuer(runtime, runtime.once(access_keys).signer, DeviceTokens(runtime.keyring))

    async def ListMemberships(self, request: pb.ListMembershipsRequest, work: UnitOfWork) -> pb.MembershipList:
        person = await person_of(work)
        async with work.beside(work.workspace_id) as tx:
            own = await tx.one(store.find_membership, user_id=work.user_id)
            session = await tx.maybe(login_sessions.find_login_session, session_id=login_session_id(work), user_id=work.user_id)
        found = {person.own: own}
        if session is not None and is_whole(session["amr"], second_factor=own["second_factor"]):
            for membership in person.memberships[:_MOST_LISTED]:
                async with work.beside(membership.workspace_id) as tx:
                    row = await tx.maybe(store.find_membership, user_id=membership.user_id)
                if row is not None and row["may_sign_in"]:
                    found[membership] = row
        by_name = sorted(found.items(), key=lambda item: (item[1]["name"].casefold(), item[0]))
        return pb.MembershipList(items=[fill(pb.Membership(current=own == person.own), row) for own, row in by_name])

    async def SwitchWorkspace(self, request: pb.SwitchWorkspaceRequest, work: UnitOfWork) -> pb.SwitchReply:
        session_id, person = login_session_id(work), await person_of(work)
        target = person.in_workspace(UUID(request.workspace_id))
        if target is None or not person.is_proved:
            raise nothing_here()
        keys = await self._keys.of(target.workspace_id)

        await work.db.run(people.hold_memberships, email_index=person.email_index)
        async with work.elsewhere(*target):
            user = await work.db.one(login_sessions.sign_in, user_id=target.user_id, now=work.now)
        left = await revocation.leave_login_session(work.db, session_id, work.user_id, now=work.now)
        if left is None:
            raise login_session_ended()
        if not is_whole(left["amr"], second_factor=user["two_factor_enabled"]):
            raise nothing_here()
        async with work.elsewhere(*target):
            signed_in = await self._tokens.continue_login_session(work, keys, user, left)
            if target != person.own:
                login, facts = options_pb2.ACTION_LOGIN, work.facts
                record_effect(work, "switch_workspace", options_pb2.RESOURCE_USER, login, [target.user_id], **facts)
        return pb.SwitchReply(signed_in=signed_in, user_id=str(work.user_id))

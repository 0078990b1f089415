"""The Invitations service: each method is one use case and one transaction."""

from uuid import UUID

from caseload.identity.v1 import invitations_pb2 as pb
from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1.invitations_rpc import InvitationsServicer
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.db.errors import nothing_here
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials.device_tokens import DeviceTokens
from identity.invitations import rules, store
from identity.invitations.workflow import check_user_may_be_invited, invite
from identity.login_sessions import store as login_sessions
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.proof import prove
from identity.login_sessions.rules import check_is_recent
from identity.login_sessions.token_issuer import TokenIssuer
from identity.people import record
from identity.people.memberships import person_of_user
from identity.people.rules import is_unmistakable
from identity.roles import ADMINISTRATOR_ROLE


class Invitations(InvitationsServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._settings = runtime.settings
        self._keys = runtime.keys
        self._tokens = TokenIssuer(runtime, runtime.once(access_keys).signer, DeviceTokens(runtime.keyring))

    async def ResendInvitation(self, request: pb.ResendInvitationRequest, work: UnitOfWork) -> pb.Invitation:
        user_id = UUID(request.user_id)
        rules.check_may_see_invitation(work.caller.role)
        if await check_user_may_be_invited(work, user_id) in ADMINISTRATOR_ROLE.values():
            # The reply has a token that lets in.
            check_is_recent(work.caller.auth_time, work.caller.amr, work.now)
        token, expires_at = await invite(work, user_id, seconds=self._settings.invitation_seconds)
        return pb.Invitation(user_id=str(user_id), token=str(token), expires_at=to_timestamp(expires_at))

    async def IssueInvitation(self, request: pb.IssueInvitationRequest, work: UnitOfWork) -> pb.InvitationMail:
        keys = await self._keys.of(work.workspace_id)
        token = OpaqueToken.generate(work.workspace_id, UUID(request.invitation_id))
        row = await work.db.one(store.issue_invitation, invitation_id=token.row_id, hash=token.hash, now=work.now)
        user = record.to_proto(row, keys)
        if not is_unmistakable(user.email):
            # Of before decision 113: whoever accepted by mail would pass for somebody else.
            raise nothing_here()
        return pb.InvitationMail(
            email=user.email,
            full_name=user.full_name,
            token=str(token),
            expires_at=to_timestamp(row["expires_at"]),
            workspace_name=row["workspace_name"],
            locale=row["locale"],
        )

    async def AcceptInvitation(self, request: pb.AcceptInvitationRequest, work: UnitOfWork) -> sign_in_pb2.SignedIn:
        token = OpaqueToken.parse(request.token)
        if token is None:
            raise _unknown()
        named = {"invitation_id": token.row_id, "hash": token.hash}
        async with work.beside(token.workspace_id) as tx:
            found = await tx.maybe(store.find_invitation, **named)
        if found is None:
            raise _unknown()
        # The token is genuine, so a refusal from here on is audited in its workspace.
        work.enter(token.workspace_id, found["user_id"])

        keys = await self._keys.of(token.workspace_id)
        # In this order everywhere: the membership, the user, the invitation.
        await work.db.run(login_sessions.hold_membership, user_id=found["user_id"])
        await work.db.run(store.lock_user, user_id=found["user_id"])
        invitation = await work.db.one(store.lock_invitation, **named)
        rules.check_is_good(accepted_at=invitation["accepted_at"], expires_at=invitation["expires_at"], now=work.now)
        await work.db.run(store.accept_invitation, invitation_id=token.row_id, now=work.now)
        # Whoever invited was shown the other secret: it proves nothing.
        is_mailed = invitation["mailed_hash"] == token.hash
        person = await person_of_user(work.db, token.workspace_id, found["user_id"])
        is_again = is_mailed and person.is_shut_out
        if is_mailed:
            await prove(work, found["user_id"], void_credentials=True)
            person = await person_of_user(work.db, token.workspace_id, found["user_id"])
        user = await work.db.maybe(store.sign_in_invited, user_id=found["user_id"], is_again=is_again, now=work.now)
        if user is None:
            raise rules.invitation_over()
        amr = "link" if is_mailed else "invitation"
        return await self._tokens.start_login_session(work, keys, user, amr=[amr], known_as=person.home.user_id)


def _unknown() -> NotFound:
    return NotFound("invitation_unknown", "There is no such invitation.")

"""The SignIn service: signing in and out, passwords, login sessions, and what other services verify access tokens with."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2
from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1.sign_in_rpc import SignInServicer
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.auth.tokens import ACCESS_SECONDS
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Fault, Invalid, NotFound, TooMany, Unauthenticated
from chassis.paging import part
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials import store as credentials
from identity.credentials.attempts import LimitedAttempts, wrong_credentials
from identity.credentials.device_tokens import DeviceTokens
from identity.credentials.passwords import password_hasher
from identity.credentials.sign_in_target import enter_by_address, is_known
from identity.credentials.throttle import LoginThrottle
from identity.login_sessions import revocation
from identity.login_sessions import store as login_sessions
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.proof import (
    hold_own_session,
    login_session_id,
    person_of_own_sign_in,
    present_membership,
    prove,
    prove_by_reset,
)
from identity.login_sessions.rules import check_is_recent
from identity.login_sessions.token_issuer import TokenIssuer, login_session_ended
from identity.people import record
from identity.people import store as people
from identity.people.memberships import at_home, person_of, person_of_user
from identity.people.notices import raise_notice
from identity.people.rules import Membership, Person, check_email, is_of_the_person
from identity.second_factors import rules as second_factors
from identity.second_factors.workflow import begin_second_step
from identity.sign_in import store

_LinkRequest = pb.RequestMagicLinkRequest | pb.RequestPasswordResetRequest

# Revocations are reported until every token they void has expired, and a minute more for clocks that differ.
_REVOCATIONS_REPORTED = timedelta(seconds=ACCESS_SECONDS + 60)


class SignIn(SignInServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._settings = settings
        self._keyring = runtime.keyring
        self._keys = runtime.keys
        self._access_keys = runtime.once(access_keys)
        self._passwords = runtime.once(password_hasher)
        device_tokens = DeviceTokens(runtime.keyring)
        self._throttle = LoginThrottle(runtime.keyring, device_tokens)
        self._attempts = LimitedAttempts(runtime, self._throttle)
        self._tokens = TokenIssuer(runtime, self._access_keys.signer, device_tokens)

    async def RequestMagicLink(self, request: pb.RequestMagicLinkRequest, work: UnitOfWork) -> pb.RequestMagicLinkResponse:
        magic_link_id = await self._request_link("link", "sign_in", request, work, request.present_token)
        if magic_link_id is not None:
            work.emit(events_pb2.MagicLinkRequested(magic_link_id=str(magic_link_id)))
        return pb.RequestMagicLinkResponse()

    async def RequestPasswordReset(self, request: pb.RequestPasswordResetRequest, work: UnitOfWork) -> pb.RequestPasswordResetResponse:
        magic_link_id = await self._request_link("reset", "password_reset", request, work)
        if magic_link_id is not None:
            work.emit(events_pb2.PasswordResetRequested(magic_link_id=str(magic_link_id)))
        return pb.RequestPasswordResetResponse()

    async def IssueMagicLink(self, request: pb.IssueMagicLinkRequest, work: UnitOfWork) -> pb.MagicLink:
        keys = await self._keys.of(work.workspace_id)
        token = OpaqueToken.generate(work.workspace_id, UUID(request.magic_link_id))
        row = await work.db.one(credentials.issue_magic_link, magic_link_id=token.row_id, hash=token.hash, now=work.now)
        user = record.to_proto(row, keys)
        return pb.MagicLink(
            email=user.email,
            full_name=user.full_name,
            token=str(token),
            expires_at=to_timestamp(row["expires_at"]),
            locale=row["locale"],
        )

    async def VerifyMagicLink(self, request: pb.VerifyMagicLinkRequest, work: UnitOfWork) -> pb.SignInReply:
        token, user_id = await self._open_link(request.token, "sign_in", work)
        keys = await self._keys.of(token.workspace_id)
        await prove(work, user_id, void_credentials=False)
        await self._use_link(token, "sign_in", work)
        user = await work.db.maybe(store.sign_in_by_link, user_id=user_id, now=work.now)
        if user is None:
            raise _link_invalid()
        person = await person_of_user(work.db, token.workspace_id, user_id)
        await self._throttle.forget(work.db, person.email_index, "link")
        return await self._sign_in(work, keys, user, person.home, amr="link")

    async def Login(self, request: pb.LoginRequest, work: UnitOfWork) -> pb.SignInReply:
        email_index = record.email_index(self._keyring, request.email)
        if request.crowded and not await is_known(email_index, work):
            raise wrong_credentials()
        target = await enter_by_address(email_index, work, await present_membership(request.present_token, work))
        home_id = target.home.user_id if target.is_known else None
        attempt = self._throttle.password_attempt(email_index, home_id, request.device_token, work, crowded=request.crowded)
        verified_hash, new_hash = await self._attempts.check_password(request.password, target.home, attempt, work, "login")

        target.enter(work)
        keys = await self._keys.of(work.workspace_id)
        kept = {"user_id": target.home.user_id, "verified_hash": verified_hash, "password_hash": new_hash or verified_hash}
        async with work.elsewhere(*target.home):
            # None if the password was changed meanwhile.
            is_still_right = await work.db.run(credentials.keep_password, **kept)
        user = await work.db.maybe(store.sign_in_by_password, user_id=target.entrance.user_id, now=work.now) if is_still_right else None
        if user is None:
            raise wrong_credentials()
        return await self._sign_in(work, keys, user, target.home, amr="pwd", device=attempt.device)

    async def Refresh(self, request: pb.RefreshRequest, work: UnitOfWork) -> pb.SignedIn:
        token = OpaqueToken.parse(request.refresh_token)
        if token is None:
            raise login_session_ended()
        async with work.beside(token.workspace_id) as tx:
            found = await tx.maybe(login_sessions.find_refresh_token, session_id=token.row_id, hash=token.hash)
        if found is None:
            raise login_session_ended()
        work.enter(token.workspace_id, found["user_id"])

        keys = await self._keys.of(token.workspace_id)
        return await self._tokens.rotate(work, keys, token, found["generation"])

    async def Logout(self, request: pb.LogoutRequest, work: UnitOfWork) -> pb.LogoutResponse:
        reason = "replaced" if request.replaced else "logout"
        if not await revocation.end_login_session(work.db, login_session_id(work), work.user_id, reason=reason, now=work.now):
            # Something else has ended it meanwhile, and is on record for that.
            raise login_session_ended()
        if request.replaced:
            work.note(reason=reason)
        return pb.LogoutResponse(user_id=str(work.user_id))

    async def ChangePassword(self, request: pb.ChangePasswordRequest, work: UnitOfWork) -> pb.ChangePasswordResponse:
        """Changes the password, or sets the first one of somebody who signs in by link."""
        session_id, person = login_session_id(work), await person_of_own_sign_in(work)
        keys = await self._keys.of(person.home.workspace_id)
        async with work.beside(person.home.workspace_id) as tx:
            row = await tx.one(credentials.password_of, user_id=person.home.user_id)
        user = record.to_proto(row, keys)
        new_password = await self._passwords.check(request.new_password, email=user.email, full_name=user.full_name)

        verified_hash: str | None = None
        notice = events_pb2.SECURITY_NOTICE_PASSWORD_SET
        if row["password_hash"] is not None:
            attempt = self._throttle.reauthentication(person.email_index, session_id)
            try:
                verified_hash, _ = await self._attempts.check_password(
                    request.current_password, person.home, attempt, work, "change_password"
                )
            except Unauthenticated:
                raise _wrong_current_password() from None
            notice = events_pb2.SECURITY_NOTICE_PASSWORD_CHANGED
        else:
            check_is_recent(work.caller.auth_time, work.caller.amr, work.now)
        new_hash = await self._passwords.hash(new_password)

        await work.db.run(people.hold_memberships, email_index=person.email_index)
        change = {"user_id": person.home.user_id, "verified_hash": verified_hash, "password_hash": new_hash, "now": work.now}
        async with at_home(work, person, "change_password"):
            if not await work.db.run(credentials.change_password, **change):
                raise _wrong_current_password()
        await hold_own_session(work, person)
        await self._void_links(work, person)
        await revocation.end_all_login_sessions(work, person, reason="password_changed", except_id=session_id)
        raise_notice(work, work.user_id, notice)
        work.note(first=str(verified_hash is None).lower())
        return pb.ChangePasswordResponse(user_id=str(work.user_id))

    async def ResetPassword(self, request: pb.ResetPasswordRequest, work: UnitOfWork) -> pb.ResetPasswordResponse:
        token, user_id = await self._open_link(request.token, "password_reset", work)
        async with work.beside(token.workspace_id) as tx:
            user = record.to_proto(await tx.one(credentials.password_of, user_id=user_id), await self._keys.of(token.workspace_id))
        # Before the link is used: who is refused a password tries the next one with the same link.
        new_password = await self._passwords.check(request.new_password, email=user.email, full_name=user.full_name)
        new_hash = await self._passwords.hash(new_password)

        email = await work.db.one(people.email_index_of, user_id=user_id)
        await work.db.run(people.hold_memberships, email_index=email["email_index"])
        await self._use_link(token, "password_reset", work)
        await prove_by_reset(work, user_id)
        person = await person_of_user(work.db, token.workspace_id, user_id)
        if await work.db.maybe(store.hold_user, user_id=user_id) is None:
            raise _link_invalid()
        async with at_home(work, person, "reset_password"):
            await work.db.run(credentials.reset_password, user_id=person.home.user_id, password_hash=new_hash, now=work.now)
        await self._throttle.forget(work.db, person.email_index)
        await self._void_links(work, person)
        await revocation.end_all_login_sessions(work, person, reason="password_reset")
        raise_notice(work, user_id, events_pb2.SECURITY_NOTICE_PASSWORD_RESET)
        return pb.ResetPasswordResponse(user_id=str(user_id))

    async def ListLoginSessions(self, request: pb.ListLoginSessionsRequest, work: UnitOfWork) -> pb.LoginSessionList:
        window = part(request)
        rows = await work.db.all(
            login_sessions.login_sessions_of, user_id=work.user_id, now=work.now, limit=window.limit, after=window.after
        )
        items = [fill(pb.LoginSession(current=row["id"] == work.caller.session_id), row) for row in rows]
        return pb.LoginSessionList(items=items, more=len(rows) == window.limit)

    async def EndLoginSession(self, request: pb.EndLoginSessionRequest, work: UnitOfWork) -> pb.EndLoginSessionResponse:
        session_id = UUID(request.session_id)
        if not await revocation.end_login_session(work.db, session_id, work.user_id, reason="ended_by_user", now=work.now):
            raise NotFound("not_found", "There is no such sign-in of yours.")
        return pb.EndLoginSessionResponse(user_id=str(work.user_id))

    async def EndLoginSessions(self, request: pb.EndLoginSessionsRequest, work: UnitOfWork) -> pb.EndLoginSessionsResponse:
        person = await person_of(work)
        if is_of_the_person(work.caller.amr):
            await work.db.run(people.hold_memberships, email_index=person.email_index)
            await revocation.end_all_login_sessions(work, person, reason="ended_by_user")
        else:
            await revocation.end_login_sessions(work.db, work.user_id, reason="ended_by_user", now=work.now)
        return pb.EndLoginSessionsResponse(user_id=str(work.user_id))

    async def GetMailRecipient(self, request: pb.GetMailRecipientRequest, work: UnitOfWork) -> pb.MailRecipient:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.mail_recipient, user_id=request.user_id)
        user = record.to_proto(row, keys)
        return pb.MailRecipient(email=user.email, full_name=user.full_name, locale=row["locale"])

    async def GetTrust(self, request: pb.GetTrustRequest, work: UnitOfWork) -> pb.Trust:
        revoked = await work.db.all(login_sessions.revocations_since, since=work.now - _REVOCATIONS_REPORTED)
        return pb.Trust(
            keys=[pb.PublicKey(kid=kid, x=x) for kid, x in self._access_keys.published.items()],
            revocations=[pb.Revocation(subject_id=str(row["subject_id"]), epoch=row["revoked_before"]) for row in revoked],
        )

    async def _sign_in(
        self, work: UnitOfWork, keys: WorkspaceKeys, user: Mapping[str, Any], home: Membership, *, amr: str, device: bytes | None = None
    ) -> pb.SignInReply:
        """The reply to a first step that was right."""
        if methods := second_factors.methods(amr, has_totp=user["two_factor_enabled"], has_passkey=user["has_passkey"]):
            return pb.SignInReply(second_step=await begin_second_step(work, user["id"], [amr], methods), user_id=str(user["id"]))
        signed_in = await self._tokens.start_login_session(work, keys, user, amr=[amr], device=device, known_as=home.user_id)
        return pb.SignInReply(signed_in=signed_in, user_id=signed_in.user.id)

    async def _void_links(self, work: UnitOfWork, person: Person) -> None:
        """The mailed links of all of the person's memberships that nobody has used."""
        for membership in person.memberships:
            async with work.elsewhere(*membership):
                await work.db.run(credentials.void_magic_links, user_id=membership.user_id, now=work.now)

    async def _request_link(
        self, limit: str, purpose: str, request: _LinkRequest, work: UnitOfWork, present_token: str = ""
    ) -> UUID | None:
        """Adds a link that is to be mailed; None if the person has been mailed enough of them."""
        email_index = record.email_index(self._keyring, check_email(request.email))
        if request.crowded and not await is_known(email_index, work):
            return None
        target = await enter_by_address(email_index, work, await present_membership(present_token, work))
        home_id = target.home.user_id if target.is_known else None
        attempt = self._throttle.link_request(email_index, home_id, request.device_token, work, purpose=limit)
        try:
            await self._attempts.count(attempt, work, "request_magic_link" if limit == "link" else "request_password_reset")
        except TooMany:
            # A refusal would tell that others have requested links for this address.
            return None
        target.enter(work)
        magic_link_id = uuid7()
        expires_at = work.now + timedelta(seconds=self._settings.magic_link_seconds)
        link = {"id": magic_link_id, "purpose": purpose, "user_id": work.caller.user_id, "expires_at": expires_at}
        await work.db.run(credentials.add_magic_link, **link, now=work.now)
        return magic_link_id

    async def _open_link(self, text: str, purpose: str, work: UnitOfWork) -> tuple[OpaqueToken, UUID]:
        """The token and the user of a mailed link, whose workspace is entered. Raises Unauthenticated unless it is genuine."""
        token = OpaqueToken.parse(text)
        if token is None:
            raise _link_invalid()
        async with work.beside(token.workspace_id) as tx:
            found = await tx.maybe(credentials.find_magic_link, magic_link_id=token.row_id, hash=token.hash, purpose=purpose)
        if found is None:
            raise _link_invalid()
        # The token is genuine, so a refusal from here on is audited in its workspace.
        work.enter(token.workspace_id, found["user_id"])
        return token, found["user_id"]

    async def _use_link(self, token: OpaqueToken, purpose: str, work: UnitOfWork) -> None:
        """Raises Unauthenticated unless this is the link's one use, in time."""
        link = {"magic_link_id": token.row_id, "hash": token.hash, "purpose": purpose}
        if await work.db.maybe(credentials.use_magic_link, **link, now=work.now) is None:
            raise _link_invalid()


def _wrong_current_password() -> Invalid:
    return Invalid("wrong_password", "The current password is not right.", faults=[Fault("/current_password", "is not right")])


def _link_invalid() -> Unauthenticated:
    return Unauthenticated("link_invalid", "This link has been used or is too old; ask for a new one.")

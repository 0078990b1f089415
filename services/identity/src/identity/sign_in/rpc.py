"""The SignIn service: how people prove who they are, and stop being believed."""

from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, users_pb2
from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1.sign_in_rpc import SignInServicer
from chassis.call import Call
from chassis.db import Transaction
from chassis.errors import Fault, Invalid, NotFound, TooMany, Unauthenticated
from chassis.rows import fill, stamp
from chassis.runtime import Runtime
from chassis.tokens import ACCESS_SECONDS, AccessSigner
from identity.credentials import rules
from identity.credentials import store as credentials
from identity.credentials.device_tokens import Devices
from identity.credentials.opaque_tokens import Ticket
from identity.credentials.passwords import Passwords
from identity.credentials.throttle import Attempts, Try
from identity.login_sessions import revocation
from identity.login_sessions import store as login_sessions
from identity.login_sessions.token_issuer import Passes, session_over
from identity.people import record
from identity.people import store as people
from identity.people.rules import check_email
from identity.sign_in import store

# Revocations are told for longer than the tokens they void can live.
_TOLD_FOR = timedelta(seconds=ACCESS_SECONDS + 60)


class SignIn(SignInServicer[Call]):
    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        if settings.access_key_file is None:
            raise SystemExit("CASELOAD_ACCESS_KEY_FILE is not set")
        self._settings = settings
        self._keys = runtime.keys
        self._signer = AccessSigner(settings.access_key_file.read_bytes())
        self._passwords = Passwords(settings)
        devices = Devices(runtime.keyring)
        self._attempts = Attempts(runtime.keyring, devices)
        self._passes = Passes(settings, self._signer, devices)

    async def RequestMagicLink(self, request: pb.RequestMagicLinkRequest, call: Call) -> pb.RequestMagicLinkResponse:
        account = self._attempts.account(check_email(request.email))
        async with call.database.transaction(None) as tx:
            user_id = await self._find(account, call, tx)
        try:
            async with call.database.transaction(None) as tx:
                await self._attempts.count(tx, self._attempts.link(account, user_id, request.device_token, call))
        except TooMany:
            # Saying so would say that somebody else has been asking.
            return pb.RequestMagicLinkResponse()

        magic_link_id = uuid7()
        expires_at = call.now + timedelta(seconds=self._settings.magic_link_seconds)
        await call.db.run(credentials.ask_for_link, id=magic_link_id, user_id=user_id, now=call.now, expires_at=expires_at)
        call.emit(events_pb2.MagicLinkRequested(magic_link_id=str(magic_link_id)))
        return pb.RequestMagicLinkResponse()

    async def IssueMagicLink(self, request: pb.IssueMagicLinkRequest, call: Call) -> pb.MagicLink:
        keys = await self._keys.of(call.workspace_id)
        ticket = Ticket.mint(call.workspace_id, UUID(request.magic_link_id))
        row = await call.db.one(credentials.issue_link, magic_link_id=ticket.row_id, hash=ticket.hash, now=call.now)
        person = record.to_proto(row, keys)
        return pb.MagicLink(
            email=person.email,
            full_name=person.full_name,
            token=str(ticket),
            expires_at=stamp(row["expires_at"]),
            locale=row["locale"],
        )

    async def VerifyMagicLink(self, request: pb.VerifyMagicLinkRequest, call: Call) -> pb.SignedIn:
        ticket = Ticket.read(request.token)
        if ticket is None:
            raise _link_invalid()
        link = {"magic_link_id": ticket.row_id, "hash": ticket.hash}
        async with call.database.transaction(ticket.workspace_id) as tx:
            found = await tx.maybe(credentials.link, **link)
        if found is None:
            raise _link_invalid()
        # From here on the workspace is the link's own, and a refusal is on its record.
        call.enter(ticket.workspace_id, found["user_id"])

        keys = await self._keys.of(ticket.workspace_id)
        used = await call.db.maybe(credentials.use_link, **link, now=call.now)
        person = used and await call.db.maybe(store.admit_by_link, user_id=used["user_id"], now=call.now)
        if person is None:
            raise _link_invalid()
        account = await call.db.one(people.account_of, user_id=person["id"])
        await call.db.run(credentials.forget_all_tries, account=account["email_index"], purpose="link")
        return await self._passes.begin(call, keys, person, method="link")

    async def Login(self, request: pb.LoginRequest, call: Call) -> pb.SignedIn:
        account = self._attempts.account(request.email)
        async with call.database.transaction(None) as tx:
            user_id = await self._find(account, call, tx)
        attempt = self._attempts.password(account, user_id, request.device_token, call)
        known_hash, rehashed = await self._check_password(request.password, user_id, attempt, call)

        keys = await self._keys.of(call.workspace_id)
        person = await call.db.maybe(
            store.admit_by_password, user_id=user_id, seen_hash=known_hash, password_hash=rehashed or known_hash, now=call.now
        )
        if person is None:
            raise _wrong_credentials()
        return await self._passes.begin(call, keys, person, method="pwd", device=attempt.device)

    async def Refresh(self, request: pb.RefreshRequest, call: Call) -> pb.SignedIn:
        held = Ticket.read(request.refresh_token)
        if held is None:
            raise session_over()
        async with call.database.transaction(held.workspace_id) as tx:
            token = await tx.maybe(login_sessions.refresh_token, session_id=held.row_id, hash=held.hash)
        if token is None:
            raise session_over()
        call.enter(held.workspace_id, token["user_id"])

        keys = await self._keys.of(held.workspace_id)
        return await self._passes.renew(call, keys, held, token["generation"])

    async def Logout(self, request: pb.LogoutRequest, call: Call) -> pb.LogoutResponse:
        await revocation.end(call.db, _session_of(call), call.user_id, reason="logout", now=call.now)
        return pb.LogoutResponse(user_id=str(call.user_id))

    async def ChangePassword(self, request: pb.ChangePasswordRequest, call: Call) -> pb.ChangePasswordResponse:
        user_id, session_id = call.user_id, _session_of(call)
        keys = await self._keys.of(call.workspace_id)
        async with call.database.transaction(call.workspace_id) as tx:
            known = await tx.one(credentials.credentials, user_id=user_id)
            account = await tx.one(people.account_of, user_id=user_id)
        person = keys.open(known["sealed"], into=users_pb2.User(), table="users", row=user_id, revision=known["version"])
        new = rules.check_password(request.new_password, email=person.email)

        attempt = self._attempts.within_session(account["email_index"], session_id)
        try:
            known_hash, _ = await self._check_password(request.current_password, user_id, attempt, call)
        except Unauthenticated:
            raise _wrong_current_password() from None
        new_hash = await self._passwords.hash(new)

        if not await call.db.run(credentials.change_password, user_id=user_id, seen_hash=known_hash, password_hash=new_hash, now=call.now):
            raise _wrong_current_password()
        await revocation.end_all(call.db, user_id, reason="password_changed", now=call.now, but=session_id)
        return pb.ChangePasswordResponse(user_id=str(user_id))

    async def ListLoginSessions(self, request: pb.ListLoginSessionsRequest, call: Call) -> pb.LoginSessionList:
        rows = await call.db.all(login_sessions.sessions_of, user_id=call.user_id, now=call.now)
        items = [fill(pb.LoginSession(current=row["id"] == call.caller.session_id), row) for row in rows]
        return pb.LoginSessionList(items=items)

    async def EndLoginSession(self, request: pb.EndLoginSessionRequest, call: Call) -> pb.EndLoginSessionResponse:
        if not await revocation.end(call.db, UUID(request.session_id), call.user_id, reason="ended_by_user", now=call.now):
            raise NotFound("not_found", "There is no such sign-in of yours.")
        return pb.EndLoginSessionResponse(user_id=str(call.user_id))

    async def GetTrust(self, request: pb.GetTrustRequest, call: Call) -> pb.Trust:
        revoked = await call.db.all(login_sessions.revoked_since, since=call.now - _TOLD_FOR)
        return pb.Trust(
            keys=[pb.PublicKey(kid=self._signer.kid, x=self._signer.public_x)],
            revocations=[pb.Revocation(subject_id=str(row["subject_id"]), epoch=row["epoch"]) for row in revoked],
        )

    async def _find(self, account: bytes, call: Call, tx: Transaction) -> UUID | None:
        """Whose address it is, if anybody's; the call then belongs to that workspace."""
        found = await tx.maybe(people.sign_in, account=account)
        user_id: UUID | None = found and found["user_id"]
        call.enter(found["workspace_id"] if found else rules.NOWHERE, user_id)
        return user_id

    async def _check_password(self, password: str, user_id: UUID | None, attempt: Try, call: Call) -> tuple[str, str | None]:
        """The hash the password was held against, and its replacement if it is out of date; Unauthenticated when it is wrong.

        Counted before it is tried, and no connection is kept while Argon2 works.
        """
        async with self._attempts.in_turn(attempt):
            async with call.database.transaction(None) as tx:
                await self._attempts.count(tx, attempt)
            async with call.database.transaction(call.workspace_id) as tx:
                known = await tx.maybe(credentials.credentials, user_id=user_id or rules.NOWHERE)
            known_hash: str | None = known and known["password_hash"]
            verdict = await self._passwords.verify(password, known_hash)
            if known_hash is None or not verdict.right:
                raise _wrong_credentials()
            async with call.database.transaction(None) as tx:
                await self._attempts.forgive(tx, attempt)
        return known_hash, verdict.rehashed


def _session_of(call: Call) -> UUID:
    if call.caller.session_id is None:
        raise Unauthenticated("sign_in_required", "Sign in first.")
    return call.caller.session_id


def _wrong_credentials() -> Unauthenticated:
    return Unauthenticated("invalid_credentials", "This e-mail address and password do not belong together.")


def _wrong_current_password() -> Invalid:
    return Invalid("wrong_password", "The current password is not right.", faults=[Fault("/current_password", "is not right")])


def _link_invalid() -> Unauthenticated:
    return Unauthenticated("link_invalid", "This link has been used or is too old; ask for a new one.")

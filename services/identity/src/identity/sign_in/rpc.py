"""The SignIn service: how people prove who they are, and stop being believed."""

from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, users_pb2
from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1.sign_in_rpc import SignInServicer
from chassis.auth.tokens import ACCESS_SECONDS, AccessSigner
from chassis.db.transaction import Transaction
from chassis.errors import Fault, Invalid, NotFound, TooMany, Unauthenticated
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import stamp
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.sign_in import rules, store, workflow
from identity.sign_in.attempts import Attempts, Try
from identity.sign_in.devices import Devices
from identity.sign_in.passes import Passes, session_over
from identity.sign_in.passwords import Passwords
from identity.sign_in.tickets import Ticket
from identity.users import people

# Revocations are told for longer than the tokens they void can live.
_TOLD_FOR = timedelta(seconds=ACCESS_SECONDS + 60)


class SignIn(SignInServicer[UnitOfWork]):
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

    async def RequestMagicLink(self, request: pb.RequestMagicLinkRequest, work: UnitOfWork) -> pb.RequestMagicLinkResponse:
        account = self._attempts.account(rules.check_email(request.email))
        async with work.database.transaction(None) as tx:
            user_id = await self._find(account, work, tx)
        try:
            async with work.database.transaction(None) as tx:
                await self._attempts.count(tx, self._attempts.link(account, user_id, request.device_token, work))
        except TooMany:
            # Saying so would say that somebody else has been asking.
            return pb.RequestMagicLinkResponse()

        magic_link_id = uuid7()
        expires_at = work.now + timedelta(seconds=self._settings.magic_link_seconds)
        await work.db.run(store.ask_for_link, id=magic_link_id, user_id=user_id, now=work.now, expires_at=expires_at)
        work.emit(events_pb2.MagicLinkRequested(magic_link_id=str(magic_link_id)))
        return pb.RequestMagicLinkResponse()

    async def IssueMagicLink(self, request: pb.IssueMagicLinkRequest, work: UnitOfWork) -> pb.MagicLink:
        keys = await self._keys.of(work.workspace_id)
        ticket = Ticket.mint(work.workspace_id, UUID(request.magic_link_id))
        row = await work.db.one(store.issue_link, magic_link_id=ticket.row_id, hash=ticket.hash, now=work.now)
        person = people.to_proto(row, keys)
        return pb.MagicLink(
            email=person.email,
            full_name=person.full_name,
            token=str(ticket),
            expires_at=stamp(row["expires_at"]),
            locale=row["locale"],
        )

    async def VerifyMagicLink(self, request: pb.VerifyMagicLinkRequest, work: UnitOfWork) -> pb.SignedIn:
        ticket = Ticket.read(request.token)
        if ticket is None:
            raise _link_invalid()
        link = {"magic_link_id": ticket.row_id, "hash": ticket.hash}
        async with work.database.transaction(ticket.workspace_id) as tx:
            found = await tx.maybe(store.link, **link)
        if found is None:
            raise _link_invalid()
        # From here on the workspace is the link's own, and a refusal is on its record.
        work.enter(ticket.workspace_id, found["user_id"])

        keys = await self._keys.of(ticket.workspace_id)
        used = await work.db.maybe(store.use_link, **link, now=work.now)
        person = used and await work.db.maybe(store.admit_by_link, user_id=used["user_id"], now=work.now)
        if person is None:
            raise _link_invalid()
        account = await work.db.one(store.account_of, user_id=person["id"])
        await work.db.run(store.forget_all_tries, account=account["email_index"], purpose="link")
        return await self._passes.begin(work, keys, person, method="link")

    async def Login(self, request: pb.LoginRequest, work: UnitOfWork) -> pb.SignedIn:
        account = self._attempts.account(request.email)
        async with work.database.transaction(None) as tx:
            user_id = await self._find(account, work, tx)
        attempt = self._attempts.password(account, user_id, request.device_token, work)
        known_hash, rehashed = await self._check_password(request.password, user_id, attempt, work)

        keys = await self._keys.of(work.workspace_id)
        person = await work.db.maybe(
            store.admit_by_password, user_id=user_id, seen_hash=known_hash, password_hash=rehashed or known_hash, now=work.now
        )
        if person is None:
            raise _wrong_credentials()
        return await self._passes.begin(work, keys, person, method="pwd", device=attempt.device)

    async def Refresh(self, request: pb.RefreshRequest, work: UnitOfWork) -> pb.SignedIn:
        held = Ticket.read(request.refresh_token)
        if held is None:
            raise session_over()
        async with work.database.transaction(held.workspace_id) as tx:
            token = await tx.maybe(store.refresh_token, session_id=held.row_id, hash=held.hash)
        if token is None:
            raise session_over()
        work.enter(held.workspace_id, token["user_id"])

        keys = await self._keys.of(held.workspace_id)
        return await self._passes.renew(work, keys, held, token["generation"])

    async def Logout(self, request: pb.LogoutRequest, work: UnitOfWork) -> pb.LogoutResponse:
        await workflow.end(work.db, _session_of(work), work.user_id, reason="logout", now=work.now)
        return pb.LogoutResponse(user_id=str(work.user_id))

    async def ChangePassword(self, request: pb.ChangePasswordRequest, work: UnitOfWork) -> pb.ChangePasswordResponse:
        user_id, session_id = work.user_id, _session_of(work)
        keys = await self._keys.of(work.workspace_id)
        async with work.database.transaction(work.workspace_id) as tx:
            known = await tx.one(store.credentials, user_id=user_id)
            account = await tx.one(store.account_of, user_id=user_id)
        person = keys.open(known["sealed"], into=users_pb2.User(), table="users", row=user_id, revision=known["version"])
        new = rules.check_password(request.new_password, email=person.email)

        attempt = self._attempts.within_session(account["email_index"], session_id)
        try:
            known_hash, _ = await self._check_password(request.current_password, user_id, attempt, work)
        except Unauthenticated:
            raise _wrong_current_password() from None
        new_hash = await self._passwords.hash(new)

        if not await work.db.run(store.change_password, user_id=user_id, seen_hash=known_hash, password_hash=new_hash, now=work.now):
            raise _wrong_current_password()
        await workflow.end_all(work.db, user_id, reason="password_changed", now=work.now, but=session_id)
        return pb.ChangePasswordResponse(user_id=str(user_id))

    async def ListLoginSessions(self, request: pb.ListLoginSessionsRequest, work: UnitOfWork) -> pb.LoginSessionList:
        rows = await work.db.all(store.sessions_of, user_id=work.user_id, now=work.now)
        items = [fill(pb.LoginSession(current=row["id"] == work.caller.session_id), row) for row in rows]
        return pb.LoginSessionList(items=items)

    async def EndLoginSession(self, request: pb.EndLoginSessionRequest, work: UnitOfWork) -> pb.EndLoginSessionResponse:
        if not await workflow.end(work.db, UUID(request.session_id), work.user_id, reason="ended_by_user", now=work.now):
            raise NotFound("not_found", "There is no such sign-in of yours.")
        return pb.EndLoginSessionResponse(user_id=str(work.user_id))

    async def GetTrust(self, request: pb.GetTrustRequest, work: UnitOfWork) -> pb.Trust:
        revoked = await work.db.all(store.revoked_since, since=work.now - _TOLD_FOR)
        return pb.Trust(
            keys=[pb.PublicKey(kid=self._signer.kid, x=self._signer.public_x)],
            revocations=[pb.Revocation(subject_id=str(row["subject_id"]), epoch=row["epoch"]) for row in revoked],
        )

    async def _find(self, account: bytes, work: UnitOfWork, tx: Transaction) -> UUID | None:
        """Whose address it is, if anybody's; the call then belongs to that workspace."""
        found = await tx.maybe(store.sign_in, account=account)
        user_id: UUID | None = found and found["user_id"]
        work.enter(found["workspace_id"] if found else rules.NOWHERE, user_id)
        return user_id

    async def _check_password(self, password: str, user_id: UUID | None, attempt: Try, work: UnitOfWork) -> tuple[str, str | None]:
        """The hash the password was held against, and its replacement if it is out of date; Unauthenticated when it is wrong.

        Counted before it is tried, and no connection is kept while Argon2 works.
        """
        async with self._attempts.in_turn(attempt):
            async with work.database.transaction(None) as tx:
                await self._attempts.count(tx, attempt)
            async with work.database.transaction(work.workspace_id) as tx:
                known = await tx.maybe(store.credentials, user_id=user_id or rules.NOWHERE)
            known_hash: str | None = known and known["password_hash"]
            verdict = await self._passwords.verify(password, known_hash)
            if known_hash is None or not verdict.right:
                raise _wrong_credentials()
            async with work.database.transaction(None) as tx:
                await self._attempts.forgive(tx, attempt)
        return known_hash, verdict.rehashed


def _session_of(work: UnitOfWork) -> UUID:
    if work.caller.session_id is None:
        raise Unauthenticated("sign_in_required", "Sign in first.")
    return work.caller.session_id


def _wrong_credentials() -> Unauthenticated:
    return Unauthenticated("invalid_credentials", "This e-mail address and password do not belong together.")


def _wrong_current_password() -> Invalid:
    return Invalid("wrong_password", "The current password is not right.", faults=[Fault("/current_password", "is not right")])


def _link_invalid() -> Unauthenticated:
    return Unauthenticated("link_invalid", "This link has been used or is too old; ask for a new one.")

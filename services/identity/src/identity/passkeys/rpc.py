"""The Passkeys service: each method is one use case and one transaction."""

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, sign_in_pb2
from caseload.identity.v1 import passkeys_pb2 as pb
from caseload.identity.v1.passkeys_rpc import PasskeysServicer
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.db.transaction import Record, Transaction
from chassis.errors import Conflict, NotFound, Unauthenticated
from chassis.protobuf.fields import fill
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials import store as credentials
from identity.credentials.attempts import LimitedAttempts
from identity.credentials.device_tokens import DeviceTokens
from identity.credentials.rules import DECOY_USER, DECOY_WORKSPACE
from identity.credentials.sign_in_target import enter_by_address
from identity.credentials.throttle import LoginThrottle
from identity.login_sessions import store as login_sessions
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.proof import (
    hold_own_session,
    login_session_id,
    person_of_own_sign_in,
    person_of_recent_sign_in,
    present_membership,
)
from identity.login_sessions.rules import needs_second_factor
from identity.login_sessions.token_issuer import TokenIssuer
from identity.passkeys import ceremonies, rules, store
from identity.passkeys.ceremonies import Assertion, Registration
from identity.passkeys.challenges import Challenges, Purpose
from identity.people import record
from identity.people import store as people
from identity.people.memberships import at_home, person_of, person_of_user
from identity.people.notices import raise_notice
from identity.people.rules import Membership, Person, is_of_the_person
from identity.second_factors import store as second_factors
from identity.second_factors.rules import second_step_over
from identity.second_factors.workflow import add_step


@dataclass(frozen=True, slots=True)
class _Claim:
    """Who signs in, as the reply of a passkey says. Nothing of it is proved but the first step, where there is one."""

    # Whose passkeys are asked for.
    home: Membership
    second_step: OpaqueToken | None = None
    # Whose first step it was.
    entrance: Membership | None = None

    @property
    def purpose(self) -> Purpose:
        return "sign_in" if self.second_step is None else "second_step"

    @property
    def subject(self) -> UUID | None:
        return None if self.second_step is None else self.second_step.row_id


class Passkeys(PasskeysServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._runtime = runtime
        self._keys = runtime.keys
        self._party = rules.relying_party(settings.passkey_domain, settings.passkey_origins, urls=(settings.app_url, settings.public_url))
        self._challenges = Challenges(runtime.keyring)
        device_tokens = DeviceTokens(runtime.keyring)
        self._throttle = LoginThrottle(runtime.keyring, device_tokens)
        self._attempts = LimitedAttempts(runtime, self._throttle)
        self._tokens = TokenIssuer(runtime, runtime.once(access_keys).signer, device_tokens)

    # --- one's own ---

    async def ListPasskeys(self, request: pb.ListPasskeysRequest, work: UnitOfWork) -> pb.PasskeyList:
        person = await person_of(work)
        # A sign-in that others could have begun is shown nothing of what belongs to the person.
        shown = person.home if is_of_the_person(work.caller.amr) else person.own
        async with work.beside(shown.workspace_id) as tx:
            rows = await tx.all(store.list_passkeys, user_id=shown.user_id)
        return pb.PasskeyList(items=[fill(pb.Passkey(), row) for row in rows])

    async def BeginPasskeyRegistration(self, request: pb.BeginPasskeyRegistrationRequest, work: UnitOfWork) -> pb.PasskeyCreationOptions:
        login_session_id(work)
        home = (await person_of_recent_sign_in(work)).home
        keys = await self._keys.of(home.workspace_id)
        async with work.beside(home.workspace_id) as tx:
            user = record.to_proto(await tx.one(credentials.password_of, user_id=home.user_id), keys)
            existing = await tx.all(store.credentials_of, user_id=home.user_id)
        rules.check_number(len(existing))
        challenge = self._challenges.issue("register", home.user_id, work.now)
        handle = rules.user_handle(*home)
        return pb.PasskeyCreationOptions(options=ceremonies.creation_options(self._party, user, handle, challenge, existing))

    async def FinishPasskeyRegistration(self, request: pb.FinishPasskeyRegistrationRequest, work: UnitOfWork) -> pb.PasskeyReply:
        session_id, person = login_session_id(work), await person_of_recent_sign_in(work)
        home, name = person.home, rules.check_name(request.name)
        shown = Registration.read(request.credential)
        challenge = self._challenges.verify(shown.challenge, "register", home.user_id, work.now)
        if challenge is None:
            raise rules.not_registrable()
        columns = shown.verify(self._party)

        user = await self._lock_user(work, person)
        async with at_home(work, person, "finish_passkey_registration"):
            rules.check_number((await work.db.one(store.count_passkeys, user_id=home.user_id))["passkeys"])
            if await work.db.maybe(store.use_challenge, challenge_id=challenge.id, expires_at=challenge.expires_at) is None:
                raise rules.not_registrable()
            passkey = await work.db.one(store.add_passkey, id=uuid7(), user_id=home.user_id, name=name, now=work.now, **columns)
            await work.db.run(people.set_passkey, user_id=home.user_id, has_passkey=True)
        await hold_own_session(work, person, second_factor=user["two_factor_enabled"])
        await add_step(work, session_id, user, "passkey")
        raise_notice(work, work.user_id, events_pb2.SECURITY_NOTICE_PASSKEY_ADDED)
        work.note(passkey_id=str(passkey["id"]))
        return pb.PasskeyReply(user_id=str(work.user_id), passkey=fill(pb.Passkey(), passkey))

    async def RenamePasskey(self, request: pb.RenamePasskeyRequest, work: UnitOfWork) -> pb.PasskeyReply:
        person = await person_of_own_sign_in(work)
        renaming = {"passkey_id": UUID(request.passkey_id), "name": rules.check_name(request.name)}
        async with at_home(work, person, "rename_passkey"):
            passkey = await work.db.maybe(store.rename_passkey, user_id=person.home.user_id, **renaming)
            if passkey is None:
                raise _not_found()
        work.note(passkey_id=request.passkey_id)
        return pb.PasskeyReply(user_id=str(work.user_id), passkey=fill(pb.Passkey(), passkey))

    async def RemovePasskey(self, request: pb.RemovePasskeyRequest, work: UnitOfWork) -> pb.RemovePasskeyResponse:
        login_session_id(work)
        person = await person_of_recent_sign_in(work)
        home_id = person.home.user_id
        user = await self._lock_user(work, person)
        async with at_home(work, person, "remove_passkey"):
            if await work.db.maybe(store.remove_passkey, user_id=home_id, passkey_id=UUID(request.passkey_id)) is None:
                raise _not_found()
            others = (await work.db.one(store.count_passkeys, user_id=home_id))["passkeys"]
            await work.db.run(people.set_passkey, user_id=home_id, has_passkey=others > 0)
        await hold_own_session(work, person, second_factor=user["two_factor_enabled"])
        is_required = needs_second_factor(user["workspace_settings"], user["role"])
        rules.check_may_remove(is_required=is_required, has_totp=user["two_factor_enabled"], others=others)
        raise_notice(work, work.user_id, events_pb2.SECURITY_NOTICE_PASSKEY_REMOVED)
        work.note(passkey_id=request.passkey_id)
        return pb.RemovePasskeyResponse(user_id=str(work.user_id))

    async def _lock_user(self, work: UnitOfWork, person: Person) -> Record:
        """The caller's row. Nobody counts the person's passkeys meanwhile."""
        await work.db.run(people.hold_memberships, email_index=person.email_index)
        user = await work.db.maybe(store.lock_user, user_id=work.user_id)
        if user is None:
            raise Unauthenticated("sign_in_required", "Sign in first.")
        return user

    # --- signing in ---

    async def BeginPasskeySignIn(self, request: pb.BeginPasskeySignInRequest, work: UnitOfWork) -> pb.PasskeyRequestOptions:
        if not request.HasField("token"):
            challenge = self._challenges.issue("sign_in", None, work.now)
            return pb.PasskeyRequestOptions(options=ceremonies.request_options(self._party, challenge))
        token = OpaqueToken.parse(request.token)
        if token is None:
            raise second_step_over()
        async with work.beside(token.workspace_id) as tx:
            step = await tx.maybe(store.find_open_second_step, second_step_id=token.row_id, hash=token.hash, now=work.now)
            person = step and await person_of_user(tx, token.workspace_id, step["user_id"])
        if step is None or person is None:
            raise second_step_over()
        async with work.beside(person.home.workspace_id) as tx:
            allowed = await tx.all(store.credentials_of, user_id=person.home.user_id)
        if not allowed:
            raise Conflict("no_passkey", "There is no passkey for this account.")
        challenge = self._challenges.issue("second_step", token.row_id, work.now)
        return pb.PasskeyRequestOptions(options=ceremonies.request_options(self._party, challenge, allowed))

    async def FinishPasskeySignIn(self, request: pb.FinishPasskeySignInRequest, work: UnitOfWork) -> sign_in_pb2.SignedIn:
        shown = Assertion.read(request.credential)
        claim = await self._claim(request, shown, work)
        present = await present_membership(request.present_token, work)
        passkey, email_index = await self._find(claim, shown, present, work)
        home_id = None if passkey is None else claim.home.user_id
        attempt = self._throttle.passkey_attempt(email_index, home_id, request.device_token, work)
        async with self._throttle.serialize(attempt):
            await self._attempts.count(attempt, work, "finish_passkey_sign_in")
            if passkey is None:
                raise rules.not_accepted()
            keys = await self._keys.of(work.workspace_id)
            # Before what is used up, as for whoever removes the passkey or ends the user's sign-ins.
            user = await work.db.maybe(login_sessions.sign_in, user_id=work.caller.user_id, now=work.now)
            if user is None:
                raise rules.not_accepted()
            amr = await self._use(claim, shown, passkey, work)
            await self._throttle.undo_count(work.db, attempt)
        work.note(passkey_id=str(passkey["id"]))
        return await self._tokens.start_login_session(work, keys, user, amr=amr, device=attempt.device, known_as=home_id)

    async def _claim(self, request: pb.FinishPasskeySignInRequest, shown: Assertion, work: UnitOfWork) -> _Claim:
        """Who is said to sign in. Raises Unauthenticated for the token of no first step."""
        if not request.HasField("token"):
            return _Claim(Membership(*(rules.read_handle(shown.user_handle) or (DECOY_WORKSPACE, DECOY_USER))))
        token = OpaqueToken.parse(request.token)
        if token is None:
            raise second_step_over()
        async with work.beside(token.workspace_id) as tx:
            found = await tx.maybe(second_factors.find_second_step, second_step_id=token.row_id, hash=token.hash)
            person = found and await person_of_user(tx, token.workspace_id, found["user_id"])
        if person is None:
            raise second_step_over()
        return _Claim(person.home, token, person.own)

    async def _find(self, claim: _Claim, shown: Assertion, present: Membership | None, work: UnitOfWork) -> tuple[Record | None, bytes]:
        """The passkey, unless the one who claims it has none such, and what the attempt is counted under.

        Enters the workspace where the sign-in begins, by preference that of the `present` login session, where a refusal is audited; the decoy for a user who is made up.
        What is no passkey of theirs is audited in their own first workspace.
        """
        home = claim.home
        async with work.beside(home.workspace_id) as tx:
            email = await tx.maybe(people.email_index_of, user_id=home.user_id)
            passkey = await tx.maybe(store.find_passkey, credential_id=shown.credential_id)
        if email is None:
            work.enter(DECOY_WORKSPACE)
            return None, self._runtime.keyring.deployment_index("passkey of nobody", f"{home.workspace_id} {home.user_id}")
        is_theirs = passkey is not None and passkey["user_id"] == home.user_id
        if claim.entrance is not None:
            work.enter(*claim.entrance)
        else:
            # Of several users with one address, the passkeys of one let in.
            target = await enter_by_address(email["email_index"], work, present)
            is_theirs &= target.home == home
            if is_theirs:
                target.enter(work)
        return passkey if is_theirs else None, email["email_index"]

    async def _use(self, claim: _Claim, shown: Assertion, passkey: Record, work: UnitOfWork) -> list[str]:
        """Uses up the challenge, the passkey's counter and the first step, where there is one. Returns the steps of the sign-in."""
        step = claim.second_step
        challenge = self._challenges.verify(shown.challenge, claim.purpose, claim.subject, work.now)
        if challenge is None or not rules.is_handle_of(shown.user_handle, *claim.home):
            raise rules.not_accepted()
        verified = shown.verify(self._party, passkey, alone=step is None)

        amr: list[str] = []
        if step is not None:
            first = await work.db.maybe(second_factors.use_second_step, second_step_id=step.row_id, hash=step.hash, now=work.now)
            if first is None:
                raise second_step_over()
            amr = first["amr"]
        used = {"sign_count": verified.new_sign_count, "backed_up": verified.credential_backed_up, "now": work.now}
        async with work.elsewhere(*claim.home):
            if await work.db.maybe(store.use_challenge, challenge_id=challenge.id, expires_at=challenge.expires_at) is None:
                raise rules.not_accepted()
            is_used = await work.db.maybe(store.use_passkey, user_id=claim.home.user_id, passkey_id=passkey["id"], **used) is not None
        if not is_used:
            self._report_copy(work)
            raise rules.not_accepted()
        return [*amr, "passkey"]

    def _report_copy(self, work: UnitOfWork) -> None:
        """Tells the person that the passkey's counter went back: of the two that count, one is a copy (Web Authentication, 6.1.1)."""
        work.note(reason="copied")
        workspace_id, user_id = work.workspace_id, work.user_id

        async def tell(_transaction: Transaction) -> None:
            async with self._runtime.background(workspace_id) as telling:
                raise_notice(telling, user_id, events_pb2.SECURITY_NOTICE_PASSKEY_COPIED)

        # Afterwards, because the refusal rolls this transaction back.
        work.afterwards(tell, unless_committed=True)


def _not_found() -> NotFound:
    return NotFound("not_found", "There is no such passkey of yours.")

"""The SecondFactors service: each method is one use case and one transaction."""

from functools import partial
from uuid import UUID

import segno

from caseload.identity.v1 import events_pb2, sign_in_pb2
from caseload.identity.v1 import second_factors_pb2 as pb
from caseload.identity.v1.second_factors_rpc import SecondFactorsServicer
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.bounded_threads import BoundedThreads
from chassis.db.transaction import Record
from chassis.errors import Conflict
from chassis.protobuf.enums import enum_text
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials import store as credentials
from identity.credentials.attempts import LimitedAttempts
from identity.credentials.device_tokens import DeviceTokens
from identity.credentials.throttle import LoginAttempt, LoginThrottle
from identity.login_sessions import revocation
from identity.login_sessions import rules as login_sessions
from identity.login_sessions import store as login_session_store
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.proof import hold_own_session, login_session_id, person_of_own_sign_in, person_of_recent_sign_in
from identity.login_sessions.token_issuer import TokenIssuer
from identity.people import record
from identity.people import store as people
from identity.people.memberships import at_home, person_of_user
from identity.people.notices import raise_notice
from identity.people.rules import Person
from identity.second_factors import rules, store
from identity.second_factors.workflow import (
    add_step,
    backup_hash,
    open_secret,
    remove_all_factors,
    remove_second_factor,
    seal_secret,
    use_code,
)


class SecondFactors(SecondFactorsServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._keyring = runtime.keyring
        self._keys = runtime.keys
        self._device_tokens = DeviceTokens(runtime.keyring)
        self._throttle = LoginThrottle(runtime.keyring, self._device_tokens)
        self._attempts = LimitedAttempts(runtime, self._throttle)
        self._tokens = TokenIssuer(runtime, runtime.once(access_keys).signer, self._device_tokens)
        self._drawing = BoundedThreads(
            "qr", threads=1, queue=16, code="sign_in_busy", message="Too many people ask for codes at once; try again."
        )

    async def EnrollTotp(self, request: pb.EnrollTotpRequest, work: UnitOfWork) -> pb.TotpEnrollment:
        person = await person_of_recent_sign_in(work)
        home, keys = person.home, await self._keys.of(person.home.workspace_id)
        async with work.beside(home.workspace_id) as tx:
            user = record.to_proto(await tx.one(credentials.password_of, user_id=home.user_id), keys)
        secret, codes = rules.new_secret(), rules.new_backup_codes()
        qr_code = await self._drawing.run(partial(_draw, rules.otpauth(secret, email=user.email)))

        async with at_home(work, person, "enroll_totp"):
            await work.db.run(store.delete_unconfirmed, user_id=home.user_id)
            sealed = seal_secret(keys, home.user_id, secret)
            await work.db.run(store.add_second_factor, user_id=home.user_id, secret_sealed=sealed, now=work.now)
            hashes = [backup_hash(self._keyring, home.user_id, code) for code in codes]
            await work.db.many(store.add_backup_code, [{"user_id": home.user_id, "hash": hashed} for hashed in hashes])
        await hold_own_session(work, person)
        return pb.TotpEnrollment(user_id=str(work.user_id), secret=secret, qr_code=qr_code, backup_codes=codes)

    async def ConfirmTotp(self, request: pb.ConfirmTotpRequest, work: UnitOfWork) -> pb.ConfirmTotpResponse:
        user_id, session_id, person = work.user_id, login_session_id(work), await person_of_own_sign_in(work)
        home, keys = person.home, await self._keys.of(person.home.workspace_id)
        attempt = self._reauthentication(person, session_id)
        async with self._throttle.serialize(attempt):
            await self._attempts.count(attempt, work, "confirm_totp")
            user = await self._hold_user(work, person)
            async with at_home(work, person, "confirm_totp"):
                found = await work.db.maybe(store.find_second_factor, user_id=home.user_id)
                if found is None:
                    raise Conflict("second_factor_not_enrolled", "Ask for a second factor first.")
                if found["confirmed_at"] is not None:
                    raise Conflict("second_factor_enabled", "There is a second factor already.")
                step = rules.step_of(open_secret(keys, home.user_id, found["secret_sealed"]), rules.normalize(request.code), work.now)
                confirmed = {"user_id": home.user_id, "secret_sealed": found["secret_sealed"], "step": step, "now": work.now}
                if step is None or await work.db.maybe(store.confirm_second_factor, **confirmed) is None:
                    raise rules.wrong_code("/code")
                await work.db.run(people.set_second_factor, user_id=home.user_id, confirmed=True)
            await self._throttle.undo_count(work.db, attempt)

        await hold_own_session(work, person)
        await add_step(work, session_id, user, "otp")
        raise_notice(work, user_id, events_pb2.SECURITY_NOTICE_SECOND_FACTOR_ENABLED)
        return pb.ConfirmTotpResponse(user_id=str(user_id))

    async def RemoveTotp(self, request: pb.RemoveTotpRequest, work: UnitOfWork) -> pb.RemoveTotpResponse:
        user_id, person = work.user_id, await person_of_own_sign_in(work)
        home, keys = person.home, await self._keys.of(person.home.workspace_id)
        attempt = self._reauthentication(person, login_session_id(work))
        async with self._throttle.serialize(attempt):
            await self._attempts.count(attempt, work, "remove_totp")
            user = await self._hold_user(work, person)
            if not user["two_factor_enabled"]:
                raise rules.no_second_factor()
            if login_sessions.needs_second_factor(user["workspace_settings"], user["role"]) and not user["has_passkey"]:
                raise Conflict("second_factor_required", "This workspace requires a second factor.")
            async with at_home(work, person, "remove_totp"):
                if not await use_code(work, home.user_id, request.code, self._keyring, keys):
                    raise rules.wrong_code("/totp_code")
                await remove_second_factor(work, home.user_id)
            await self._throttle.undo_count(work.db, attempt)

        await hold_own_session(work, person)
        raise_notice(work, user_id, events_pb2.SECURITY_NOTICE_SECOND_FACTOR_DISABLED)
        return pb.RemoveTotpResponse(user_id=str(user_id))

    async def RemoveSecondFactor(self, request: pb.RemoveSecondFactorRequest, work: UnitOfWork) -> pb.RemoveSecondFactorResponse:
        """Of another user, for an administrator: whatever there is, passkeys too. The user is told, and signed out."""
        user_id = UUID(request.user_id)
        person = await person_of_user(work.db, work.workspace_id, user_id)
        await work.db.run(people.hold_memberships, email_index=person.email_index)
        user = await work.db.one(store.lock_user, user_id=user_id)
        rules.check_removal(user_id, user["role"], is_platform_admin=user["is_platform_admin"], by=work.user_id, by_role=work.caller.role)
        person = await person_of_user(work.db, work.workspace_id, user_id)
        rules.check_belongs_here_alone(memberships=len(person.memberships))
        removed = await remove_all_factors(work, user_id)
        if not removed:
            raise rules.no_second_factor()
        await revocation.end_login_sessions(work.db, user_id, reason="second_factor_removed", now=work.now)
        raise_notice(work, user_id, events_pb2.SECURITY_NOTICE_SECOND_FACTOR_REMOVED)
        work.note(removed=removed, reason=enum_text(pb.RemovalReason, request.reason) if request.reason else "not given")
        return pb.RemoveSecondFactorResponse()

    async def VerifySecondStep(self, request: pb.VerifySecondStepRequest, work: UnitOfWork) -> sign_in_pb2.SignedIn:
        token = OpaqueToken.parse(request.token)
        if token is None:
            raise rules.second_step_over()
        shown = {"second_step_id": token.row_id, "hash": token.hash}
        async with work.beside(token.workspace_id) as tx:
            found = await tx.maybe(store.find_second_step, **shown)
            person = found and await person_of_user(tx, token.workspace_id, found["user_id"])
        if found is None or person is None:
            raise rules.second_step_over()
        # The token is genuine, so a refusal from here on is audited in its workspace.
        user_id, home = found["user_id"], person.home
        work.enter(token.workspace_id, user_id)

        keys, home_keys = await self._keys.of(token.workspace_id), await self._keys.of(home.workspace_id)
        attempt = self._throttle.second_step(person.email_index, home.user_id, request.device_token, work)
        async with self._throttle.serialize(attempt):
            await self._attempts.count(attempt, work, "verify_second_step")
            # All is undone by a wrong code: the token is good for another try. The user comes first, as for whoever ends their sign-ins.
            user = await work.db.maybe(login_session_store.sign_in, user_id=user_id, now=work.now)
            used = await work.db.maybe(store.use_second_step, **shown, now=work.now)
            if user is None or used is None:
                raise rules.second_step_over()
            async with work.elsewhere(*home):
                is_right = await use_code(work, home.user_id, request.code, self._keyring, home_keys)
            if not is_right:
                raise rules.wrong_second_step()
            await self._throttle.undo_count(work.db, attempt)
        steps = [*used["amr"], "otp"]
        return await self._tokens.start_login_session(work, keys, user, amr=steps, device=attempt.device, known_as=home.user_id)

    async def _hold_user(self, work: UnitOfWork, person: Person) -> Record:
        """The caller's row (`USER_AND_READ_TIME`), read while nobody changes what the person proves who they are by. Holds it until the commit."""
        await work.db.run(people.hold_memberships, email_index=person.email_index)
        return await work.db.one(login_session_store.read_user_for_tokens, user_id=work.user_id)

    def _reauthentication(self, person: Person, session_id: UUID) -> LoginAttempt:
        return self._throttle.reauthentication(person.email_index, session_id, purpose="second_step")


def _draw(address: str) -> str:
    """The address as a QR code: a PNG in a data URI."""
    return segno.make(address, micro=False, error="m").png_data_uri(scale=5)

"""First steps that wait for the second, the use of a code, and the beginning and end of a second factor."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2
from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.timestamps import to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.login_sessions import revocation
from identity.login_sessions import store as login_sessions
from identity.login_sessions.rules import needs_second_factor
from identity.people import record
from identity.people import store as people
from identity.people.memberships import person_of_user
from identity.people.notices import raise_notice
from identity.people.rules import memberships_to_sign_in_to
from identity.second_factors import rules, store

# The time to find one's telephone.
_SECONDS_FOR_THE_SECOND_STEP = 600
_SECONDS_TO_FIND = 5.0


async def begin_second_step(work: UnitOfWork, user_id: UUID, amr: Sequence[str], methods: Sequence[str]) -> pb.SecondStep:
    """Keeps a first step that was right; its token is shown with the second one, which is made by one of these methods."""
    token = OpaqueToken.generate(work.workspace_id, uuid7())
    expires_at = work.now + timedelta(seconds=_SECONDS_FOR_THE_SECOND_STEP)
    step = {"id": token.row_id, "user_id": user_id, "hash": token.hash, "amr": list(amr), "expires_at": expires_at}
    await work.db.run(store.add_second_step, **step, now=work.now)
    work.note(amr=" ".join(amr), second_step="needed")
    return pb.SecondStep(token=str(token), expires_at=to_timestamp(expires_at), methods=methods)


async def add_step(work: UnitOfWork, session_id: UUID, user: Mapping[str, Any], step: str) -> None:
    """Counts a second factor that was just set up as the second step of the login session. `user` is a row with `USER_AND_READ_TIME`."""
    await work.db.run(store.add_step_to_login_session, session_id=session_id, step=step)
    if needs_second_factor(user["workspace_settings"], user["role"]):
        # Its tokens permit nothing; the next ones do.
        await revocation.revoke_access_tokens(work.db, [session_id])


async def use_code(work: UnitOfWork, user_id: UUID, code: str, keyring: Keyring, keys: WorkspaceKeys) -> bool:
    """Uses up a code or a backup code of the user. False if it is not right or was used."""
    found = await work.db.maybe(store.find_second_factor, user_id=user_id)
    # An enrolment that was not finished is nobody's second factor, and neither are its backup codes.
    if found is None or found["confirmed_at"] is None:
        return False
    code = rules.normalize(code)
    if not rules.is_totp(code):
        return (
            await work.db.maybe(store.use_backup_code, user_id=user_id, hash=backup_hash(keyring, user_id, code), now=work.now) is not None
        )
    step = rules.step_of(open_secret(keys, user_id, found["secret_sealed"]), code, work.now)
    return step is not None and await work.db.maybe(store.use_step, user_id=user_id, step=step) is not None


async def remove_second_factor(work: UnitOfWork, user_id: UUID) -> bool:
    """Deletes the user's own second factor and its backup codes. False if there is none that is in use."""
    if not await work.db.run(store.delete_second_factor, user_id=user_id):
        return False
    await work.db.run(people.set_second_factor, user_id=user_id, confirmed=False)
    return True


async def remove_all_factors(work: UnitOfWork, user_id: UUID) -> str:
    """Deletes what the user has beside a password: "authenticator", with its backup codes, and "passkeys". Returns which there were, or ""."""
    removed = ["authenticator"] if await remove_second_factor(work, user_id) else []
    if await work.db.run(login_sessions.clear_passkeys, user_id=user_id):
        await work.db.run(people.set_passkey, user_id=user_id, has_passkey=False)
        removed.append("passkeys")
    return " ".join(removed)


async def remove_for_operator(runtime: Runtime, email: str) -> bool:
    """Remove the second factor and the passkeys of whoever has this address, tell them, and sign them out in every workspace. False if there is none."""
    index = record.email_index(runtime.keyring, email)
    async with runtime.database.transaction(None, seconds=_SECONDS_TO_FIND) as tx:
        memberships = memberships_to_sign_in_to(await tx.all(people.memberships_of_address, email_index=index))
    if not memberships:
        return False
    home = memberships[0]
    async with runtime.background(home.workspace_id) as work:
        await work.db.run(people.hold_memberships, email_index=index)
        removed = await remove_all_factors(work, home.user_id)
        if not removed:
            return False
        person = await person_of_user(work.db, *home)
        await revocation.end_all_login_sessions(work, person, reason="second_factor_removed")
        resource, action = options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE
        record_effect(work, "remove_second_factor", resource, action, [home.user_id], by="operator", removed=removed)
        raise_notice(work, home.user_id, events_pb2.SECURITY_NOTICE_SECOND_FACTOR_REMOVED)
    return True


def backup_hash(keyring: Keyring, user_id: UUID, code: str) -> bytes:
    """A keyed digest: 40 bits could be guessed from a plain one."""
    return keyring.deployment_index("backup code", f"{user_id} {code}")


def seal_secret(keys: WorkspaceKeys, user_id: UUID, secret: str) -> bytes:
    return keys.seal_bytes(secret.encode(), table="second_factors", row=user_id, revision=1, column="secret_sealed")


def open_secret(keys: WorkspaceKeys, user_id: UUID, sealed: bytes) -> str:
    return keys.open_bytes(sealed, table="second_factors", row=user_id, revision=1, column="secret_sealed").decode()

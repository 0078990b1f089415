"""First steps that wait for the second, the use of a code, and a second factor that is the step of the session it is set up in."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from identity.login_sessions import revocation
from identity.login_sessions.rules import needs_second_factor
from identity.second_factors import rules, store

# The time to find one's telephone.
_SECONDS_FOR_THE_SECOND_STEP = 600


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
    code = rules.normalize(code)
    if not rules.is_totp(code):
        return (
            await work.db.maybe(store.use_backup_code, user_id=user_id, hash=backup_hash(keyring, user_id, code), now=work.now) is not None
        )
    found = await work.db.maybe(store.find_second_factor, user_id=user_id)
    if found is None:
        return False
    step = rules.step_of(open_secret(keys, user_id, found["secret_sealed"]), code, work.now)
    return step is not None and await work.db.maybe(store.use_step, user_id=user_id, step=step) is not None


def backup_hash(keyring: Keyring, user_id: UUID, code: str) -> bytes:
    """A keyed digest: 40 bits could be guessed from a plain one."""
    return keyring.deployment_index("backup code", f"{user_id} {code}")


def seal_secret(keys: WorkspaceKeys, user_id: UUID, secret: str) -> bytes:
    return keys.seal_bytes(secret.encode(), table="second_factors", row=user_id, revision=1, column="secret_sealed")


def open_secret(keys: WorkspaceKeys, user_id: UUID, sealed: bytes) -> str:
    return keys.open_bytes(sealed, table="second_factors", row=user_id, revision=1, column="secret_sealed").decode()

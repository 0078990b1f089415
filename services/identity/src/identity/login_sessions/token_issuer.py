"""Issues the tokens of a login session: an access token, a refresh token, and a device token at sign-in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2
from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.auth.tokens import ACCESS_SECONDS, AccessSigner
from chassis.db.transaction import Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Unauthenticated
from chassis.protobuf.timestamps import to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials.device_tokens import DeviceTokens
from identity.login_sessions import revocation, rules, store
from identity.people import record
from identity.people.notices import raise_notice
from identity.people.rules import is_of_the_person
from identity.roles import scopes_of
from identity.settings import IdentitySettings

# What ends a login session in a browser that goes on with the next one.
_HAS_SUCCESSOR = frozenset({"replaced", "switched"})


class TokenIssuer:
    def __init__(self, runtime: Runtime, signer: AccessSigner, device_tokens: DeviceTokens) -> None:
        self._runtime = runtime
        self._settings: IdentitySettings = runtime.settings
        self._signer = signer
        self._device_tokens = device_tokens

    async def start_login_session(
        self,
        work: UnitOfWork,
        keys: WorkspaceKeys,
        user: Mapping[str, Any],
        *,
        amr: Sequence[str],
        device: bytes | None = None,
        known_as: UUID | None = None,
    ) -> pb.SignedIn:
        """Start a login session for a user who has just proved their identity, and issue its first tokens.

        `user` is a row with `USER_AND_READ_TIME`, `amr` how they proved it (RFC 8176), `device` the nonce of a known device, `known_as`
        the user of the person's home, who is recognised on it.
        Raises Forbidden where the workspace requires other proof.
        """
        expires_at = work.now + timedelta(seconds=self._settings.session_absolute_seconds)
        # Others can begin a sign-in by a provider or an invitation, and would guess from a device that is known.
        device_token = self._device_tokens.issue(known_as or user["id"], work.now, nonce=device) if is_of_the_person(amr) else None
        return await self._start(work, keys, user, amr, work.now, expires_at, device_token)

    async def continue_login_session(
        self, work: UnitOfWork, keys: WorkspaceKeys, user: Mapping[str, Any], left: Mapping[str, Any]
    ) -> pb.SignedIn:
        """Start a login session that goes on from one of the same person in another workspace, and ends when that would have.

        Raises Forbidden where the workspace requires other proof.
        """
        return await self._start(work, keys, user, left["amr"], left["created_at"], left["expires_at"])

    async def _start(
        self,
        work: UnitOfWork,
        keys: WorkspaceKeys,
        user: Mapping[str, Any],
        amr: Sequence[str],
        created_at: datetime,
        expires_at: datetime,
        device_token: str | None = None,
    ) -> pb.SignedIn:
        rules.check_steps(amr, user["role"], sso_required=user["sso_required"])
        session = await work.db.one(
            store.add_login_session,
            id=uuid7(),
            user_id=user["id"],
            amr=list(amr),
            ip_address=work.context.ip_address,
            user_agent=work.context.user_agent,
            now=work.now,
            created_at=created_at,
            expires_at=expires_at,
            idle_at=rules.idle_at(work.now, idle_seconds=self._settings.session_idle_seconds, expires_at=expires_at),
        )
        token = OpaqueToken.generate(session["workspace_id"], session["id"])
        await work.db.run(store.add_refresh_token, session_id=session["id"], generation=1, hash=token.hash, now=work.now)
        work.note(amr=" ".join(amr), login_session_id=str(session["id"]))
        return self._signed_in(work.now, keys, user, session, token, device_token)

    async def rotate(self, work: UnitOfWork, keys: WorkspaceKeys, token: OpaqueToken, generation: int) -> pb.SignedIn:
        """Replace a refresh token by its successor, and issue an access token.

        Requests that use one token within the grace period get the same successor. A token used later was copied
        (RFC 9700, 4.14.2): the login session ends. Raises Unauthenticated if the session has ended.
        """
        user = await work.db.maybe(store.read_user_for_tokens, user_id=work.user_id)
        idle = timedelta(seconds=self._settings.session_idle_seconds)
        session = await work.db.maybe(store.extend_login_session, session_id=token.row_id, now=work.now, idle=idle)
        if session is None:
            ended = await work.db.maybe(store.why_login_session_ended, session_id=token.row_id)
            raise login_session_ended(is_replaced=ended is not None and ended["end_reason"] in _HAS_SUCCESSOR)
        if user is None:
            raise login_session_ended()
        successor = OpaqueToken.generate(token.workspace_id, token.row_id)
        sealed_at: dict[str, Any] = {"table": "refresh_tokens", "row": token.row_id, "revision": generation, "column": "successor_sealed"}
        used = await work.db.maybe(
            store.use_refresh_token,
            session_id=token.row_id,
            hash=token.hash,
            now=work.now,
            successor_sealed=keys.seal_bytes(successor.secret, **sealed_at),
        )
        if used is None:
            successor = await self._existing_successor(work, keys, token, sealed_at)
        else:
            await work.db.run(
                store.add_refresh_token, session_id=token.row_id, generation=generation + 1, hash=successor.hash, now=work.now
            )
            before = work.now - timedelta(seconds=self._settings.refresh_grace_seconds)
            await work.db.run(store.clear_old_successors, session_id=token.row_id, before=before)
        return self._signed_in(work.now, keys, user, session, successor)

    async def _existing_successor(
        self, work: UnitOfWork, keys: WorkspaceKeys, token: OpaqueToken, sealed_at: dict[str, Any]
    ) -> OpaqueToken:
        """The successor of a token that is used already. Ends the login session and raises Unauthenticated after the grace period."""
        row = await work.db.one(store.find_refresh_token, session_id=token.row_id, hash=token.hash)
        in_grace = rules.is_within_grace(work.now, row["used_at"], grace_seconds=self._settings.refresh_grace_seconds)
        if in_grace and row["successor_sealed"] is not None:
            return OpaqueToken(token.workspace_id, token.row_id, keys.open_bytes(row["successor_sealed"], **sealed_at))
        user_id, session_id = work.user_id, token.row_id

        async def end_reused(_transaction: Transaction) -> None:
            """In a unit of work of its own: the person is told, and the trail says so, if and only if the session is ended by it."""
            async with self._runtime.background(token.workspace_id) as ending:
                if await revocation.end_login_session(ending.db, session_id, user_id, reason="reused", now=ending.now):
                    facts = {"login_session_id": str(session_id), "ip_address": work.context.ip_address or "unknown"}
                    resource, action = options_pb2.RESOURCE_USER, options_pb2.ACTION_LOGOUT
                    record_effect(ending, "end_stolen_login_session", resource, action, [user_id], **facts)
                    raise_notice(ending, user_id, events_pb2.SECURITY_NOTICE_SIGN_IN_STOLEN)

        # Afterwards, because the refusal rolls this transaction back.
        work.afterwards(end_reused, unless_committed=True)
        raise login_session_ended()

    def _signed_in(
        self,
        now: datetime,
        keys: WorkspaceKeys,
        user: Mapping[str, Any],
        session: Mapping[str, Any],
        token: OpaqueToken,
        device_token: str | None = None,
    ) -> pb.SignedIn:
        # An access token expires no later than its login session.
        seconds = min(ACCESS_SECONDS, max(1, int((session["expires_at"] - now).total_seconds())))
        scopes = scopes_of(user["role"], is_platform_admin=user["is_platform_admin"])
        if rules.may_do_nothing(user["workspace_settings"], user["role"], session["amr"]):
            scopes = frozenset()
        claims = {
            "sub": str(user["id"]),
            "ws": str(user["workspace_id"]),
            "sid": str(session["id"]),
            "role": user["role"],
            "scope": " ".join(sorted(scopes)),
            "amr": session["amr"],
            "auth_time": int(session["created_at"].timestamp()),
            # Compared with the `revoked_before` of revocations.
            "epoch": user["read_at_ms"],
        }
        return pb.SignedIn(
            access_token=self._signer.sign(claims, seconds=seconds),
            expires_in=seconds,
            user=record.to_proto(user, keys),
            refresh_token=str(token),
            refresh_expires_at=to_timestamp(session["idle_at"]),
            device_token=device_token,
        )


def login_session_ended(*, is_replaced: bool = False) -> Unauthenticated:
    """`is_replaced` says that its browser was given another one in its place."""
    return Unauthenticated("session_ended", "This sign-in is over; sign in again.", facts={"replaced": True} if is_replaced else None)

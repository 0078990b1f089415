"""What somebody is given who is let in: an access token for minutes, a refresh token for the next one, a mark for the device."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.call import Call
from chassis.errors import Unauthenticated
from chassis.rows import stamp
from chassis.sealing import WorkspaceKeys
from chassis.tokens import ACCESS_SECONDS, AccessSigner
from identity.credentials.device_tokens import Devices
from identity.credentials.opaque_tokens import Ticket
from identity.login_sessions import revocation, rules, store
from identity.people import record
from identity.roles import scopes
from identity.settings import IdentitySettings


class Passes:
    def __init__(self, settings: IdentitySettings, signer: AccessSigner, devices: Devices) -> None:
        self._settings = settings
        self._signer = signer
        self._devices = devices

    async def begin(
        self, call: Call, keys: WorkspaceKeys, person: Mapping[str, Any], *, method: str, device: bytes | None = None
    ) -> pb.SignedIn:
        """Opens a sign-in for somebody who has just been admitted."""
        expires_at = call.now + timedelta(seconds=self._settings.session_absolute_seconds)
        session = await call.db.one(
            store.begin_session,
            id=uuid7(),
            user_id=person["id"],
            method=method,
            ip_address=call.ip_address,
            user_agent=call.user_agent,
            now=call.now,
            expires_at=expires_at,
            idle_at=rules.idle_at(call.now, idle_seconds=self._settings.session_idle_seconds, expires_at=expires_at),
        )
        ticket = Ticket.mint(session["workspace_id"], session["id"])
        await call.db.run(store.add_refresh_token, session_id=session["id"], generation=1, hash=ticket.hash, now=call.now)
        call.note(method=method, login_session_id=str(session["id"]))
        return self._signed_in(call.now, keys, person, session, ticket, self._devices.mark(person["id"], call.now, nonce=device))

    async def renew(self, call: Call, keys: WorkspaceKeys, held: Ticket, generation: int) -> pb.SignedIn:
        """Rotates a refresh token. Requests racing on one token get the same successor; a token that comes back
        later than a race explains is a copy, and ends the sign-in for everybody who holds one.
        """
        person = await call.db.maybe(store.admit_again, user_id=call.user_id)
        idle = timedelta(seconds=self._settings.session_idle_seconds)
        session = await call.db.maybe(store.continue_session, session_id=held.row_id, now=call.now, idle=idle)
        if person is None or session is None:
            raise session_over()
        successor = Ticket.mint(held.workspace_id, held.row_id)
        sealed_at: dict[str, Any] = {"table": "refresh_tokens", "row": held.row_id, "revision": generation, "column": "successor_sealed"}
        used = await call.db.maybe(
            store.use_refresh_token,
            session_id=held.row_id,
            hash=held.hash,
            now=call.now,
            successor_sealed=keys.seal_bytes(successor.secret, **sealed_at),
        )
        if used is None:
            successor = await self._successor(call, keys, held, sealed_at)
        else:
            await call.db.run(store.add_refresh_token, session_id=held.row_id, generation=generation + 1, hash=successor.hash, now=call.now)
            before = call.now - timedelta(seconds=self._settings.refresh_grace_seconds)
            await call.db.run(store.forget_successors, session_id=held.row_id, before=before)
        return self._signed_in(call.now, keys, person, session, successor)

    async def _successor(self, call: Call, keys: WorkspaceKeys, held: Ticket, sealed_at: dict[str, Any]) -> Ticket:
        """What whoever used this token first was given, within the grace; else the end of the sign-in."""
        token = await call.db.one(store.refresh_token, session_id=held.row_id, hash=held.hash)
        in_grace = rules.in_grace(call.now, token["used_at"], grace_seconds=self._settings.refresh_grace_seconds)
        if in_grace and token["successor_sealed"] is not None:
            return Ticket(held.workspace_id, held.row_id, keys.open_bytes(token["successor_sealed"], **sealed_at))
        user_id, now = call.user_id, call.now

        async def end_family(tx: Any) -> None:
            await revocation.end(tx, held.row_id, user_id, reason="reused", now=now)

        call.afterwards(end_family)
        raise session_over()

    def _signed_in(
        self,
        now: datetime,
        keys: WorkspaceKeys,
        person: Mapping[str, Any],
        session: Mapping[str, Any],
        ticket: Ticket,
        device_token: str | None = None,
    ) -> pb.SignedIn:
        # No token outlives the sign-in it speaks for.
        seconds = min(ACCESS_SECONDS, max(1, int((session["expires_at"] - now).total_seconds())))
        claims = {
            "sub": str(person["id"]),
            "ws": str(person["workspace_id"]),
            "sid": str(session["id"]),
            "role": person["role"],
            "scope": " ".join(sorted(scopes(person["role"], is_platform_admin=person["is_platform_admin"]))),
            "amr": [session["method"]],
            "auth_time": int(session["created_at"].timestamp()),
            "epoch": person["epoch"],
        }
        return pb.SignedIn(
            access_token=self._signer.sign(claims, seconds=seconds),
            expires_in=seconds,
            user=record.to_proto(person, keys),
            refresh_token=str(ticket),
            refresh_expires_at=stamp(session["idle_at"]),
            device_token=device_token,
        )


def session_over() -> Unauthenticated:
    return Unauthenticated("session_ended", "This sign-in is over; sign in again.")

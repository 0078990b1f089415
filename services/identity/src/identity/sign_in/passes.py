"""What somebody is given who is let in: an access token for minutes, a refresh token for the next one, a mark for the device."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.auth.tokens import ACCESS_SECONDS, AccessSigner
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Unauthenticated
from chassis.protobuf.timestamps import stamp
from chassis.work.unit_of_work import UnitOfWork
from identity.roles import scopes
from identity.settings import IdentitySettings
from identity.sign_in import rules, store, workflow
from identity.sign_in.devices import Devices
from identity.sign_in.tickets import Ticket
from identity.users import people


class Passes:
    def __init__(self, settings: IdentitySettings, signer: AccessSigner, devices: Devices) -> None:
        self._settings = settings
        self._signer = signer
        self._devices = devices

    async def begin(
        self, work: UnitOfWork, keys: WorkspaceKeys, person: Mapping[str, Any], *, method: str, device: bytes | None = None
    ) -> pb.SignedIn:
        """Opens a sign-in for somebody who has just been admitted."""
        expires_at = work.now + timedelta(seconds=self._settings.session_absolute_seconds)
        session = await work.db.one(
            store.begin_session,
            id=uuid7(),
            user_id=person["id"],
            method=method,
            ip_address=work.context.ip_address,
            user_agent=work.context.user_agent,
            now=work.now,
            expires_at=expires_at,
            idle_at=rules.idle_at(work.now, idle_seconds=self._settings.session_idle_seconds, expires_at=expires_at),
        )
        ticket = Ticket.mint(session["workspace_id"], session["id"])
        await work.db.run(store.add_refresh_token, session_id=session["id"], generation=1, hash=ticket.hash, now=work.now)
        work.note(method=method, login_session_id=str(session["id"]))
        return self._signed_in(work.now, keys, person, session, ticket, self._devices.mark(person["id"], work.now, nonce=device))

    async def renew(self, work: UnitOfWork, keys: WorkspaceKeys, held: Ticket, generation: int) -> pb.SignedIn:
        """Rotates a refresh token. Requests racing on one token get the same successor; a token that comes back
        later than a race explains is a copy, and ends the sign-in for everybody who holds one.
        """
        person = await work.db.maybe(store.admit_again, user_id=work.user_id)
        idle = timedelta(seconds=self._settings.session_idle_seconds)
        session = await work.db.maybe(store.continue_session, session_id=held.row_id, now=work.now, idle=idle)
        if person is None or session is None:
            raise session_over()
        successor = Ticket.mint(held.workspace_id, held.row_id)
        sealed_at: dict[str, Any] = {"table": "refresh_tokens", "row": held.row_id, "revision": generation, "column": "successor_sealed"}
        used = await work.db.maybe(
            store.use_refresh_token,
            session_id=held.row_id,
            hash=held.hash,
            now=work.now,
            successor_sealed=keys.seal_bytes(successor.secret, **sealed_at),
        )
        if used is None:
            successor = await self._successor(work, keys, held, sealed_at)
        else:
            await work.db.run(store.add_refresh_token, session_id=held.row_id, generation=generation + 1, hash=successor.hash, now=work.now)
            before = work.now - timedelta(seconds=self._settings.refresh_grace_seconds)
            await work.db.run(store.forget_successors, session_id=held.row_id, before=before)
        return self._signed_in(work.now, keys, person, session, successor)

    async def _successor(self, work: UnitOfWork, keys: WorkspaceKeys, held: Ticket, sealed_at: dict[str, Any]) -> Ticket:
        """What whoever used this token first was given, within the grace; else the end of the sign-in."""
        token = await work.db.one(store.refresh_token, session_id=held.row_id, hash=held.hash)
        in_grace = rules.in_grace(work.now, token["used_at"], grace_seconds=self._settings.refresh_grace_seconds)
        if in_grace and token["successor_sealed"] is not None:
            return Ticket(held.workspace_id, held.row_id, keys.open_bytes(token["successor_sealed"], **sealed_at))
        user_id, now = work.user_id, work.now

        async def end_family(tx: Any) -> None:
            await workflow.end(tx, held.row_id, user_id, reason="reused", now=now)

        work.afterwards(end_family)
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
            user=people.to_proto(person, keys),
            refresh_token=str(ticket),
            refresh_expires_at=stamp(session["idle_at"]),
            device_token=device_token,
        )


def session_over() -> Unauthenticated:
    return Unauthenticated("session_ended", "This sign-in is over; sign in again.")

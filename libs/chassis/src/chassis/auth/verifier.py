"""Verifies tokens against identity's public keys and revocations, polled about once a second.

When identity has not answered for four seconds, verifying a user's token raises Unavailable, because the token might have been
revoked. So a revoked token is accepted for five seconds at most. A service's own token is verified with the key files alone.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.auth.tokens import LEEWAY_SECONDS, SERVICE_TYPE, public_from_x, read_header, verify_access, verify_service
from chassis.context import Caller
from chassis.errors import Refusal, Unauthenticated, Unavailable

SECONDS_BETWEEN_POLLS = 1.0
SECONDS_OF_TRUST = 4.0
_SECONDS_A_VERIFICATION_IS_KEPT = 30.0
_MOST_KEPT = 20_000
log = logging.getLogger(__name__)


class TokenVerifier:
    """Verifies tokens with the keys and revocations that identity published last."""

    def __init__(self, poll: Callable[[], Awaitable[pb.Trust]], *, audience: str, service_keys: dict[str, Ed25519PublicKey]) -> None:
        self._poll = poll
        self._audience = audience
        self._service_keys = service_keys
        self._keys: dict[str, Ed25519PublicKey] = {}
        # Identity's keys as it published them last; empty until it has answered once.
        self.published: Sequence[pb.PublicKey] = ()
        self._revoked: dict[str, int] = {}
        self._fresh_until = 0.0
        # When the next token with an unknown key is worth a question.
        self._next_look = 0.0
        self._verified: dict[str, tuple[float, Caller, dict[str, Any]]] = {}
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether tokens can be verified now, without asking identity."""
        return bool(self._keys) and time.monotonic() < self._fresh_until

    async def keep_fresh(self) -> None:
        """Polls for ever; run as a task."""
        while True:
            with contextlib.suppress(Refusal):
                await self.refresh()
            await asyncio.sleep(SECONDS_BETWEEN_POLLS)

    async def refresh(self) -> None:
        """Polls identity now; callers at the same moment share one poll."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._ask())
        await asyncio.shield(self._refreshing)

    async def close(self) -> None:
        """Cancels a poll in progress: its peer is about to be closed."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])

    async def _ask(self) -> None:
        asked = time.monotonic()
        told = await self._poll()
        self._keys = {key.kid: public_from_x(key.x) for key in told.keys}
        self.published = tuple(told.keys)
        self._revoked = {entry.subject_id: entry.epoch for entry in told.revocations}
        self._fresh_until = asked + SECONDS_OF_TRUST

    async def caller(self, token: str) -> Caller:
        """Verifies the token and returns its caller. Raises Unauthenticated if it is invalid or revoked, Unavailable if revocations are not known."""
        kept = self._verified.get(token)
        now = time.monotonic()
        if kept is not None and now < kept[0]:
            _, caller, claims = kept
            if claims["exp"] + LEEWAY_SECONDS <= time.time():
                raise Unauthenticated("token_expired", "The access token has expired.")
        else:
            caller, claims = await self._verify(token)
            if len(self._verified) >= _MOST_KEPT:
                self._verified.clear()
            self._verified[token] = (now + _SECONDS_A_VERIFICATION_IS_KEPT, caller, claims)
        if caller.service is None:
            await self._check_not_revoked(claims)
        return caller

    async def _verify(self, token: str) -> tuple[Caller, dict[str, Any]]:
        header = read_header(token)
        if header.get("typ") == SERVICE_TYPE:
            claims = verify_service(token, audience=self._audience, keys=self._service_keys)
            workspace = UUID(claims["ws"]) if "ws" in claims else None
            return Caller(service=claims["sub"], workspace_id=workspace), claims
        if header.get("kid") not in self._keys:
            await self._look_for_key()
        claims = verify_access(token, self._keys)
        return (
            Caller(
                user_id=UUID(claims["sub"]),
                workspace_id=UUID(claims["ws"]),
                role=claims.get("role"),
                scopes=frozenset(str(claims.get("scope", "")).split()),
                session_id=UUID(claims["sid"]),
                amr=tuple(map(str, claims.get("amr", ()))),
                auth_time=int(claims.get("auth_time", 0)),
                token=token,
            ),
            claims,
        )

    async def _check_not_revoked(self, claims: dict[str, Any]) -> None:
        if time.monotonic() >= self._fresh_until:
            await self._ensure_fresh()
        if self._revoked:
            epoch = int(claims["epoch"])
            for subject in (claims["sub"], claims["sid"], claims["ws"]):
                if self._revoked.get(subject, epoch) > epoch:
                    raise Unauthenticated("token_revoked", "This sign-in has ended; sign in again.")

    async def _look_for_key(self) -> None:
        """Asks identity for its keys, because a token names one that is not known. Anybody can send such tokens, so once a second."""
        now = time.monotonic()
        if now >= self._fresh_until or not self._keys:
            await self._ensure_fresh()
            return
        if now < self._next_look:
            return
        self._next_look = now + SECONDS_BETWEEN_POLLS
        await self._refresh_or_refuse()

    async def _ensure_fresh(self) -> None:
        """Polls identity if keys or revocations are too old. Raises Unavailable if identity does not answer."""
        if time.monotonic() < self._fresh_until and self._keys:
            return
        await self._refresh_or_refuse()

    async def _refresh_or_refuse(self) -> None:
        try:
            await self.refresh()
        except Refusal as refusal:
            raise Unavailable("sign_in_unavailable", "Sign-ins cannot be checked at the moment.", retry_after=1.0) from refusal

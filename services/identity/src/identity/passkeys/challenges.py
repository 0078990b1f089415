"""Challenges: what an authenticator signs, so that its reply is good once, for one purpose, within five minutes.

A challenge is a random id, when it expires, and a keyed digest of both with its purpose. Nothing is stored until it comes back: otherwise
whoever asks for options without signing in would fill a table.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from chassis.encryption.keyring import Keyring
from identity.passkeys.rules import CHALLENGE_SECONDS

Purpose = Literal["register", "sign_in", "second_step"]

_TIME_BYTES = 8
_BODY_BYTES = 16 + _TIME_BYTES


@dataclass(frozen=True, slots=True)
class Challenge:
    id: UUID
    expires_at: datetime


class Challenges:
    """Issues and verifies challenges. `subject` is the user who registers, or the first step that waits; None for a sign-in by itself."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def issue(self, purpose: Purpose, subject: UUID | None, now: datetime) -> bytes:
        expires_at = int((now + timedelta(seconds=CHALLENGE_SECONDS)).timestamp())
        body = uuid4().bytes + expires_at.to_bytes(_TIME_BYTES, "big")
        return body + self._digest(purpose, subject, body)

    def verify(self, challenge: bytes, purpose: Purpose, subject: UUID | None, now: datetime) -> Challenge | None:
        """None unless it was issued for this purpose and subject, and has not expired. The database says whether it was used."""
        body, digest = challenge[:_BODY_BYTES], challenge[_BODY_BYTES:]
        if not hmac.compare_digest(digest, self._digest(purpose, subject, body)):
            return None
        expires_at = datetime.fromtimestamp(int.from_bytes(body[16:], "big"), UTC)
        return Challenge(UUID(bytes=body[:16]), expires_at) if now < expires_at else None

    def _digest(self, purpose: Purpose, subject: UUID | None, body: bytes) -> bytes:
        return self._keyring.deployment_index("passkey challenge", f"{purpose} {subject} {body.hex()}")

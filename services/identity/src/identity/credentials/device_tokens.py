"""Device tokens: a browser that has signed in before shows one, and its attempts are then counted apart from strangers'.

A token is a nonce, the time of issue and a keyed digest of both with the user's id. It is not stored. It proves only
that this user once signed in on this device: a thief gains a throttle bucket to guess in, not a sign-in.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from chassis import base64url
from chassis.encryption.keyring import Keyring

_NONCE_BYTES = 16
_TIME_BYTES = 8
_LIFETIME = timedelta(days=180)


class DeviceTokens:
    """Issues and verifies device tokens."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def issue(self, user_id: UUID, now: datetime, *, nonce: bytes | None = None) -> str:
        """A new token for the user's device. A known device keeps its nonce, and so its throttle bucket."""
        body = (nonce or secrets.token_bytes(_NONCE_BYTES)) + int(now.timestamp()).to_bytes(_TIME_BYTES, "big")
        return base64url.encode(body + self._digest(user_id, body))

    def verify(self, token: str | None, user_id: UUID | None, now: datetime) -> bytes | None:
        """The nonce of a valid token of this user; None if it is missing, malformed, expired or another user's."""
        try:
            raw = base64url.decode(token or "")
        except ValueError:
            return None
        body, digest = raw[: _NONCE_BYTES + _TIME_BYTES], raw[_NONCE_BYTES + _TIME_BYTES :]
        if len(body) < _NONCE_BYTES + _TIME_BYTES or user_id is None:
            return None
        if not hmac.compare_digest(digest, self._digest(user_id, body)):
            return None
        issued_at = int.from_bytes(body[_NONCE_BYTES:], "big")
        return body[:_NONCE_BYTES] if int(now.timestamp()) - issued_at <= _LIFETIME.total_seconds() else None

    def _digest(self, user_id: UUID, body: bytes) -> bytes:
        return self._keyring.deployment_index("device", f"{user_id} {body.hex()}")

"""Known devices: a mark left on a device by a sign-in, which gives its user's next attempts there a lane of their own.

A mark is checked by its keyed digest and kept nowhere. It proves nothing but that this user once signed in on this
device, so stealing one wins a thief no more than a slow lane to guess in.
"""

import base64
import binascii
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from chassis.encryption.keyring import Keyring

_NONCE_BYTES = 16
_TIME_BYTES = 8
_KEPT = timedelta(days=180)


class Devices:
    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def mark(self, user_id: UUID, now: datetime, *, nonce: bytes | None = None) -> str:
        """A mark for the user's device; an already known device keeps its nonce, and with it its lane."""
        body = (nonce or secrets.token_bytes(_NONCE_BYTES)) + int(now.timestamp()).to_bytes(_TIME_BYTES, "big")
        return base64.urlsafe_b64encode(body + self._digest(user_id, body)).rstrip(b"=").decode()

    def known(self, mark: str | None, user_id: UUID | None, now: datetime) -> bytes | None:
        """The nonce of a device this user is known on; None for any other."""
        try:
            raw = base64.b64decode((mark or "").encode("ascii") + b"=" * (-len(mark or "") % 4), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            return None
        body, digest = raw[: _NONCE_BYTES + _TIME_BYTES], raw[_NONCE_BYTES + _TIME_BYTES :]
        if len(body) < _NONCE_BYTES + _TIME_BYTES or user_id is None:
            return None
        if not hmac.compare_digest(digest, self._digest(user_id, body)):
            return None
        marked = int.from_bytes(body[_NONCE_BYTES:], "big")
        return body[:_NONCE_BYTES] if int(now.timestamp()) - marked <= _KEPT.total_seconds() else None

    def _digest(self, user_id: UUID, body: bytes) -> bytes:
        return self._keyring.deployment_index("device", f"{user_id} {body.hex()}")

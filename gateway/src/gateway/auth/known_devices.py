"""Marks device tokens as this installation's own, so that a gateway counts attempts from known devices apart without asking identity."""

import hmac
from hashlib import sha256

from chassis import base64url
from gateway.settings import GatewaySettings

_SEPARATOR = "."


class KnownDevices:
    """The cookie of a known device: identity's token, and a keyed hash of it. What it proves of whom, identity alone judges."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._key = settings.key_for("known devices")

    def cookie(self, token: str) -> str:
        return f"{token}{_SEPARATOR}{self._mark(token)}"

    def device(self, token: str, mark: str) -> str:
        """What attempts from the device are counted by: a hash of its token. Empty unless a gateway has marked the token."""
        if not token or not hmac.compare_digest(mark.encode(), self._mark(token).encode()):
            return ""
        return sha256(token.encode()).hexdigest()[:32]

    def _mark(self, token: str) -> str:
        return base64url.encode(hmac.digest(self._key, token.encode(), "sha256"))


def split_cookie(value: str) -> tuple[str, str]:
    """The token and the mark of a cookie; no mark in cookies of before there were any."""
    token, _, mark = value.partition(_SEPARATOR)
    return token, mark

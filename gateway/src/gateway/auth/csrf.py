"""Protects writes that are authenticated by cookies against cross-site request forgery: double-submit token and Fetch Metadata."""

import hmac
from urllib.parse import urlsplit

from chassis.errors import Forbidden
from gateway.request import GatewayRequest
from gateway.settings import GatewaySettings


class CsrfCheck:
    def __init__(self, settings: GatewaySettings) -> None:
        self._origins = frozenset((*settings.cors_origins, _origin(settings.app_url), _origin(settings.public_url)))

    def check(self, request: GatewayRequest, token: str) -> None:
        """Raises Forbidden unless the X-CSRF-Token header repeats `token`, the csrf_token cookie, which only our pages can read."""
        if not token or not hmac.compare_digest(request.header(b"x-csrf-token").encode(), token.encode()):
            raise Forbidden("csrf_failed", "Send the csrf_token cookie's value in the X-CSRF-Token header.")
        # Another site of the same domain can set a csrf_token cookie, but not the browser's Sec-Fetch-Site header.
        if request.header(b"sec-fetch-site") == "cross-site" and request.header(b"origin") not in self._origins:
            raise Forbidden("csrf_failed", "Requests from this origin are not allowed.")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

"""Protects writes that are authenticated by cookies against cross-site request forgery: a signed token and Fetch Metadata.

The token is a keyed hash of the login session. Pages read it from a cookie, but what a request's header must repeat is computed
anew, so that a cookie which another site of the same domain has planted is of no use, whosever token it holds.

Forms of the gateway's own pages cannot send headers: they repeat the token in a field. Where nobody is signed in, it is a keyed hash of a
random cookie, so that no other site can sign a visitor in as somebody else. For the same reason a sign-in through the API
may not come from another site, although it is authenticated by nothing yet.
"""

import hmac
from urllib.parse import urlsplit
from uuid import UUID

from chassis import base64url
from chassis.errors import Forbidden
from gateway.request import GatewayRequest
from gateway.settings import GatewaySettings


class CsrfTokens:
    def __init__(self, settings: GatewaySettings) -> None:
        self._key = settings.key_for("csrf tokens")
        self._form_key = settings.key_for("form tokens")
        self._origins = frozenset((*settings.cors_origins, _origin(settings.app_url), _origin(settings.public_url)))

    def token(self, session_id: UUID) -> str:
        """The token of a login session, the same for as long as it lasts."""
        return base64url.encode(hmac.digest(self._key, session_id.bytes, "sha256"))

    def is_of(self, shown: str, session_id: UUID | None) -> bool:
        """Whether this is the token of the login session: whoever shows it was given it by a gateway of the installation."""
        return session_id is not None and hmac.compare_digest(shown.encode(), self.token(session_id).encode())

    def check(self, request: GatewayRequest, session_id: UUID | None) -> None:
        """Raises Forbidden for a write unless its X-CSRF-Token header, or its form, has the token of this login session."""
        if request.is_safe:
            return
        if not self.is_of(request.form_token or request.header(b"x-csrf-token"), session_id):
            raise Forbidden("csrf_failed", "Send the csrf_token cookie's value in the X-CSRF-Token header.")
        if request.header(b"sec-fetch-site") == "cross-site" and request.header(b"origin") not in self._origins:
            raise Forbidden("csrf_failed", "Requests from this origin are not allowed.")

    def is_own(self, request: GatewayRequest) -> bool:
        """Whether a program, the gateway's own pages or the front end ask, and not another site's page.

        False, too, where a browser does not say: for an address that was typed, may have come by mail or was redirected to, and of older browsers.
        """
        site = request.header(b"sec-fetch-site")
        if not site:
            return not request.is_navigation
        # Navigation has no Origin. A Referer is believed from the same site alone: elsewhere it also stands for redirects of others.
        origin = request.header(b"origin") or (_origin(request.header(b"referer")) if site == "same-site" else "")
        return site == "same-origin" or origin in self._origins

    def check_own(self, request: GatewayRequest) -> None:
        """Raises Forbidden for a request of another site's page, which could sign its visitor in as somebody else."""
        if request.header(b"sec-fetch-site") in {"cross-site", "same-site"} and not self.is_own(request):
            raise Forbidden("csrf_failed", "Requests from this origin are not allowed.")

    def form_token(self, visitor: str) -> str:
        """The token of forms for somebody who is not signed in; `visitor` is the value of their cookie."""
        return base64url.encode(hmac.digest(self._form_key, visitor.encode(), "sha256"))

    def check_form(self, request: GatewayRequest, visitor: str) -> None:
        """Raises Forbidden unless the form has the token of this visitor's cookie, and was sent by a page of the gateway."""
        self.check_origin(request)
        if not visitor or not hmac.compare_digest(request.form_token.encode(), self.form_token(visitor).encode()):
            raise Forbidden("csrf_failed", "Open the page again and send its form.")

    def check_origin(self, request: GatewayRequest) -> None:
        """Raises Forbidden for a form that a page of another origin sends, as far as the browser says so."""
        if not request.is_safe and request.header(b"sec-fetch-site") not in {"", "same-origin"}:
            raise Forbidden("csrf_failed", "Requests from this origin are not allowed.")


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"

"""The cookies that the pages need beyond those of a login session."""

import re
import secrets
from collections.abc import Iterable, Mapping

from starlette.requests import cookie_parser

from chassis.auth.opaque_tokens import OpaqueToken
from gateway.auth.cookies import CookieWriter
from gateway.request import GatewayRequest

_HOURS = 3600
_YEAR = 365 * 24 * _HOURS
# As long as the second step of a sign-in may take.
_SECOND_STEP_SECONDS = 600
_WAITING_SECONDS = 600
# As long as a mailed link may be good at most (`magic_link_seconds` of identity).
_LINK_SECONDS = _HOURS
# As we make them: what is sent back in a header has to be.
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")


class PageCookies:
    """Those of one request."""

    def __init__(self, request: GatewayRequest, writer: CookieWriter) -> None:
        self._request = request
        self._writer = writer
        # With TLS, no other host of the domain can plant a cookie of this name.
        self._visitor_name = "__Host-visitor" if writer.is_secure else "visitor"
        found: Mapping[str, str] = cookie_parser(request.header(b"cookie"))
        # To whom a form was given that is sent by somebody who is not signed in.
        visitor = found.get(self._visitor_name, "")
        self.visitor = visitor if _VISITOR.fullmatch(visitor) else ""
        # The language that was chosen on a page.
        self.language = found.get("language", "")
        # The token of a first step, for the page that takes the second one, and what the person has for that.
        methods, _, self.second_step = found.get("second_step", "").partition(":")
        self.methods = methods.split("+")

        # Where a link leads that was asked for in this browser, as `Destinations.sealed` makes it.
        self.sealed_next = found.get("link_next", "")

        # The refresh token of a sign-in that waits until it is said whether it is to replace the present one.
        self._waiting_name = "__Host-waiting_sign_in" if writer.is_secure else "waiting_sign_in"
        self.waiting_sign_in = found.get(self._waiting_name, "")

    @property
    def waiting_session(self) -> str:
        """The login session that the sign-in which waits has begun; empty where none waits."""
        token = OpaqueToken.parse(self.waiting_sign_in)
        return "" if token is None else str(token.row_id)

    def ensure_visitor(self) -> str:
        """The visitor's own random value, which is kept for hours from now; one is made if there is none."""
        self.visitor = self.visitor or secrets.token_urlsafe(16)
        self._writer.set(self._request, self._visitor_name, self.visitor, 12 * _HOURS, path="/", same_site="Lax")
        return self.visitor

    def keep_language(self, code: str) -> None:
        self._writer.set(self._request, "language", code, _YEAR, path="/", same_site="Lax")

    def keep_second_step(self, token: str, methods: Iterable[str]) -> None:
        value = f"{'+'.join(methods)}:{token}"
        self._writer.set(self._request, "second_step", value, _SECOND_STEP_SECONDS, path="/auth", same_site="Strict")

    def keep_next(self, sealed: str) -> None:
        """Kept as long as the link may be good; an empty one is forgotten."""
        self._writer.set(self._request, "link_next", sealed, _LINK_SECONDS if sealed else 0, path="/auth", same_site="Strict")

    def keep_waiting_sign_in(self, refresh_token: str) -> None:
        self._writer.set(self._request, self._waiting_name, refresh_token, _WAITING_SECONDS, path="/", same_site="Strict")

    def forget_waiting_sign_in(self) -> None:
        self._writer.set(self._request, self._waiting_name, "", 0, path="/", same_site="Strict")

    def forget_second_step(self) -> None:
        self._writer.set(self._request, "second_step", "", 0, path="/auth", same_site="Strict")

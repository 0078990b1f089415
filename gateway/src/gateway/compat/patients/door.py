"""Lets requests for `/patients` in, whose paths json-server reads without regard to case and to a slash at their end.

Its front ends send no credentials. On one's own machine their requests are made with the door's API key; everywhere else they have to send one.
A browser lets any page ask a server on its own machine, so there a page has to be of an allowed origin, and its reader's machine has to be
asked by its own name (else a name that points there would make the page one of the same origin).
"""

import re
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import Forbidden, Unauthenticated
from chassis.settings import is_local
from gateway.request import KEY, GatewayRequest
from gateway.settings import GatewaySettings

_PATH = re.compile(r"/patients(?:/([^/]+))?/?", re.IGNORECASE)
# A request with one of these has come through somebody else's hands.
_FORWARDED = frozenset({b"forwarded", b"via", b"x-real-ip", b"x-client-ip", b"x-original-host", b"true-client-ip", b"cdn-loop"})
_FORWARDED_BEGINNINGS = (b"x-forwarded", b"cf-")
_ALLOWED = {"allow": "GET, HEAD, POST, PUT, PATCH, DELETE"}


class PatientsDoor:
    def __init__(self, app: ASGIApp, settings: GatewaySettings) -> None:
        self._app = app
        self._key = settings.patients_api_key.get_secret_value()
        self._is_private = is_local(urlsplit(settings.public_url).hostname)
        self._origins = frozenset(settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        request: GatewayRequest = scope[KEY]
        scope["path"] = request.path = "/patients" if found[1] is None else f"/patients/{found[1]}"
        if request.method == "OPTIONS":
            await Response(status_code=204, headers=_ALLOWED)(scope, receive, send)
            return
        if b"authorization" not in request.headers:
            self._check_own_machine(request)
            request.headers[b"authorization"] = b"Bearer " + self._key.encode()
        request.needs_sign_in = True
        await self._app(scope, receive, send)

    def _check_own_machine(self, request: GatewayRequest) -> None:
        """Raises Unauthenticated for a request from elsewhere, Forbidden for one of a page that may not ask."""
        host = request.header(b"host")
        is_here = (
            self._is_private
            and bool(request.address)
            and is_local(request.address)
            and bool(host)
            and is_local(_hostname(host))
            and not _is_forwarded(request)
        )
        if not is_here or not self._key:
            raise Unauthenticated("api_key_required", "Send an API key of the workspace: Authorization: Bearer clk_…")
        origin = request.header(b"origin")
        is_own = origin in self._origins or origin == f"http://{host}"
        if not is_own and (origin or request.header(b"sec-fetch-site") in {"cross-site", "same-site"}):
            raise Forbidden("origin_not_allowed", "Pages of this origin may not ask here; CASELOAD_CORS_ORIGINS names those that may.")


def _is_forwarded(request: GatewayRequest) -> bool:
    """Whether a proxy has sent this. nginx, unless it is told to, does not say so and asks by its own name, but speaks HTTP/1.0, which no browser does."""
    return request.scope.get("http_version") == "1.0" or any(
        name in _FORWARDED or name.startswith(_FORWARDED_BEGINNINGS) for name in request.headers
    )


def _hostname(host: str) -> str:
    """Without the port; something that is no machine's name where there is none."""
    try:
        return urlsplit(f"//{host}").hostname or "?"
    except ValueError:
        return "?"

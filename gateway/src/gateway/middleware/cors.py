"""Lets front ends of other origins in, by exact name and with cookies; all others are left to the browser to refuse."""

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.request import KEY, Visit

_METHODS = "GET, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, X-CSRF-Token, X-Request-ID, traceparent"
_REPLY_HEADERS = "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-CSRF-Token, X-Request-ID"


class Cors:
    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            visit: Visit = scope[KEY]
            visit.add(b"vary", "Origin")
            origin = visit.header(b"origin")
            if origin in self._origins:
                visit.add(b"access-control-allow-origin", origin)
                visit.add(b"access-control-allow-credentials", "true")
                if visit.method == "OPTIONS" and b"access-control-request-method" in visit.sent:
                    visit.add(b"access-control-allow-methods", _METHODS)
                    visit.add(b"access-control-allow-headers", _REQUEST_HEADERS)
                    visit.add(b"access-control-max-age", "600")
                    await Response(status_code=204)(scope, receive, send)
                    return
                visit.add(b"access-control-expose-headers", _REPLY_HEADERS)
        await self._app(scope, receive, send)

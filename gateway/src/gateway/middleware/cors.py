"""CORS: allows front ends of configured origins to call with cookies; browsers refuse all others."""

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.request import KEY, GatewayRequest

_METHODS = "GET, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, Prefer, X-CSRF-Token, X-Request-ID, traceparent"
_REPLY_HEADERS = "ETag, Link, Location, Preference-Applied, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Restricted-Waiting, Retry-After, Search-Incomplete, X-CSRF-Token, X-Ignored-Members, X-Request-ID, X-Total-Count"


class Cors:
    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request: GatewayRequest = scope[KEY]
            request.add_header(b"vary", "Origin")
            origin = request.header(b"origin")
            if origin in self._origins:
                request.add_header(b"access-control-allow-origin", origin)
                request.add_header(b"access-control-allow-credentials", "true")
                if request.method == "OPTIONS" and b"access-control-request-method" in request.headers:
                    request.add_header(b"access-control-allow-methods", _METHODS)
                    request.add_header(b"access-control-allow-headers", _REQUEST_HEADERS)
                    request.add_header(b"access-control-max-age", "600")
                    await Response(status_code=204)(scope, receive, send)
                    return
                request.add_header(b"access-control-expose-headers", _REPLY_HEADERS)
        await self._app(scope, receive, send)

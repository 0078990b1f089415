"""Authenticates requests of the API, except those to public paths."""

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.auth.authenticator import Authenticator
from gateway.request import KEY, GatewayRequest


class Authentication:
    def __init__(self, app: ASGIApp, *, authenticator: Authenticator, public_paths: frozenset[str]) -> None:
        self._app = app
        self._authenticator = authenticator
        self._public = public_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request: GatewayRequest = scope[KEY]
            if request.path.startswith("/api/") and request.path not in self._public:
                await self._authenticator.authenticate(request)
        await self._app(scope, receive, send)

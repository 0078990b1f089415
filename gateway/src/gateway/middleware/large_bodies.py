"""Admits few requests at once whose body may be larger than others': it is held in memory, so none of it is read before."""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import Unauthenticated
from gateway.rate_limits.at_once import AtOnce
from gateway.request import KEY, GatewayRequest


class LargeBodies:
    def __init__(self, app: ASGIApp, *, paths: Collection[str], ordinary_bytes: int, at_once: AtOnce) -> None:
        """`paths` take larger bodies than `ordinary_bytes`."""
        self._app = app
        self._paths = paths
        self._ordinary = ordinary_bytes
        self._at_once = at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in self._paths or self._is_ordinary(scope[KEY]):
            await self._app(scope, receive, send)
            return
        request: GatewayRequest = scope[KEY]
        if not request.caller.token:
            raise Unauthenticated("sign_in_required", "Sign in first.")
        with self._at_once.admit(request.caller):
            await self._app(scope, receive, send)

    def _is_ordinary(self, request: GatewayRequest) -> bool:
        """Whether the body is announced, and no larger than anybody's. That it is a number is checked before."""
        announced = request.headers.get(b"content-length")
        return announced is not None and int(announced) <= self._ordinary

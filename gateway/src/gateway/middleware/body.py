"""Limits the size of request bodies, by Content-Length or else by counting, and the time they may take to arrive."""

import asyncio
import re
from collections.abc import Mapping
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.problems.responses import BadRequest, ContentTooLarge
from gateway.request import KEY, GatewayRequest
from gateway.routing.nouns import API
from gateway.routing.public import PublicPaths

# Bytes a second on the slowest connection that is served.
_SLOWEST = 8 * 1024
# The multipart envelope: boundaries, headers, a file name.
_ENVELOPE = 64 * 1024
# What anybody may send who is not signed in: a passkey's signature is the largest of it. It is decoded, and may be held for some seconds,
# before anything is known of who sends it.
_PUBLIC_BYTES = 64 * 1024
# The routes that pass their body on while it arrives. Every other holds it whole.
_UPLOADS = re.compile(rf"{API}/(?:sessions|clients)/[^/]+/attachments")
_IMPORT = f"{API}/clients/import"


class BodyLimit:
    def __init__(
        self,
        app: ASGIApp,
        *,
        json_bytes: int,
        upload_bytes: int,
        import_bytes: int,
        seconds: float,
        json_seconds: float,
        upload_seconds: float,
        public_paths: PublicPaths,
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """`larger` are the paths that take more than `json_bytes`, and how much."""
        self._app = app
        self._json = json_bytes
        self._public_paths = public_paths
        self._public = min(json_bytes, _PUBLIC_BYTES)
        self._larger = larger
        self._upload = upload_bytes + _ENVELOPE
        self._import = import_bytes
        self._seconds = seconds
        self._json_seconds = json_seconds
        self._upload_seconds = upload_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request: GatewayRequest = scope[KEY]
        announced = request.headers.get(b"content-length")
        if announced is None and b"transfer-encoding" not in request.headers and request.is_safe:
            await self._app(scope, receive, send)
            return
        limit = self._limit(request)
        if announced is not None:
            if not announced.isdigit():
                raise BadRequest("malformed_request", "The Content-Length is not a number.")
            if int(announced) > limit:
                raise too_large(limit)
        received, complete = 0, False
        begun = asyncio.get_running_loop().time()
        # What is held whole is not held for as long as its sender likes.
        is_held = limit in {self._json, self._public} or request.path in self._larger
        until = begun + (self._json_seconds if is_held else self._upload_seconds)

        async def counted() -> Message:
            nonlocal received, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(min(until, begun + self._seconds + received / _SLOWEST)):
                    message = await receive()
            except TimeoutError:
                # FastAPI turns every other exception of reading a body into a 400.
                raise HTTPException(408, headers={"Connection": "close"}) from None
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > limit:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)

    def _limit(self, request: GatewayRequest) -> int:
        if request in self._public_paths:
            return self._public
        if request.method != "POST":
            return self._json
        if request.path == _IMPORT:
            return self._import
        is_form = request.headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        return self._upload if is_form and _UPLOADS.fullmatch(request.path) else self._larger.get(request.path, self._json)


def too_large(limit: int) -> ContentTooLarge:
    return ContentTooLarge("body_too_large", "The request is larger than this address takes.", facts={"limit_bytes": limit})

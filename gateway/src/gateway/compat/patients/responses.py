"""Answers as Express 4 gives them, on which json-server is built: weak ETags, and 304 for whoever has the answer."""

import base64
import hashlib
from collections.abc import Mapping

from starlette.responses import Response

from gateway.request import GatewayRequest


def respond(request: GatewayRequest, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON; without the body for a HEAD, and for whoever has it already."""
    etag = _etag(body)
    all_headers = {**(headers or {}), "etag": etag}
    if request.method in {"GET", "HEAD"} and status == 200 and _is_fresh(request, etag):
        return Response(status_code=304, headers=all_headers)
    if request.method == "HEAD":
        all_headers |= {"content-length": str(len(body))}
        body = b""
    return Response(body, status, all_headers, "application/json; charset=utf-8")


def _etag(body: bytes) -> str:
    digest = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest())[:27].decode()
    return f'W/"{len(body):x}-{digest}"'


def _is_fresh(request: GatewayRequest, etag: str) -> bool:
    """Whether the sender has this answer (RFC 9110, section 13.1.2). There are no dates to compare."""
    shown = request.header(b"if-none-match")
    if not shown or b"if-modified-since" in request.headers or "no-cache" in request.header(b"cache-control"):
        return False
    opaque = etag.removeprefix("W/")
    return shown.strip() == "*" or any(each.strip().removeprefix("W/") == opaque for each in shown.split(","))

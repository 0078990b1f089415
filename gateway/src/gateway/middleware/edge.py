"""The outermost middleware: gives a request its id and trace, a response its headers, and writes the access log and the metrics."""

import logging
import re
import time
from functools import lru_cache

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from chassis.observability.tracing import child_trace
from gateway.request import KEY, GatewayRequest

access = logging.getLogger("gateway.access")

_request_id = re.compile(rb"[A-Za-z0-9._:-]{1,128}")

_requests = Counter("caseload_http_requests", "Requests answered.", ("method", "route", "status"))
_seconds = Histogram(
    "caseload_http_request_seconds",
    "Time from a request's first byte to its response's last.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = frozenset({"/health", "/health/live", "/health/ready", "/api/v1/health"})

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
# Of responses without a policy of their own: JSON, which is not run, framed or cached.
_DEFAULT = ((b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"), (b"cache-control", b"no-store"))
# For browsers that know no frame-ancestors. It cannot name the origins that may frame a file, which has a policy that does.
_UNFRAMED = (b"x-frame-options", b"DENY")
_TLS = (b"strict-transport-security", b"max-age=31536000")


class Edge:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = GatewayRequest(scope)
        given = request.headers.get(b"x-request-id", b"")
        request.request_id = given.decode() if _request_id.fullmatch(given) else str(uuid7())
        request.traceparent = child_trace(request.header(b"traceparent"))
        scope[KEY] = request
        started = time.perf_counter()
        status = 500

        async def send_completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _complete(message["headers"], request)
            await send(message)

        try:
            await self._app(scope, receive, send_completed)
        finally:
            _record(request, status, time.perf_counter() - started)


def _complete(headers: list[tuple[bytes, bytes]], request: GatewayRequest) -> list[tuple[bytes, bytes]]:
    # Pages and files have a policy of their own.
    present = {name for name, _ in headers}
    added = [*_ALWAYS, *(pair for pair in _DEFAULT if pair[0] not in present), *request.response_headers]
    added.append((b"x-request-id", request.request_id.encode()))
    if not request.framed:
        added.append(_UNFRAMED)
    if request.is_https:
        added.append(_TLS)
    if request.rate_limit is not None:
        limit, remaining, reset = request.rate_limit
        added += (
            (b"ratelimit-limit", b"%d" % limit),
            (b"ratelimit-remaining", b"%d" % remaining),
            (b"ratelimit-reset", b"%d" % reset),
        )
    return [*headers, *added]


@lru_cache(maxsize=4096)
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return _requests.labels(method, route, str(status)), _seconds.labels(method, route)


def _record(request: GatewayRequest, status: int, seconds: float) -> None:
    # The route's path, because every id would make a time series of its own.
    route = request.route_path or "unmatched"
    method = request.method if request.method in _METHODS else "other"
    counter, histogram = _meters(method, route, status)
    counter.inc()
    histogram.observe(seconds)
    if request.path in _QUIET or not access.isEnabledFor(logging.INFO):
        return
    caller = request.caller
    # The route's path here too: the path of a link contains its token.
    access.info(
        "%s %s %d",
        method,
        route,
        status,
        extra={
            "method": method,
            "route": route,
            "status": status,
            "code": request.problem_code,
            "milliseconds": round(seconds * 1000, 2),
            "request_id": request.request_id,
            "traceparent": request.traceparent,
            "workspace_id": str(caller.workspace_id or ""),
            "user_id": str(caller.user_id or ""),
        },
    )

"""The outermost layer: gives each request its ids, each reply its headers, and both a line in the log and the metrics."""

import logging
import re
import time
from functools import lru_cache

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from chassis.observability.tracing import child_trace
from gateway.visit import KEY, Visit

access = logging.getLogger("gateway.access")

_request_id = re.compile(rb"[A-Za-z0-9._:-]{1,128}")

_requests = Counter("caseload_http_requests", "Requests answered.", ("method", "route", "status"))
_seconds = Histogram(
    "caseload_http_request_seconds",
    "Time from a request's first byte to its reply's last.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = frozenset({"/health", "/health/live", "/health/ready", "/metrics", "/api/v1/health"})

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
# What an API answers is data: nothing to run, nothing to frame, nothing to keep.
_API = ((b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"), (b"cache-control", b"no-store"))
_TLS = (b"strict-transport-security", b"max-age=31536000")


class Edge:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = Visit(scope)
        sent = visit.sent.get(b"x-request-id", b"")
        visit.request_id = sent.decode() if _request_id.fullmatch(sent) else str(uuid7())
        visit.traceparent = child_trace(visit.header(b"traceparent"))
        scope[KEY] = visit
        started = time.perf_counter()
        status = 500

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _complete(message["headers"], visit)
            await send(message)

        try:
            await self._app(scope, receive, reply)
        finally:
            _record(visit, status, time.perf_counter() - started)


def _complete(headers: list[tuple[bytes, bytes]], visit: Visit) -> list[tuple[bytes, bytes]]:
    # A route's own policy (a page's, a file's) stands.
    present = {name for name, _ in headers}
    added = [*_ALWAYS, *(pair for pair in _API if pair[0] not in present), *visit.headers]
    added.append((b"x-request-id", visit.request_id.encode()))
    if visit.https:
        added.append(_TLS)
    if visit.allowance is not None:
        limit, remaining, reset = visit.allowance
        added += (
            (b"ratelimit-limit", b"%d" % limit),
            (b"ratelimit-remaining", b"%d" % remaining),
            (b"ratelimit-reset", b"%d" % reset),
        )
    return [*headers, *added]


@lru_cache(maxsize=4096)
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return _requests.labels(method, route, str(status)), _seconds.labels(method, route)


def _record(visit: Visit, status: int, seconds: float) -> None:
    # The template, never the path: ids would make a label each.
    route = visit.template or "unmatched"
    method = visit.method if visit.method in _METHODS else "other"
    counter, histogram = _meters(method, route, status)
    counter.inc()
    histogram.observe(seconds)
    if visit.path in _QUIET or not access.isEnabledFor(logging.INFO):
        return
    caller = visit.caller
    # Nor here: a link's token is part of its path.
    access.info(
        "%s %s %d",
        method,
        route,
        status,
        extra={
            "method": method,
            "route": route,
            "status": status,
            "code": visit.code,
            "milliseconds": round(seconds * 1000, 2),
            "request_id": visit.request_id,
            "traceparent": visit.traceparent,
            "workspace_id": str(caller.workspace_id or ""),
            "user_id": str(caller.user_id or ""),
        },
    )

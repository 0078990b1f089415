"""Prometheus metrics of calls, connections and statements."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from chassis.observability.logs import log

_CALLS = Counter("caseload_rpc_total", "Calls answered, by method and outcome.", ["service", "method", "code"])

_SECONDS = Histogram(
    "caseload_rpc_seconds",
    "Seconds from a call's arrival to its reply.",
    ["service", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

_CONNECTIONS = Gauge("caseload_database_connections_in_use", "Database connections in use.", ["service"])
_WAITING = Gauge("caseload_database_connections_waited_for", "Transactions that wait for a database connection.", ["service"])
_SIZE = Gauge("caseload_database_connections_most", "Database connections that may be in use at once.", ["service"])
_SLOW = Counter("caseload_slow_queries_total", "Statements that took longer than the slow-query limit.", ["service"])


def observe_call(method: Any, code: str, seconds: float) -> None:
    """Counts one answered call. `method` is the chassis's Method, `code` "ok" or the refusal's."""
    counter, histogram = _meters(method.path, code)
    counter.inc()
    histogram.observe(seconds)


@lru_cache(maxsize=4096)
def _meters(path: str, code: str) -> tuple[Counter, Histogram]:
    service, name = path.strip("/").split("/")
    short = service.split(".")[1] if "." in service else service
    return _CALLS.labels(short, name, code), _SECONDS.labels(short, name)


def observe_pool(service: str, in_use: Callable[[], float], waiting: Callable[[], float], size: int) -> None:
    """Reports how many connections are lent out of `size`, and how many transactions wait for one, asked at each scrape."""
    _CONNECTIONS.labels(service).set_function(in_use)
    _WAITING.labels(service).set_function(waiting)
    _SIZE.labels(service).set(size)


def slow_query_log(service: str, limit: float) -> Callable[[str, float], None]:
    """Notes a statement, whose text holds no values, when it took `limit` seconds or more."""

    def note(sql: str, seconds: float) -> None:
        if seconds >= limit:
            _SLOW.labels(service).inc()
            log.warning("slow query", extra={"service": service, "seconds": round(seconds, 4), "statement": " ".join(sql.split())})

    return note

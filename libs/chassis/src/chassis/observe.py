"""What a running process tells: JSON logs, Prometheus metrics, and whether it is well.

A log line carries ids, codes and times. A message, sealed bytes or an exception's own words may carry a client, so
they are named by their type, whoever logs them.
"""

import asyncio
import json
import logging
import secrets
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import orjson
from google.protobuf.message import Message
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

from chassis.errors import Refusal

_CALLS = Counter("caseload_rpc_total", "Calls answered, by method and outcome.", ["service", "method", "code"])
_SECONDS = Histogram(
    "caseload_rpc_seconds",
    "Time from question to answer.",
    ["service", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_CONNECTIONS = Gauge("caseload_database_connections_in_use", "Connections lent out of the pool.", ["service"])
_SLOW = Counter("caseload_slow_queries_total", "Statements that took longer than the slow-query limit.", ["service"])

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_LONGEST_TEXT = 500

log = logging.getLogger(__name__)


# --- logs --------------------------------------------------------------------------------------------------------


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, service, logger, message, and what `extra` adds."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": words(record),
        }
        line.update({name: harmless(value) for name, value in vars(record).items() if name not in _STANDARD})
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = stack(record.exc_info[1])
        try:
            return orjson.dumps(line).decode()
        except TypeError:
            # A number beyond 64 bits, or half a character.
            return json.dumps(line)


@lru_cache(maxsize=2)
def _second(since_epoch: int) -> str:
    return datetime.fromtimestamp(since_epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def words(record: logging.LogRecord) -> str:
    """The message with its arguments made harmless."""
    args = record.args
    if isinstance(args, Mapping):
        args = {name: harmless(value) for name, value in args.items()}
    elif args:
        args = tuple(harmless(value) for value in args)
    message = record.msg if isinstance(record.msg, str) else str(harmless(record.msg))
    text = message % args if args else message
    # asyncio goes on with the repr of tasks and futures, and those quote results and exceptions.
    return text.partition("\n")[0] if record.name == "asyncio" else text


def harmless(value: Any) -> Any:
    """The value, or the name of its type where the value could be somebody's record."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
        case UUID() | datetime() | Path():
            return str(value)
        case Message():
            return f"<{value.DESCRIPTOR.full_name}>"
        case Refusal():
            return f"{type(value).__name__}:{value.code}"
        case list() | tuple() | set() | frozenset() if len(value) <= 100:
            return [harmless(item) for item in value]
        case dict() if len(value) <= 100:
            return {str(name): harmless(item) for name, item in value.items()}
        case _:
            return f"<{type(value).__name__}>"


def stack(error: BaseException) -> list[str]:
    """An exception, what caused it, and where each was raised; none of their own words, which may quote a row."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(str(harmless(current)).strip("<>"))
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(current.__traceback__)]
        if isinstance(current, BaseExceptionGroup):
            lines += [f"  | {line}" for inner in current.exceptions for line in stack(inner)]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def configure_logs(service: str, level: str = "INFO") -> None:
    """Sends everything that is logged, and everything that nobody caught, to stderr as JSON lines."""
    # Our lines tell none of this, and a line is written for every request.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("aio_pika", "aiormq", "botocore", "boto3", "urllib3", "s3transfer", "mail.log", "alembic", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.captureWarnings(capture=True)

    def uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            return
        log.critical("nobody caught an exception", exc_info=error)

    sys.excepthook = uncaught
    threading.excepthook = lambda args: uncaught(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)


# --- traces (W3C Trace Context) ----------------------------------------------------------------------------------


def new_trace() -> str:
    """A traceparent for a request that came without one."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_trace(traceparent: str | None) -> str:
    """The same trace, one span further; a new one when there was none or it is malformed."""
    if trace_id(traceparent) is None:
        return new_trace()
    assert traceparent is not None
    version, trace, _, flags = traceparent.split("-")[:4]
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"


def trace_id(traceparent: str | None) -> str | None:
    """The trace's id, 32 hexadecimal digits, or None."""
    parts = (traceparent or "").split("-")
    if len(parts) < 4 or [len(part) for part in parts[:4]] != [2, 32, 16, 2] or set(parts[1]) <= {"0"}:
        return None
    return parts[1] if set("".join(parts[:4])) <= set("0123456789abcdef") else None


# --- metrics -----------------------------------------------------------------------------------------------------


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


def observe_pool(service: str, in_use: Callable[[], float]) -> None:
    """Reports how many connections are lent out, asked at each scrape."""
    _CONNECTIONS.labels(service).set_function(in_use)


def slow_query_log(service: str, limit: float) -> Callable[[str, float], None]:
    """Notes a statement, whose text holds no values, when it took `limit` seconds or more."""

    def note(sql: str, seconds: float) -> None:
        if seconds >= limit:
            _SLOW.labels(service).inc()
            log.warning("slow query", extra={"service": service, "seconds": round(seconds, 4), "statement": " ".join(sql.split())})

    return note


# --- health ------------------------------------------------------------------------------------------------------

Ready = Callable[[], Awaitable[bool]]


class HealthServer:
    """GET /metrics, /health/live and /health/ready of one process; nothing else, and nothing that needs a framework."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._server: asyncio.Server | None = None

    async def start(self, address: str) -> None:
        """`address` is host:port or unix:/path."""
        if address.startswith("unix:"):
            path = address.removeprefix("unix:")
            Path(path).unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._answer, path, limit=16_384)
        else:
            host, _, port = address.rpartition(":")
            self._server = await asyncio.start_server(self._answer, host.strip("[]"), int(port), limit=16_384)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = await self._page(head.split(b" ", 2)[1].decode("ascii", "replace"))
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
                )
                await writer.drain()
        except (TimeoutError, IndexError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("a health question was not finished")
        finally:
            writer.close()

    async def _page(self, path: str) -> tuple[str, str, bytes]:
        match path.partition("?")[0]:
            case "/health/live":
                return "200 OK", "application/json", b'{"status":"ok"}'
            case "/health/ready":
                if await self._ready():
                    return "200 OK", "application/json", b'{"status":"ok"}'
                return "503 Service Unavailable", "application/json", b'{"status":"unavailable"}'
            case "/metrics":
                return "200 OK", CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
            case _:
                return "404 Not Found", "application/json", b"{}"


async def serve_http(address: str, ready: Ready) -> HealthServer:
    """Starts answering at once; `close()` ends it."""
    server = HealthServer(ready)
    await server.start(address)
    return server

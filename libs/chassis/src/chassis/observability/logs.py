"""JSON logs."""

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any

import orjson

from chassis.observability.redaction import harmless, stack

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
log = logging.getLogger(__name__)


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


def configure_logs(service: str, level: str = "INFO") -> None:
    """Sends everything that is logged, and everything that nobody caught, to stderr as JSON lines."""
    # Our lines leave these out, and collecting them costs time on every line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # The line of code that logs; logging's own way to leave it out (Logging HOWTO, Optimization).
    logging._srcfile = None  # noqa: SLF001 - it has no public name
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

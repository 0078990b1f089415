"""Makes values and errors safe to log. An error's message may quote a record, so only its type and code are logged."""

import traceback
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from chassis.errors import Refusal

_LONGEST_TEXT = 500


def harmless(value: Any) -> Any:
    """The value, or the name of its type where the value could be somebody's record."""
    match value:
        case str():
            return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
        case None | bool() | int() | float():
            return value
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


def cause(error: BaseException) -> str:
    """An error's kind, and a refusal's code. Its own words may quote a row, and with it PHI."""
    if isinstance(error, Refusal):
        return f"{type(error).__name__}:{error.code}"
    return type(error).__name__


def place(error: BaseException) -> str:
    """Where an error was raised: file and line, which quote nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""

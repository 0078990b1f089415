"""JSON that every reader understands alike."""

import json
from typing import Any


def loads(text: str | bytes) -> Any:
    """The value. Raises ValueError for what is no JSON, nested too deeply, or has a member twice: different readers believe different ones."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a member is there twice")
    return dict(pairs)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")

"""What is signed, as bytes: JSON in the canonical form of RFC 8785, of strings, small integers and null."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime


def written(content: Mapping[str, str | int | None], members: Sequence[str]) -> bytes:
    """The content, whose members are these, in the order of their names. ValueError for any others.

    Strings, small integers and null are written by Python's json as the RFC wants them, and there is nothing else.
    """
    if tuple(sorted(content)) != tuple(members):
        raise ValueError(f"not the members of the form: {sorted(set(content) ^ set(members))}")
    return json.dumps(dict(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def time_text(moment: datetime) -> str:
    """A time as the forms write it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"

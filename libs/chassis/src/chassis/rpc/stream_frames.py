"""What both ends of a stream of calls agree on."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import grpc

SERVICE, METHOD = "caseload.transport.v1.Conversation", "Converse"
# What is larger goes alone.
LARGEST_SHARED = 256 * 1024
_LARGEST_AT_ONCE = 1024 * 1024
# What a message weighs beyond the largest reply in it.
ENVELOPE = 64 * 1024
# A server asks its callers to connect anew after about this long; theirs are the streams, which last a little longer.
SECONDS_ON_A_CONNECTION = 60.0
_END: Any = grpc.aio.EOF  # type: ignore[attr-defined] # not in the stubs
M = TypeVar("M")


def _parts(said: Iterable[M], size: Callable[[M], int]) -> Iterator[list[M]]:
    """What was said, in messages of a bearable size; one at least, if an empty one."""
    part: list[M] = []
    weight = 0
    for each in said:
        if part and weight + size(each) > _LARGEST_AT_ONCE:
            yield part
            part, weight = [], 0
        part.append(each)
        weight += size(each)
    yield part

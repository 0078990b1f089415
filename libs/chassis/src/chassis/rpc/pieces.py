"""Requests that come in pieces: no process holds one whole.

The first message is the request, each has a piece of the body or none, and the last one says that it is the last: what was cut off
on its way does not pass for the whole.
"""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from google.protobuf.message import DecodeError

from chassis.errors import Invalid, Unavailable
from chassis.rpc.method import Method
from chassis.rpc.transport import LARGEST_BODY, LARGEST_PIECE
from chassis.storage.spool import Spool


async def to_messages(method: Method, body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The serialised messages that follow the first one."""
    assert method.body is not None
    make: Any = method.request
    async for data in body:
        for start in range(0, len(data), LARGEST_PIECE):
            yield make(**{method.body: data[start : start + LARGEST_PIECE]}).SerializeToString()
    yield make(last=True).SerializeToString()


def read_message(method: Method, raw: bytes) -> Any:
    """Raises Invalid for what is no message of the method's request."""
    try:
        return method.request.FromString(raw)
    except DecodeError:
        raise Invalid("malformed_request", "The request cannot be read.") from None


async def receive_body(method: Method, request: Any, messages: AsyncIterator[bytes], body: Spool) -> None:
    """Moves the body to disk: what `request`, the first message, has of it, and what the others have.

    Raises Unavailable if they end before the last one, or if the disk is full; Invalid if there is more of it than any body may have.
    """
    assert method.body is not None
    message = request
    while True:
        await body.append(getattr(message, method.body))
        message.ClearField(method.body)
        if body.size > LARGEST_BODY:
            raise Invalid("request_too_large", "The request is larger than can be passed on.")
        if message.last:
            await body.complete()
            return
        raw = await anext(messages, None)
        if raw is None:
            raise Unavailable("request_incomplete", "The request ended before all of it had arrived; try again.", retry_after=1.0)
        message = read_message(method, raw)

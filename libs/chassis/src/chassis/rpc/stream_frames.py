"""A request's context as a stream of calls carries it, and what both ends of the stream agree on."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from caseload.transport.v1 import stream_pb2 as pb
from chassis.context import RequestContext
from chassis.rpc.transport import received

SERVICE, METHOD = "caseload.transport.v1.Conversation", "Converse"
# What a server sends first, so that its caller knows that the stream is taken.
GREETING = ("stream", "taken")
# What is larger goes alone.
LARGEST_SHARED = 256 * 1024
LARGEST_AT_ONCE = 1024 * 1024
# What a message weighs beyond the largest reply in it.
ENVELOPE = 64 * 1024
# A server asks its callers to connect anew after about this long; theirs are the streams, which last a little longer.
SECONDS_ON_A_CONNECTION = 60.0
# And cuts those who have not after this: a caller replaces its stream within 37 s of being asked, and its last calls take 10. What has
# begun to come in pieces may take five minutes, and one more to be answered.
SECONDS_TO_LEAVE_A_CONNECTION = 400.0
END: Any = grpc.aio.EOF  # type: ignore[attr-defined] # not in the stubs
M = TypeVar("M", bound=Message)


def parts(frames: Iterable[M]) -> Iterator[list[M]]:
    """The frames, in messages of a bearable size; one at least, if an empty one."""
    part: list[M] = []
    weight = 0
    for each in frames:
        size = each.ByteSize()
        if part and weight + size > LARGEST_AT_ONCE:
            yield part
            part, weight = [], 0
        part.append(each)
        weight += size
    yield part


def to_call(context: RequestContext, path: str, request: bytes, seconds: float, token: str) -> pb.Call:
    """A call as a frame; `token` is the one shown to this callee."""
    return pb.Call(
        path=path,
        request=request,
        seconds=seconds,
        authorization=f"Bearer {token}" if token else "",
        request_id=context.request_id,
        idempotency_key=context.idempotency_key,
        ip_address=context.ip_address,
        user_agent=context.user_agent,
        traceparent=context.traceparent,
    )


def from_call(call: pb.Call) -> RequestContext:
    """What came with a call; the token is not verified yet."""
    return received(
        request_id=call.request_id,
        authorization=call.authorization,
        ip_address=call.ip_address if call.HasField("ip_address") else None,
        user_agent=call.user_agent if call.HasField("user_agent") else None,
        idempotency_key=call.idempotency_key or None,
        traceparent=call.traceparent if call.HasField("traceparent") else None,
    )

"""How a Refusal travels: a gRPC status, its code in a trailer, and the rest as JSON beside it."""

from typing import Any

import grpc
import orjson

from caseload.transport.v1 import stream_pb2
from chassis.context import deadline_exceeded
from chassis.errors import Conflict, Fault, Forbidden, Gone, Invalid, NotFound, Refusal, Stale, TooMany, Unauthenticated, Unavailable
from chassis.rpc.transport import LARGEST_REFUSAL

CODE = "code"
REFUSAL = "refusal-bin"
NOT_TAKEN = "not_taken"
# In a trailer it takes a third more, as base64.
_LARGEST_BODY = LARGEST_REFUSAL // 2

_STATUS: dict[type[Refusal], grpc.StatusCode] = {
    NotFound: grpc.StatusCode.NOT_FOUND,
    Gone: grpc.StatusCode.FAILED_PRECONDITION,
    Invalid: grpc.StatusCode.INVALID_ARGUMENT,
    Conflict: grpc.StatusCode.ALREADY_EXISTS,
    Stale: grpc.StatusCode.ABORTED,
    Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    Forbidden: grpc.StatusCode.PERMISSION_DENIED,
    TooMany: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
}

_CLASS = {status: kind for kind, status in _STATUS.items()}
_CLASS_OF_NUMBER: dict[int, type[Refusal]] = {status.value[0]: kind for kind, status in _STATUS.items()}


def status(refusal: Refusal) -> grpc.StatusCode:
    return _STATUS[type(refusal)]


def trailers(refusal: Refusal) -> tuple[tuple[str, str], tuple[str, bytes]]:
    body = {
        "message": refusal.message,
        "facts": refusal.facts,
        "faults": [[fault.pointer, fault.detail] for fault in refusal.faults],
        "retry_after": refusal.retry_after,
    }
    packed_body = orjson.dumps(body)
    if len(packed_body) > _LARGEST_BODY:
        # Larger, it would not arrive at all.
        packed_body = orjson.dumps(body | {"facts": {}, "faults": []})
    return ((CODE, refusal.code), (REFUSAL, packed_body))


def refusal_of(error: grpc.aio.AioRpcError, callee: str) -> Refusal | None:
    """The Refusal the callee raised; Unavailable when it did not answer; None for a fault of its own."""
    metadata: Any = error.trailing_metadata() or ()
    # Not dict(metadata): grpc's Metadata has a keys() that yields pairs.
    trailing: dict[str, Any] = {key: value for key, value in metadata}  # noqa: C416 - the same
    code = error.code()
    if CODE in trailing and REFUSAL in trailing and code in _CLASS:
        return _refusal(_CLASS[code], str(trailing[CODE]), trailing[REFUSAL])
    if code is grpc.StatusCode.UNAVAILABLE:
        return unavailable(callee)
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return deadline_exceeded()
    return None


def packed(refusal: Refusal) -> stream_pb2.Refused:
    """The refusal as a stream carries it."""
    (_, code), (_, body) = trailers(refusal)
    number: int = status(refusal).value[0]
    return stream_pb2.Refused(status=number, code=code, refusal=body)


def unpacked(refused: stream_pb2.Refused) -> Refusal:
    """The Refusal the callee raised."""
    return _refusal(_CLASS_OF_NUMBER[refused.status], refused.code, refused.refusal)


def _refusal(kind: type[Refusal], code: str, packed_body: bytes) -> Refusal:
    body = orjson.loads(packed_body)
    faults = [Fault(pointer, detail) for pointer, detail in body["faults"]]
    return kind(code, body["message"], facts=body["facts"], faults=faults, retry_after=body["retry_after"])


def again(refusal: Refusal) -> Refusal:
    """A new instance of the same refusal, for a caller in the same process."""
    return type(refusal)(refusal.code, refusal.message, facts=refusal.facts, faults=refusal.faults, retry_after=refusal.retry_after)


def not_taken() -> Unavailable:
    """What a server answers that is about to stop: the call was certainly not begun, and may be made again elsewhere, whatever it is."""
    return Unavailable(NOT_TAKEN, "This is about to restart; try again.", retry_after=1.0)


def unavailable(callee: str) -> Unavailable:
    return Unavailable(f"{callee}_unavailable", f"The {callee} service does not answer at the moment.", retry_after=1.0)

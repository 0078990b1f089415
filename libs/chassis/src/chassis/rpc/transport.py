"""A request's context as gRPC metadata, and the limits both ends keep to."""

from collections.abc import Mapping
from typing import Any

from chassis.context import RequestContext

LARGEST_MESSAGE = 12 * 1024 * 1024
# A refusal travels in the trailers, with all its facts; gRPC's own limit of 8 KiB is some thirty of them.
LARGEST_REFUSAL = 1024 * 1024
_BEARER = "Bearer "

Metadata = tuple[tuple[str, str], ...]


def to_metadata(context: RequestContext, token: str) -> Metadata:
    """What is sent beside a request; `token` is the one shown to this callee. The deadline travels as gRPC's own."""
    pairs = [("x-request-id", context.request_id)]
    if token:
        pairs.append(("authorization", _BEARER + token))
    if context.idempotency_key:
        pairs.append(("idempotency-key", context.idempotency_key))
    if context.ip_address:
        pairs.append(("x-client-ip", context.ip_address))
    if context.user_agent:
        pairs.append(("x-client-agent", context.user_agent.encode("ascii", "replace").decode()))
    if context.traceparent:
        pairs.append(("traceparent", context.traceparent))
    return tuple(pairs)


def from_metadata(metadata: Mapping[str, Any]) -> RequestContext:
    """What came beside a request; nothing of it is verified yet."""
    return RequestContext(
        request_id=metadata.get("x-request-id", ""),
        token=bearer(metadata.get("authorization", "")),
        ip_address=metadata.get("x-client-ip"),
        user_agent=metadata.get("x-client-agent"),
        idempotency_key=metadata.get("idempotency-key"),
        traceparent=metadata.get("traceparent"),
    )


def bearer(authorization: str) -> str:
    """The token of an Authorization header (RFC 6750); of another scheme the header itself, which no verifier takes for a token."""
    scheme, _, token = authorization.partition(" ")
    return token if scheme.lower() == "bearer" else authorization

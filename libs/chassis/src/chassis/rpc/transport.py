"""A request's context as gRPC metadata, and the limits both ends keep to."""

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from uuid_utils.compat import uuid7

from chassis.context import RequestContext
from chassis.observability.tracing import trace_id

LARGEST_MESSAGE = 12 * 1024 * 1024
# Of a request that comes in pieces: each of them, and all together.
LARGEST_PIECE = 128 * 1024
LARGEST_BODY = 64 * 1024 * 1024
# A refusal travels in the trailers, with all its facts; gRPC's own limit of 8 KiB is some thirty of them.
LARGEST_REFUSAL = 1024 * 1024
# What a receiver has not read yet is in its memory. gRPC would let it grow to some megabytes for each call where the network is fast; so it stays at
# HTTP/2's 64 KiB, or at the message that is being received.
FLOW_CONTROL = (("grpc.http2.bdp_probe", 0),)
_BEARER = "Bearer "
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_LONGEST_USER_AGENT = 512
# The four fields of W3C Trace Context; what newer versions append is not passed on.
_LENGTH_OF_TRACEPARENT = 55

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
    """What came beside a request; the token is not verified yet."""
    return received(
        request_id=metadata.get("x-request-id", ""),
        authorization=metadata.get("authorization", ""),
        ip_address=metadata.get("x-client-ip"),
        user_agent=metadata.get("x-client-agent"),
        idempotency_key=metadata.get("idempotency-key"),
        traceparent=metadata.get("traceparent"),
    )


def received(
    *,
    request_id: str,
    authorization: str,
    ip_address: str | None,
    user_agent: str | None,
    idempotency_key: str | None,
    traceparent: str | None,
) -> RequestContext:
    """The context of a call, without what no honest caller sends: it goes into logs, audit lines and events, where it must be short and printable.

    A malformed request id is replaced by a new one; a malformed address or traceparent is left out, a long user agent cut.
    """
    return RequestContext(
        request_id=request_id if _REQUEST_ID.fullmatch(request_id) else str(uuid7()),
        token=bearer(authorization),
        ip_address=ip_address if is_address(ip_address) else None,
        user_agent=user_agent and _printable(user_agent[:_LONGEST_USER_AGENT]),
        idempotency_key=idempotency_key,
        traceparent=traceparent[:_LENGTH_OF_TRACEPARENT] if traceparent and trace_id(traceparent) else None,
    )


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


@lru_cache(maxsize=1024)
def is_address(text: str | None) -> bool:
    """Whether the text is an IPv4 or IPv6 address; with a zone (`%`), which may be any text, it is not."""
    try:
        ip_address(text or "")
    except ValueError:
        return False
    return "%" not in (text or "")


def bearer(authorization: str) -> str:
    """The token of an Authorization header (RFC 6750); of another scheme the header itself, which no verifier takes for a token."""
    scheme, _, token = authorization.partition(" ")
    return token if scheme.lower() == "bearer" else authorization

"""What both ends of a transport agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Headers:
    """What came with a question besides the question."""

    authorization: str = ""
    request_id: str = ""
    idempotency_key: str = ""
    ip_address: str | None = None
    user_agent: str | None = None
    traceparent: str | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Headers":
        return cls(
            authorization=metadata.get("authorization", ""),
            request_id=metadata.get("x-request-id", ""),
            idempotency_key=metadata.get("idempotency-key", ""),
            ip_address=metadata.get("x-client-ip"),
            user_agent=metadata.get("x-client-agent"),
            traceparent=metadata.get("traceparent"),
        )


LARGEST_MESSAGE = 12 * 1024 * 1024
# A refusal travels in the trailers, with all its facts; gRPC's own limit of 8 KiB is some thirty of them.
LARGEST_REFUSAL = 1024 * 1024

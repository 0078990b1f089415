"""One event on its way: what the outbox keeps and a broker carries."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event's bytes and what is needed to route, to trace and to believe them; `type` is the message's full name."""

    id: UUID
    workspace_id: UUID
    type: str
    payload: bytes = field(repr=False)
    occurred_at: datetime
    request_id: str = ""
    traceparent: str = ""
    signature: bytes = field(default=b"", repr=False)

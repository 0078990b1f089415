"""The history of a drill: the operations that were acknowledged to users, and the state they must have left."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Operation:
    """One acknowledged operation, and the audit event it must have left. `seconds` is from the first attempt to the reply."""

    kind: str
    resource: str
    action: str
    request_id: str
    resource_id: str | None
    attempts: int
    seconds: float

    @property
    def writes(self) -> bool:
        return self.action != "READ"


@dataclass(slots=True)
class ClientState:
    """A client as last acknowledged."""

    last_name: str
    version: int
    notes: str | None = None


@dataclass(slots=True)
class NoteState:
    """A note as last acknowledged."""

    client_id: str
    version: int
    subjective: str


@dataclass(frozen=True, slots=True)
class Booking:
    client_id: str
    start: datetime
    end: datetime


@dataclass(slots=True)
class History:
    """Acknowledged operations and state, `retryable_refusals` by code, and `violations`: replies that must never happen."""

    operations: list[Operation] = field(default_factory=list)
    clients: dict[str, ClientState] = field(default_factory=dict)
    notes: dict[str, NoteState] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    refused_bookings: int = 0
    retryable_refusals: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    longest_reply: float = 0.0

    @property
    def writes(self) -> list[Operation]:
        return [operation for operation in self.operations if operation.writes]

    @property
    def reads(self) -> list[Operation]:
        return [operation for operation in self.operations if not operation.writes]

    @property
    def longest_outage(self) -> float:
        """The longest time in seconds from the first attempt at an operation to its reply."""
        return max((operation.seconds for operation in self.operations), default=0.0)

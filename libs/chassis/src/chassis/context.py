"""Who asks, from where, until when: what travels with a request from one service to the next."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Caller:
    """A person with an access token, a service with one of its own, or nobody yet."""

    user_id: UUID | None = None
    workspace_id: UUID | None = None
    role: str | None = None
    scopes: frozenset[str] = frozenset()
    session_id: UUID | None = None
    # Set when a service calls on its own behalf.
    service: str | None = None
    token: str = field(default="", repr=False)


@dataclass(slots=True)
class Outgoing:
    """What travels with a question to another service. `deadline` is in the running loop's time."""

    token: str = field(default="", repr=False)
    request_id: str = ""
    deadline: float | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    idempotency_key: str | None = None
    traceparent: str | None = None
    # The workspace a service speaks for when it carries no user's token.
    workspace_id: UUID | None = None

"""Who asks, from where and until when: made where a request enters, and passed on with every call it causes."""

import asyncio
from dataclasses import dataclass, field, replace
from uuid import UUID

from chassis.errors import Unavailable

# What it takes to write notes, and so to be of a care team.
TREATS = "sessions:write"
# In its place where reading is lent to a job (identity's LendReading), which writes none.
READS_AS_TREATING = "sessions:read-as-treating"
# As whom row security knows a user who may not treat: nobody's id.
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller: a user, or a service that calls on its own behalf; without either, nobody has signed in."""

    user_id: UUID | None = None
    workspace_id: UUID | None = None
    role: str | None = None
    scopes: frozenset[str] = frozenset()
    session_id: UUID | None = None
    # How the user proved their identity, step by step (RFC 8176).
    amr: tuple[str, ...] = ()
    # When, in seconds since 1970 (OpenID Connect Core, 2).
    auth_time: int = 0
    service: str | None = None
    # The access token that says so; empty for services.
    token: str = field(default="", repr=False)

    @property
    def reader(self) -> UUID | None:
        """As whom the records of restricted clients are opened: a user who treats, nobody for any other, None for a service, which opens all."""
        if self.service is not None:
            return None
        treats = TREATS in self.scopes or READS_AS_TREATING in self.scopes
        return self.user_id if self.user_id is not None and treats else _NOBODY


ANONYMOUS = Caller()


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The facts of one request. Every transport has one codec for it; nothing changes it but `replace`.

    `deadline` is in the running loop's time; None means the callee's default. `token` is the user's own access token
    and is forwarded; a call without one is signed by the calling service, for `workspace_id`. `caller` is set by the
    callee, once the token is verified. `idempotency_key` belongs to one write and is not forwarded to the calls it causes.
    """

    request_id: str = ""
    deadline: float | None = None
    caller: Caller = ANONYMOUS
    workspace_id: UUID | None = None
    token: str = field(default="", repr=False)
    ip_address: str | None = None
    user_agent: str | None = None
    idempotency_key: str | None = None
    traceparent: str | None = None

    def within(self, seconds: float) -> "RequestContext":
        """The same request, to be answered within this many seconds."""
        return replace(self, deadline=asyncio.get_running_loop().time() + seconds)

    def remaining(self) -> float | None:
        """Seconds until the deadline, None without one; Unavailable("deadline_exceeded") when it has passed."""
        if self.deadline is None:
            return None
        left = self.deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise deadline_exceeded()
        return left


def deadline_exceeded() -> Unavailable:
    return Unavailable("deadline_exceeded", "This took too long; try again.", retry_after=1.0)

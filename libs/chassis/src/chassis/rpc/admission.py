"""How much may be under way at once, at a server and at each of its callers. What is more is refused before it takes memory."""

from collections import Counter
from collections.abc import AsyncIterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

from chassis.errors import Unavailable

OVERLOADED = "overloaded"
# A call that runs holds its request, its reply and some 50 KB of its own; one that waits holds its request. With what a
# process takes when idle, this many fit into 512 MiB, and at a thousand calls a second none of them waits half a second.
MOST_CALLS = 500
MOST_BYTES = 64 * 1024 * 1024
# Requests that come in pieces have a share of their own: they last longer than any call, and must not keep one out.
MOST_BODIES = 64
# Of one workspace, however many gateways they come through.
MOST_BODIES_OF_ONE = MOST_BODIES // 2
# Until one of a workspace's has arrived.
_SECONDS_OF_A_BODY = 5.0
# Of such a request: a message that is read, one that is on its way, and what is not on disk yet.
HELD_OF_A_BODY = 512 * 1024
# Each instance of every service and gateway asks for trust about once a second.
MOST_VITAL_CALLS = 100
MOST_VITAL_BYTES = 1024 * 1024


class Admissions:
    """Room for calls, and room of its own for each kind that no number of others may keep out, or that must not keep others out."""

    def __init__(self, most_calls: int = MOST_CALLS) -> None:
        self.common = Admission(most_calls)
        self.vital = Admission(MOST_VITAL_CALLS, MOST_VITAL_BYTES)
        self.bodies = Admission(MOST_BODIES, MOST_BODIES * HELD_OF_A_BODY)
        self.bodies_of: Counter[UUID | None] = Counter()

    def admit(self, raw: bytes | AsyncIterable[bytes], *, vital: bool = False) -> AbstractContextManager[None]:
        """Counts a call while the block runs. Raises Unavailable when there is no room for one of its kind."""
        if not isinstance(raw, bytes):
            return self.bodies.admit(HELD_OF_A_BODY)
        return (self.vital if vital else self.common).admit(len(raw))

    @contextmanager
    def admit_body_of(self, workspace_id: UUID | None) -> Iterator[None]:
        """Counts an admitted request that comes in pieces, now that it is known whose it is. Raises Unavailable over a workspace's share."""
        if self.bodies_of[workspace_id] >= MOST_BODIES_OF_ONE:
            raise overloaded(_SECONDS_OF_A_BODY)
        self.bodies_of[workspace_id] += 1
        try:
            yield
        finally:
            self.bodies_of[workspace_id] -= 1
            if not self.bodies_of[workspace_id]:
                del self.bodies_of[workspace_id]


class Admission:
    """Counts the calls under way and the bytes of their requests."""

    def __init__(self, most_calls: int = MOST_CALLS, most_bytes: int = MOST_BYTES) -> None:
        self._most_calls = most_calls
        self._most_bytes = most_bytes
        self.calls = 0
        self.bytes = 0

    @contextmanager
    def admit(self, size: int) -> Iterator[None]:
        """Counts a call with a request of `size` bytes while the block runs. Raises Unavailable when there are too many already."""
        if self.calls >= self._most_calls or (self.calls and self.bytes + size > self._most_bytes):
            raise overloaded()
        self.calls += 1
        self.bytes += size
        try:
            yield
        finally:
            self.calls -= 1
            self.bytes -= size


def overloaded(retry_after: float = 1.0) -> Unavailable:
    return Unavailable(OVERLOADED, "There is more to do at the moment than can be done; try again.", retry_after=retry_after)

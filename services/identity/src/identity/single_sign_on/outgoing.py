"""Requests to OpenID providers. A workspace's administrator says where they are, so they must not reach what is inside.

The transport sees to that (see chassis.outgoing); bounded here are the time, and how many requests run at once, of all and of one workspace.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import httpx2

from chassis.errors import Refusal, Unavailable
from chassis.outgoing.transport import GuardedTransport, NotAllowedError
from identity.credentials.turns import Rank, Turns
from identity.settings import IdentitySettings
from identity.single_sign_on import rules

_AT_ONCE, _AT_ONCE_PER_WORKSPACE = 64, 8
# How many of a workspace wait for a place, and for how long. With the exchange itself it is less than the gateway waits.
_WAITING_PER_WORKSPACE, _SECONDS_TO_WAIT = 32, 2.0
# Of one connection attempt, and of one wait for bytes. The whole exchange has a limit of its own.
_SECONDS_PER_STEP = 5.0


class Places:
    """Which exchanges with providers run: one that hangs must not take the room of all, nor one source that of its workspace.

    Of a workspace, those who wait for a place take turns by their source.
    """

    def __init__(self, *, seconds: float = _SECONDS_TO_WAIT) -> None:
        self._seconds = seconds
        self._running = 0
        self._turns: dict[UUID, Turns] = {}
        # Who waits or runs.
        self._of: Counter[UUID] = Counter()

    @asynccontextmanager
    async def place(self, workspace_id: UUID, source: str) -> AsyncIterator[None]:
        """Raises Unavailable where too many run or wait, or for whom no place is free in time. `source` is the network that is asked from."""
        turns = self._turns.setdefault(
            workspace_id,
            Turns(places=_AT_ONCE_PER_WORKSPACE, queue=_WAITING_PER_WORKSPACE, seconds=self._seconds, busy=provider_unavailable),
        )
        self._of[workspace_id] += 1
        try:
            async with turns.turn(source.encode(), Rank.ORDINARY):
                if self._running >= _AT_ONCE:
                    raise provider_unavailable()
                self._running += 1
                try:
                    yield
                finally:
                    self._running -= 1
        finally:
            self._of[workspace_id] -= 1
            if not self._of[workspace_id]:
                del self._of[workspace_id], self._turns[workspace_id]


def guarded_transport(settings: IdentitySettings) -> GuardedTransport:
    """Sends requests to providers."""
    with_loopback = settings.environment == "development"
    return GuardedTransport(
        "sso-names",
        takes=partial(rules.is_address_of_a_provider, with_loopback=with_loopback),
        allowed=settings.sso_networks(),
        with_loopback=with_loopback,
        most_connections=_AT_ONCE,
        code="sso_provider_unavailable",
        message=_UNAVAILABLE,
    )


@asynccontextmanager
async def in_time(seconds: float) -> AsyncIterator[None]:
    """An exchange with a provider. Raises Unavailable where it fails or takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except Refusal:
        raise
    except (TimeoutError, NotAllowedError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        # What exactly is for nobody to learn: the answers would tell what is inside.
        raise provider_unavailable() from error


timeouts = httpx2.Timeout(_SECONDS_PER_STEP)

_UNAVAILABLE = "The provider of this workspace does not answer as it should; try again later."


def provider_unavailable() -> Unavailable:
    return Unavailable("sso_provider_unavailable", _UNAVAILABLE, retry_after=5.0)

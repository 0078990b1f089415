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
from identity.settings import IdentitySettings
from identity.single_sign_on import rules

_AT_ONCE, _AT_ONCE_PER_WORKSPACE = 64, 8
# Of one connection attempt, and of one wait for bytes. The whole exchange has a limit of its own.
_SECONDS_PER_STEP = 5.0


class Places:
    """How many exchanges with providers run: one that hangs must not take the room of all."""

    def __init__(self) -> None:
        self._of: Counter[UUID] = Counter()

    @asynccontextmanager
    async def place(self, workspace_id: UUID) -> AsyncIterator[None]:
        """Raises Unavailable where too many run."""
        if self._of[workspace_id] >= _AT_ONCE_PER_WORKSPACE or self._of.total() >= _AT_ONCE:
            raise provider_unavailable()
        self._of[workspace_id] += 1
        try:
            yield
        finally:
            self._of[workspace_id] -= 1
            self._of += Counter()  # forgets those without any


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

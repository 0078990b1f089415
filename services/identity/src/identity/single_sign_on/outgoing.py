"""Requests to OpenID providers. A workspace's administrator says where they are, so they must not reach what is inside.

Addresses are checked after the name was resolved, and the connection is made to the address that was checked. Redirects are not
followed. Time and size are bounded, and so is how many requests run at a time, of all and of one workspace.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from uuid import UUID

import httpx2

from chassis.bounded_threads import BoundedThreads
from chassis.errors import Refusal, Unavailable
from identity.single_sign_on import rules

_MOST_BYTES = 256 * 1024
_AT_ONCE, _AT_ONCE_PER_WORKSPACE = 64, 8
# Of one connection attempt, and of one wait for bytes. The whole exchange has a limit of its own.
_SECONDS_PER_STEP = 5.0


class NotAllowedError(Exception):
    """The request would go where none may, or its answer is not taken."""


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


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends requests to public addresses, and to those that the operator allows."""

    def __init__(self, *, allowed: Sequence[IPv4Network | IPv6Network], with_loopback: bool) -> None:
        self._allowed = allowed
        self._with_loopback = with_loopback
        self._names = BoundedThreads("sso-names", threads=8, queue=64, code="sso_provider_unavailable", message=_UNAVAILABLE)
        # Without reuse: a connection belongs to the name that its certificate was checked for.
        limits = httpx2.Limits(max_connections=_AT_ONCE, max_keepalive_connections=0)
        # The authorities of the system, or of SSL_CERT_FILE; nothing else of the environment, such as a proxy.
        self._inner = httpx2.AsyncHTTPTransport(verify=httpx2.create_ssl_context(), trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if not rules.is_address_of_a_provider(str(request.url), with_loopback=self._with_loopback):
            raise NotAllowedError("not https")
        address = await self._address_of(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        request.headers["Accept-Encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise NotAllowedError("an answer that may grow when it is unpacked")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(response.stream)
        return response

    async def _address_of(self, host: str, port: int) -> str:
        """The first address of the host. Raises NotAllowedError unless requests may go to all of them."""
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = [str(entry[4][0]) for entry in await self._names.run(look_up)]
        except (OSError, UnicodeError) as error:
            raise NotAllowedError("no such host") from error
        may_be_asked = partial(rules.may_be_asked, allowed=self._allowed, with_loopback=self._with_loopback)
        if not found or not all(map(may_be_asked, found)):
            raise NotAllowedError("an address that providers do not have")
        return found[0]

    async def aclose(self) -> None:
        """Nothing: clients come and go, and the transport stays."""


class _Bounded(httpx2.AsyncByteStream):
    """An answer's bytes, up to a limit."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _MOST_BYTES
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise NotAllowedError("a longer answer than providers give")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


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

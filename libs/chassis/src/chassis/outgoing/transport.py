"""A transport for httpx2 that connects to the address it has checked.

Addresses are checked after the name was resolved, once; the connection is made to the address that was checked, while the certificate and
the Host header stay the name's. No proxy of the environment is used and no redirect followed. The size of answers is bounded; whoever asks bounds the time.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial

import httpx2

from chassis.bounded_threads import BoundedThreads
from chassis.outgoing.addresses import Networks, may_be_asked, may_be_asked_in_the_clear

_MOST_BYTES = 256 * 1024


class NotAllowedError(Exception):
    """The request would go where none may, or its answer is not taken."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends requests to public addresses, and to those that the operator allows; without TLS to the latter alone.

    `takes` says of a URL whether it may be asked at all. `name` is that of the threads that look up hosts, `lookups` how many there are; where all are
    busy and as many wait several times over, Unavailable is raised with `code` and `message`. A host is looked up once at a time, however many requests
    go there: who runs its name server decides how long that takes.
    """

    def __init__(
        self,
        name: str,
        *,
        takes: Callable[[str], bool],
        allowed: Networks,
        with_loopback: bool,
        most_connections: int,
        lookups: int = 8,
        code: str,
        message: str,
    ) -> None:
        self._takes = takes
        self._may_be_asked = partial(may_be_asked, allowed=allowed, with_loopback=with_loopback)
        self._may_be_asked_in_the_clear = partial(may_be_asked_in_the_clear, allowed=allowed, with_loopback=with_loopback)
        self._names = BoundedThreads(name, threads=lookups, queue=8 * lookups, code=code, message=message)
        self._looked_up: dict[tuple[str, int], asyncio.Task[list[str]]] = {}
        # Without reuse: a connection belongs to the name that its certificate was checked for.
        limits = httpx2.Limits(max_connections=most_connections, max_keepalive_connections=0)
        # The authorities of the system, or of SSL_CERT_FILE; nothing else of the environment, such as a proxy.
        self._inner = httpx2.AsyncHTTPTransport(verify=httpx2.create_ssl_context(), trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if not self._takes(str(request.url)):
            raise NotAllowedError("not an address that may be asked")
        is_encrypted = request.url.scheme == "https"
        address = await self._address_of(host, request.url.port or (443 if is_encrypted else 80), is_encrypted=is_encrypted)
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

    async def _address_of(self, host: str, port: int, *, is_encrypted: bool) -> str:
        """The first address of the host. Raises NotAllowedError unless requests may go to all of them."""
        try:
            found = await self._addresses_of(host, port)
        except (OSError, UnicodeError) as error:
            raise NotAllowedError("no such host") from error
        if not found or not all(map(self._may_be_asked if is_encrypted else self._may_be_asked_in_the_clear, found)):
            raise NotAllowedError("an address inside")
        return found[0]

    async def _addresses_of(self, host: str, port: int) -> list[str]:
        """All of them, by the lookup that is under way where there is one. It goes on although who has begun it does not wait any more."""
        place = host, port
        if place not in self._looked_up:
            task = asyncio.ensure_future(self._look_up(host, port))
            self._looked_up[place] = task
            task.add_done_callback(lambda done: (self._looked_up.pop(place), done.cancelled() or done.exception()))
        return await asyncio.shield(self._looked_up[place])

    async def _look_up(self, host: str, port: int) -> list[str]:
        found = await self._names.run(partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM))
        return [str(entry[4][0]) for entry in found]

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
                raise NotAllowedError("a longer answer than is taken")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()

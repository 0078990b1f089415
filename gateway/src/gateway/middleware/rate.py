"""Rate limits of a workspace and of an address: fixed windows of a minute, reads and writes counted apart."""

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from limits.aio.storage import MemoryStorage
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import TooMany
from gateway.request import KEY, GatewayRequest

_WINDOW = 60


class RateLimit:
    """One limit. `bucket` returns the key under which a request is counted and the limit per minute, or None to count nothing."""

    def __init__(self, app: ASGIApp, storage: MemoryStorage, bucket: Callable[[GatewayRequest], tuple[str, int] | None]) -> None:
        self._app = app
        self._storage = storage
        self._bucket = bucket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (bucket := self._bucket(scope[KEY])) is not None:
            await self._count(scope[KEY], *bucket)
        await self._app(scope, receive, send)

    async def _count(self, request: GatewayRequest, key: str, limit: int) -> None:
        used = await self._storage.incr(key, _WINDOW)
        reset = max(1, math.ceil(await self._storage.get_expiry(key) - time.time()))
        remaining = max(0, limit - used)
        if request.rate_limit is None or remaining < request.rate_limit[1]:
            request.rate_limit = (limit, remaining, reset)
        if used > limit:
            raise TooMany("rate_limited", "Too many requests; try again later.", retry_after=reset)


class Buckets:
    """The buckets that a request of the API is counted in."""

    def __init__(self, *, reads: int, writes: int, sign_ins: int, public_paths: frozenset[str]) -> None:
        self._reads = reads
        self._writes = writes
        self._sign_ins = sign_ins
        self._public = public_paths

    def by_address(self, request: GatewayRequest) -> tuple[str, int] | None:
        if not request.path.startswith("/api/"):
            return None
        return self._kind("address", address_block(request.address), request)

    def by_workspace(self, request: GatewayRequest) -> tuple[str, int] | None:
        workspace = request.caller.workspace_id
        return None if workspace is None else self._kind("workspace", str(workspace), request)

    def sign_ins_by_address(self, request: GatewayRequest) -> tuple[str, int] | None:
        if request.is_safe or request.path not in self._public:
            return None
        return f"sign-in/{address_block(request.address)}", self._sign_ins

    def _kind(self, subject: str, name: str, request: GatewayRequest) -> tuple[str, int]:
        return (f"read/{subject}/{name}", self._reads) if request.is_safe else (f"write/{subject}/{name}", self._writes)


def address_block(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address: one IPv6 customer usually has a /64."""
    if ":" not in address:
        return address
    try:
        whole = ip_address(address)
    except ValueError:
        return address
    if isinstance(whole, IPv6Address) and whole.ipv4_mapped is None:
        return str(IPv6Address(int(whole) >> 64 << 64)) + "/64"
    return address

"""How often one workspace, and one address, may ask: fixed windows of a minute, reads and writes apart."""

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from limits.aio.storage import MemoryStorage
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.errors import TooMany
from gateway.request import KEY, Visit

_WINDOW = 60


class RateLimit:
    """One limit; `bucket` says under which key a request counts and how many of its kind a minute holds, or None for not at all."""

    def __init__(self, app: ASGIApp, storage: MemoryStorage, bucket: Callable[[Visit], tuple[str, int] | None]) -> None:
        self._app = app
        self._storage = storage
        self._bucket = bucket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (bucket := self._bucket(scope[KEY])) is not None:
            await self._count(scope[KEY], *bucket)
        await self._app(scope, receive, send)

    async def _count(self, visit: Visit, key: str, limit: int) -> None:
        used = await self._storage.incr(key, _WINDOW)
        reset = max(1, math.ceil(await self._storage.get_expiry(key) - time.time()))
        remaining = max(0, limit - used)
        if visit.allowance is None or remaining < visit.allowance[1]:
            visit.allowance = (limit, remaining, reset)
        if used > limit:
            raise TooMany("rate_limited", "Too many requests; try again later.", retry_after=reset)


class Buckets:
    """Which counters a request of the API counts on."""

    def __init__(self, *, reads: int, writes: int, sign_ins: int, public_paths: frozenset[str]) -> None:
        self._reads = reads
        self._writes = writes
        self._sign_ins = sign_ins
        self._public = public_paths

    def by_address(self, visit: Visit) -> tuple[str, int] | None:
        if not visit.path.startswith("/api/"):
            return None
        return self._kind("address", block(visit.address), visit)

    def by_workspace(self, visit: Visit) -> tuple[str, int] | None:
        workspace = visit.caller.workspace_id
        return None if workspace is None else self._kind("workspace", str(workspace), visit)

    def sign_ins_by_address(self, visit: Visit) -> tuple[str, int] | None:
        if visit.safe or visit.path not in self._public:
            return None
        return f"sign-in/{block(visit.address)}", self._sign_ins

    def _kind(self, subject: str, name: str, visit: Visit) -> tuple[str, int]:
        return (f"read/{subject}/{name}", self._reads) if visit.safe else (f"write/{subject}/{name}", self._writes)


def block(address: str) -> str:
    """An address, or the /64 it belongs to: one IPv6 customer has as many addresses as they like."""
    if ":" not in address:
        return address
    try:
        whole = ip_address(address)
    except ValueError:
        return address
    if isinstance(whole, IPv6Address) and whole.ipv4_mapped is None:
        return str(IPv6Address(int(whole) >> 64 << 64)) + "/64"
    return address

"""The limits, and what a request is counted as.

People who are signed in are counted by user and by workspace, so that colleagues behind one address do not take each other's
requests. What is asked without sign-in is counted by address.
"""

import math
import time
from collections.abc import Callable, Iterable
from hmac import digest
from ipaddress import IPv6Address, ip_address
from typing import Literal
from unicodedata import normalize
from uuid import UUID

from fastapi.routing import APIRoute
from prometheus_client import Counter

from chassis.errors import TooMany
from gateway.rate_limits.counters import MINUTE, Counters, LocalCounters, SharedCounters
from gateway.request import GatewayRequest
from gateway.routing.nouns import RATE_LIMIT
from gateway.routing.table import RouteTable
from gateway.settings import GatewaySettings

Anonymous = Literal["anonymous", "sign-in", "known-device", "single-sign-on", "sign-in-page", "api-key", "refresh", "health"]

# Nobody is refused this share of their own limit because of what others in the workspace do. What goes beyond it comes out of
# what the workspace has in common, in users who do as much as one may. So its ceiling grows with the users who are active.
_OWN_SHARE = 0.25
_USERS_IN_COMMON = 4
# Of one login session in a minute. A browser renews it every five minutes, in each gateway that it asks at the same moment.
_MOST_RENEWALS = 60
# Of one known device in a minute, apart from its address.
_MOST_ON_A_DEVICE = 60
# How many times as often as strangers sign in an address may sign in on known devices and begin with a provider, and how many times as often as
# anything else it may ask for the pages where people sign in.
_TIMES = 10
# In a minute, with one e-mail address from an address that has used up its limit.
_MOST_IN_A_CROWD = 10

_refused = Counter("caseload_http_rate_limited", "Requests refused by a rate limit.", ("limit", "counted_by"))
_counted_alone = Counter("caseload_http_counted_alone", "Requests that this process alone counted, because the store was away or slow.")


class RateLimits:
    """Counts requests and refuses those over a limit, by minutes of `clock` (seconds since 1970)."""

    def __init__(self, settings: GatewaySettings, routes: Iterable[APIRoute], *, clock: Callable[[], float] = time.time) -> None:
        self._per_user = {
            "read": settings.reads_per_minute,
            "write": settings.writes_per_minute,
            "autosave": settings.autosaves_per_minute,
        }
        self._per_address: dict[Anonymous, int] = {
            "anonymous": settings.anonymous_per_minute,
            "sign-in": settings.sign_ins_per_minute,
            "known-device": settings.sign_ins_per_minute * _TIMES,
            "single-sign-on": settings.sign_ins_per_minute * _TIMES,
            "sign-in-page": settings.anonymous_per_minute * _TIMES,
            "api-key": settings.sign_ins_per_minute,
            "refresh": settings.anonymous_per_minute,
            "health": settings.anonymous_per_minute,
        }
        self._clock = clock
        self._address_key = settings.key_for("addresses")
        self._local = LocalCounters()
        url = settings.rate_limit_store_url.get_secret_value()
        self._counters: Counters = SharedCounters(url) if url else self._local
        self._autosaves: RouteTable[APIRoute] = RouteTable()
        for route in routes:
            if (route.openapi_extra or {}).get(RATE_LIMIT) == "autosave":
                for method in route.methods or ():
                    self._autosaves.add(route.path, method, route)

    async def close(self) -> None:
        await self._counters.close()

    async def count_user(self, request: GatewayRequest, user_id: UUID, workspace_id: UUID) -> None:
        """Counts a request of somebody who is signed in. Raises TooMany over the user's limit or the workspace's ceiling."""
        kind = self._kind(request)
        limit = self._per_user[kind]
        minute, reset = self._now()
        by_user = await self._count(f"{kind}/user/{user_id}", minute)
        # Checked first: what one user is refused does not count against the colleagues.
        _check(request, kind, "user", by_user, limit, reset)
        if by_user > limit * _OWN_SHARE:
            in_common = await self._count(f"{kind}/workspace/{workspace_id}", minute)
            _check(request, kind, "workspace", in_common, limit * _USERS_IN_COMMON, reset)

    async def count_address(self, request: GatewayRequest, kind: Anonymous) -> None:
        """Counts what is asked without sign-in. Raises TooMany over the address's limit."""
        minute, reset = self._now()
        key = f"{kind}/address/{self.address_key(request)}"
        # Health is this process's own: it is told without the store.
        count = await (self._local.add(key, minute) if kind == "health" else self._count(key, minute))
        _check(request, kind, "address", count, self._per_address[kind], reset)

    async def count_sign_in(self, request: GatewayRequest, device: str) -> None:
        """Counts an attempt to sign in: of a known device by it, of any other by its address. `request.crowded` says if that is over its limit."""
        minute, _ = self._now()
        is_known = bool(device) and await self._count(f"sign-in/device/{device}", minute) <= _MOST_ON_A_DEVICE
        try:
            await self.count_address(request, "known-device" if is_known else "sign-in")
        except TooMany as refusal:
            request.crowded = refusal

    async def count_single_sign_on(self, request: GatewayRequest) -> None:
        """Counts a step of a sign-in with a provider. `request.crowded` says if its address is over the limit."""
        try:
            await self.count_address(request, "single-sign-on")
        except TooMany as refusal:
            request.crowded = refusal

    def may_try(self, request: GatewayRequest, method: str, email: str) -> bool:
        """Counts an attempt with an e-mail address from a crowded address, in this process alone. False for more than one may make."""
        minute, _ = self._now()
        # As identity reads it: other spellings of an address are no other account.
        name = self._hidden(normalize("NFKC", email.strip()).casefold())
        return self._local.add_now(f"{method}/{self.address_key(request)}/{name}", minute) <= _MOST_IN_A_CROWD

    def address_key(self, request: GatewayRequest) -> str:
        """What stands for the request's address in keys."""
        return self._hidden(address_block(request.address))

    def _hidden(self, text: str) -> str:
        # A keyed hash: an address identifies people, and the store is no place for that.
        return digest(self._address_key, text.encode(), "sha256").hex()[:32]

    async def count_renewal(self, request: GatewayRequest, session_id: UUID) -> None:
        """Counts a renewal of a login session by a browser that was given it. Raises TooMany over what a session may be renewed."""
        minute, reset = self._now()
        _check(request, "refresh", "user", await self._count(f"refresh/session/{session_id}", minute), _MOST_RENEWALS, reset)

    async def _count(self, key: str, minute: int) -> int:
        """The requests of this minute: as the store counts them or, while it is away or slow, as this process does.

        The process counts all the time, so an outage gives nobody a new minute.
        """
        here = await self._local.add(key, minute)
        if self._counters is self._local:
            return here
        everywhere = await self._counters.add(key, minute)
        if everywhere is None:
            _counted_alone.inc()
            return here
        return everywhere

    def _kind(self, request: GatewayRequest) -> str:
        if request.is_safe:
            return "read"
        return "write" if self._autosaves.find(request.method, request.path) is None else "autosave"

    def _now(self) -> tuple[int, int]:
        """The number of the present minute, and the seconds until it ends."""
        now = self._clock()
        return int(now // MINUTE), max(1, math.ceil(MINUTE - now % MINUTE))


def _check(request: GatewayRequest, kind: str, counted_by: str, used: int, limit: int, reset: int) -> None:
    remaining = max(0, limit - used)
    if request.rate_limit is None or remaining < request.rate_limit[1]:
        request.rate_limit = (limit, remaining, reset)
    if used > limit:
        _refused.labels(kind, counted_by).inc()
        raise TooMany("rate_limited", "Too many requests; try again later.", facts={"counted_by": counted_by}, retry_after=reset)


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

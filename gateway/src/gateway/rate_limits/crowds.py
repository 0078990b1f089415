"""Attempts to sign in from an address that has used up its limit: colleagues behind it get in, and whoever floods it learns nothing (decision 118)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from weakref import WeakValueDictionary

from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import Forbidden, Invalid, Refusal, TooMany
from gateway.rate_limits.limits import RateLimits
from gateway.request import GatewayRequest
from gateway.stubs import Stubs

# Every attempt with an e-mail address that does not succeed is answered so long after it came: neither the reply nor its time tells
# whether identity had any work with it. A right password takes less.
HELD_SECONDS = 5.0
# Attempts from one address that are under way at once, by method: those with an address, which may verify a password, those that may
# have to ask a provider, and all others, which identity answers after one read.
_NAMED_AT_ONCE = 32
_WITH_PROVIDERS_AT_ONCE = 32
_OTHERS_AT_ONCE = 2

_LOGIN = "Login"
# Methods that answer the same for known and unknown addresses.
_ALIKE: Mapping[str, Callable[[], Any]] = {
    "RequestMagicLink": pb.RequestMagicLinkResponse,
    "RequestPasswordReset": pb.RequestPasswordResetResponse,
}
_WITH_PROVIDERS = frozenset({"BeginSingleSignOn", "FinishSingleSignOn"})

_Method = Callable[[Any, Any], Awaitable[Any]]


class Crowds:
    """Lets attempts from crowded addresses take turns, by address and method, in the order in which they come."""

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Semaphore] = WeakValueDictionary()

    def stubs(self, stubs: Stubs, request: GatewayRequest) -> Stubs:
        """The stubs for a request: those that every request has, unless it comes from a crowded address."""
        if request.crowded is None:
            return stubs
        return cast("Stubs", _CrowdedStubs(stubs, self, request, request.crowded))

    async def call(self, name: str, method: _Method, message: Any, context: Any, request: GatewayRequest, refusal: TooMany) -> Any:
        """Calls a method in its turn. Raises `refusal` where too many wait, and in place of what would tell whether somebody has an address."""
        if name == _LOGIN or name in _ALIKE:
            return await self._named(name, method, message, context, request, refusal)
        token = getattr(message, "token", "") or getattr(message, "state", "")
        if token and OpaqueToken.parse(token) is None:
            raise refusal
        at_once = _WITH_PROVIDERS_AT_ONCE if name in _WITH_PROVIDERS else _OTHERS_AT_ONCE
        async with self.turn(request, name, refusal, at_once=at_once):
            return await method(message, context)

    async def _named(self, name: str, method: _Method, message: Any, context: Any, request: GatewayRequest, refusal: TooMany) -> Any:
        clock = asyncio.get_running_loop().time
        answered_at = clock() + HELD_SECONDS
        try:
            async with asyncio.timeout_at(answered_at):
                if self._limits.may_try(request, name, message.email):
                    message.crowded = True
                    async with self.turn(request, name, refusal, at_once=_NAMED_AT_ONCE):
                        reply = await method(message, context)
                    if name == _LOGIN:
                        return reply
        except (Forbidden, Invalid):
            # The password was right, or the address malformed.
            raise
        except (Refusal, TimeoutError):
            # Told as any other refusal is, at the same time.
            pass
        await asyncio.sleep(answered_at - clock())
        if name == _LOGIN:
            raise refusal
        return _ALIKE[name]()

    @asynccontextmanager
    async def turn(self, request: GatewayRequest, name: str, refusal: TooMany, *, at_once: int = _OTHERS_AT_ONCE) -> AsyncIterator[None]:
        """Waits until fewer than `at_once` from the request's address are under way. Raises `refusal` where that takes too long."""
        turns = self._turns.setdefault((self._limits.address_key(request), name), asyncio.Semaphore(at_once))
        try:
            async with asyncio.timeout(HELD_SECONDS):
                await turns.acquire()
        except TimeoutError:
            raise refusal from None
        try:
            yield
        finally:
            turns.release()


class _CrowdedStubs:
    """Every stub, each method of which is called in its turn."""

    def __init__(self, stubs: Any, *turn: Any) -> None:
        self._stubs = stubs
        self._turn = turn

    def __getattr__(self, name: str) -> Any:
        return _CrowdedStub(getattr(self._stubs, name), *self._turn)


class _CrowdedStub:
    def __init__(self, stub: Any, crowds: Crowds, request: GatewayRequest, refusal: TooMany) -> None:
        self._stub = stub
        self._crowds = crowds
        self._request = request
        self._refusal = refusal

    def __getattr__(self, name: str) -> _Method:
        method: _Method = getattr(self._stub, name)

        async def in_turn(message: Any, context: Any) -> Any:
            return await self._crowds.call(name, method, message, context, self._request, self._refusal)

        return in_turn

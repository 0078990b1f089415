"""API keys in place of access tokens: each is exchanged for an access token, which is used until shortly before it expires."""

import asyncio
import time
from contextlib import suppress
from hashlib import sha256

from caseload.identity.v1 import api_keys_pb2 as pb
from caseload.identity.v1.api_keys_rpc import ApiKeysStub
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.auth.verifier import TokenVerifier
from chassis.context import Caller
from chassis.errors import Forbidden, TooMany, Unauthenticated
from gateway.rate_limits.crowds import Crowds
from gateway.rate_limits.limits import RateLimits
from gateway.request import GatewayRequest

PREFIX = "clk_"
# So long before it expires a token is not begun with.
_MARGIN_SECONDS = 20.0
_MOST_KEPT = 10_000


class ApiKeyTokens:
    """The access tokens of the keys that are in use. A key is known here by its hash alone."""

    def __init__(self, api_keys: ApiKeysStub, verifier: TokenVerifier, limits: RateLimits, crowds: Crowds, *, seconds: float) -> None:
        self._api_keys = api_keys
        self._verifier = verifier
        self._limits = limits
        self._crowds = crowds
        self._seconds = seconds
        self._tokens: dict[bytes, tuple[float, str]] = {}
        self._exchanges: dict[bytes, asyncio.Task[str]] = {}

    async def caller(self, key: str, request: GatewayRequest) -> Caller:
        """The key as a caller. Raises Unauthenticated for one that is unknown, expired or deleted, TooMany over the address's limit."""
        digest = sha256(key.encode()).digest()
        until, token = self._tokens.get(digest, (0.0, ""))
        if time.monotonic() < until:
            try:
                return await self._verifier.caller(token)
            except Unauthenticated:
                # Revoked: identity says whether the key itself is.
                if self._tokens.get(digest) == (until, token):
                    self._tokens[digest] = (0.0, "")
        # Requests at the same moment share one exchange.
        if (begun := self._exchanges.get(digest)) is not None:
            with suppress(Unauthenticated):
                return await self._verifier.caller(await asyncio.shield(begun))
            # It began before this request; since then the workspace may have been reactivated.
        exchange = self._exchanges.get(digest)
        if exchange is None or exchange is begun:
            exchange = asyncio.create_task(self._exchange(digest, key, request))
            self._exchanges[digest] = exchange
            exchange.add_done_callback(lambda _: self._exchanges.pop(digest, None))
        # Shielded: the first request may be cancelled while others wait for the same token.
        return await self._verifier.caller(await asyncio.shield(exchange))

    async def _exchange(self, digest: bytes, key: str, request: GatewayRequest) -> str:
        if digest in self._tokens:
            # It has been good here, and is not counted by what others behind the address send.
            exchanged = await self._ask(digest, key, request)
        else:
            # Counted before identity has any work with it. Beyond the limit keys take turns: whoever makes them up does not get them all
            # looked up, and keeps no program behind the address from its first exchange (decision 118).
            try:
                await self._limits.count_address(request, "api-key")
            except TooMany as refusal:
                if not is_key(key):
                    raise
                async with self._crowds.turn(request, "ExchangeApiKey", refusal):
                    exchanged = await self._ask(digest, key, request)
            else:
                exchanged = await self._ask(digest, key, request)
        if len(self._tokens) >= _MOST_KEPT:
            self._tokens.clear()
        self._tokens[digest] = (time.monotonic() + exchanged.expires_in - _MARGIN_SECONDS, exchanged.access_token)
        return exchanged.access_token

    async def _ask(self, digest: bytes, key: str, request: GatewayRequest) -> pb.ApiKeyToken:
        try:
            return await self._api_keys.ExchangeApiKey(pb.ExchangeApiKeyRequest(secret=key), request.new_context(self._seconds))
        except (Unauthenticated, Forbidden):
            self._tokens.pop(digest, None)
            raise


def is_key(text: str) -> bool:
    """Whether it has the form of a key: its prefix, the beginning by which people know it, and a token."""
    _, _, token = text.removeprefix(PREFIX).partition("_")
    return text.startswith(PREFIX) and OpaqueToken.parse(token) is not None

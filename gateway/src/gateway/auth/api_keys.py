"""API keys in place of access tokens: each is exchanged for an access token, which is used until shortly before it expires."""

import asyncio
import time
from contextlib import suppress
from hashlib import sha256

from caseload.identity.v1 import api_keys_pb2 as pb
from caseload.identity.v1.api_keys_rpc import ApiKeysStub
from chassis.auth.verifier import TokenVerifier
from chassis.context import Caller
from chassis.errors import Unauthenticated
from gateway.rate_limits.limits import RateLimits
from gateway.request import GatewayRequest

PREFIX = "clk_"
# So long before it expires a token is not begun with.
_MARGIN_SECONDS = 20.0
_MOST_KEPT = 10_000


class ApiKeyTokens:
    """The access tokens of the keys that are in use. A key is known here by its hash alone."""

    def __init__(self, api_keys: ApiKeysStub, verifier: TokenVerifier, limits: RateLimits, *, seconds: float) -> None:
        self._api_keys = api_keys
        self._verifier = verifier
        self._limits = limits
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
                    del self._tokens[digest]
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
        # Counted before identity has any work with it: whoever makes up keys does not get them all looked up.
        await self._limits.count_address(request, "api-key")
        exchanged = await self._api_keys.ExchangeApiKey(pb.ExchangeApiKeyRequest(secret=key), request.new_context(self._seconds))
        if len(self._tokens) >= _MOST_KEPT:
            self._tokens.clear()
        self._tokens[digest] = (time.monotonic() + exchanged.expires_in - _MARGIN_SECONDS, exchanged.access_token)
        return exchanged.access_token

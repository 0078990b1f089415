"""Counts per key and minute: in this process, or in a Redis or Valkey that several gateways share."""

import asyncio
import logging
import time
from collections import Counter
from typing import Any, Protocol

from limits.aio.storage import RedisStorage
from limits.errors import StorageError
from prometheus_client import Gauge

log = logging.getLogger(__name__)

MINUTE = 60
# Longer than the minute, for gateways whose clocks differ.
_SECONDS_KEPT = 2 * MINUTE
# A store that takes longer is treated as one that is away: nobody's request waits for it.
_STORE_SECONDS = 0.25
_SECONDS_BETWEEN_TRIES = 1.0

_store_up = Gauge("caseload_rate_limit_store_up", "1 while the shared counts of the rate limits can be reached, 0 while they cannot.")


class Counters(Protocol):
    async def add(self, key: str, minute: int) -> int | None:
        """Adds one to a count of this minute, and returns it; None if it is not known, because the store is away."""

    async def close(self) -> None: ...


class LocalCounters:
    """Counts of this process, for one gateway alone.

    Not the `limits` library's MemoryStorage, which walks through all its keys at every count: whoever has many addresses
    could make each request as slow as they like.
    """

    def __init__(self) -> None:
        self._minute = 0
        self._counts: Counter[str] = Counter()

    async def add(self, key: str, minute: int) -> int:
        return self.add_now(key, minute)

    def add_now(self, key: str, minute: int) -> int:
        """Adds one to a count of this minute, and returns it."""
        if minute != self._minute:
            self._minute = minute
            self._counts = Counter()
        self._counts[key] += 1
        return self._counts[key]

    async def close(self) -> None:
        """There is nothing to close."""


class SharedCounters:
    """Counts in the store at `url` (redis:// or rediss://), which answer None while it is away. It is asked again every second."""

    def __init__(self, url: str) -> None:
        self._storage = RedisStorage(
            url,
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="caseload",
            socket_timeout=_STORE_SECONDS,
            socket_connect_timeout=_STORE_SECONDS,
        )
        bridge: Any = self._storage.bridge
        self._connections = bridge.get_connection()
        self._away_until = 0.0
        self._is_up = True
        _store_up.set(1)

    async def add(self, key: str, minute: int) -> int | None:
        if time.monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                count = await self._storage.incr(f"{key}/{minute}", _SECONDS_KEPT)
        except (StorageError, OSError, TimeoutError) as error:
            self._lost(error)
            return None
        if not self._is_up:
            self._is_up = True
            _store_up.set(1)
            log.warning("the rate limits' store answers again")
        return count

    async def close(self) -> None:
        # The library has no way of its own to close the connections that it opens.
        await self._connections.aclose()

    def _lost(self, error: Exception) -> None:
        self._away_until = time.monotonic() + _SECONDS_BETWEEN_TRIES
        if self._is_up:
            self._is_up = False
            _store_up.set(0)
            # The type alone: the text of an error may contain the store's address and password.
            log.error("the rate limits' store is away (%s); this gateway counts for itself until it is back", type(error).__name__)

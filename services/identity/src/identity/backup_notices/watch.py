"""Asks how the backups fare, and announces it when something is wrong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2

from chassis.errors import Refusal
from chassis.service.runtime import Runtime
from identity.backup_notices import rules
from identity.backup_notices.rules import Watched
from identity.backup_notices.workflow import announce

_log = logging.getLogger(__name__)
_LOOK_EVERY = 60.0
_SECONDS_TO_ASK = 10.0

# What `/state` of the backups says; None where nobody answers.
Look = Callable[[], Awaitable[Mapping[str, Any] | None]]


class BackupWatch:
    """Any number may watch: whoever is told twice of the same raises one alert and sends one mail a day."""

    def __init__(self, runtime: Runtime, look: Look) -> None:
        self._runtime = runtime
        self._look = look
        self._watched = Watched(since=datetime.now(UTC))

    async def run(self) -> None:
        """Watches until cancelled."""
        while True:
            try:
                await self.step(datetime.now(UTC))
            except Refusal as refusal:
                _log.warning("workspaces cannot be told of the backups at the moment", extra={"code": refusal.code})
            await asyncio.sleep(_LOOK_EVERY)

    async def step(self, now: datetime) -> int:
        """Looks once. Returns in how many workspaces it was announced. Raises Unavailable."""
        state = await self._look()
        if state is not None:
            self._watched = replace(self._watched, answered_at=now)
        if not rules.is_wrong(state, self._watched, now=now):
            self._watched = replace(self._watched, told_at=None)
            return 0
        if not rules.is_told(self._watched, now=now):
            return 0
        told = await announce(self._runtime)
        self._watched = replace(self._watched, told_at=now)
        _log.error("something is wrong with the backups", extra={"workspaces": told})
        return told


def over_http(url: str) -> Look:
    """Asks whoever makes the backups. The address is the operator's setting."""

    async def look() -> Mapping[str, Any] | None:
        try:
            async with httpx2.AsyncClient(timeout=_SECONDS_TO_ASK, trust_env=False) as http:
                answer = await http.get(url)
            found = answer.raise_for_status().json()
        except (httpx2.HTTPError, ValueError):
            return None
        return found if rules.is_state(found) else None

    return look

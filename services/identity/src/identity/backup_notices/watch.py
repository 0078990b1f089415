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
from chassis.work.leader import LeaderElection
from identity.backup_notices import rules
from identity.backup_notices.rules import Watched
from identity.backup_notices.workflow import announce, told_since

_log = logging.getLogger(__name__)
_LOOK_EVERY = 60.0
_SECONDS_TO_ASK = 10.0
_SECONDS_TO_TAKE_OVER = 10.0

# What `/state` of the backups says; None where nobody answers.
Look = Callable[[], Awaitable[Mapping[str, Any] | None]]


class BackupWatch:
    """Any number may run, and one of them watches. Who was told is known from the outbox, so a trouble is announced once by all of them together."""

    def __init__(self, runtime: Runtime, look: Look) -> None:
        self._runtime = runtime
        self._look = look
        self._watched = Watched(since=datetime.now(UTC))
        # The name is the same in every version: two names would mean two leaders.
        self._election = LeaderElection(
            runtime.relay_dsn, "caseload backup notices", application="caseload-identity-backups", poll=_SECONDS_TO_TAKE_OVER
        )

    async def run(self) -> None:
        """Watches until cancelled, whenever this process is the one that does."""
        await self._election.run(self._lead)

    async def _lead(self, session: Any) -> None:
        # What was seen before somebody else watched says nothing of what is so now.
        self._watched = Watched(since=datetime.now(UTC))
        while True:
            try:
                await self.step(datetime.now(UTC))
            except Refusal as refusal:
                _log.warning("workspaces cannot be told of the backups at the moment", extra={"code": refusal.code})
            # A leader whose session has ended learns it here.
            await session.fetchval("SELECT 1")
            await asyncio.sleep(_LOOK_EVERY)

    async def step(self, now: datetime) -> int:
        """Looks once. Returns in how many workspaces it was announced. Raises Unavailable."""
        state = await self._look()
        if state is not None:
            self._watched = replace(self._watched, answered_at=now)
        if not rules.is_wrong(state, self._watched, now=now):
            self._watched = replace(self._watched, well_at=now, told_at=None)
            return 0
        if not rules.is_told(self._watched, now=now):
            return 0
        told = await announce(self._runtime, but=await told_since(self._runtime, rules.counts_from(self._watched, now=now)))
        if told:
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

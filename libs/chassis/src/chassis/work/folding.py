"""Folds the changes of a service's counters in the background, so that readers never have many to add up."""

import asyncio
from collections.abc import Sequence
from typing import Any

from prometheus_client import Counter as Count
from prometheus_client import Gauge

from chassis.db.counters import Counter
from chassis.work.leader import LeaderElection

_UNFOLDED = Gauge("caseload_counter_changes_unfolded", "Changes of a counter that readers still add up one by one.", ["service", "counter"])
_FOLDED = Count("caseload_counter_changes_folded_total", "Changes of a counter that were folded.", ["service", "counter"])


class Folder:
    """Any number may run. One of them works at a time: what folds is the session that holds the election's lock.

    A round every `interval` seconds folds all there is, `batch` changes to a transaction. Until its next round a counter grows
    by what is written meanwhile. `dsn` is the relay role's, which folds for all workspaces, and leads to one session.
    """

    def __init__(self, dsn: str, schema: str, counters: Sequence[Counter], *, batch: int = 2_000, interval: float = 1.0) -> None:
        self._schema = schema
        self._counters = counters
        self._batch = batch
        self._interval = interval
        # The name is the same in every version: two names would mean two leaders.
        self.election = LeaderElection(dsn, f"caseload counters {schema}", application=f"caseload-{schema}-counters", poll=interval)

    async def run(self) -> None:
        """Works until cancelled. Survives the loss of the database."""
        await self.election.run(self._lead)

    async def _lead(self, session: Any) -> None:
        while not self.election.stopping.is_set():
            for counter in self._counters:
                await self._fold(session, counter)
            await asyncio.sleep(self._interval)

    async def _fold(self, session: Any, counter: Counter) -> None:
        names = (self._schema, counter.folded.name)
        _UNFOLDED.labels(*names).set(await session.fetchval(f"SELECT count(*) FROM {counter.changes.fullname}"))
        folded = self._batch
        while folded == self._batch:
            folded = await session.fetchval(counter.fold_sql, self._batch)
            _FOLDED.labels(*names).inc(folded)

"""What a service deletes when it has been over for long enough: table by table, a batch at a time, beside everything else it does.

Rows are found across workspaces by the relay's role, which may read these tables and no more, and deleted by the service's own role, in a transaction
of each workspace: row security holds for a deletion as for any other work. docs/operations/retention.md lists every table.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from chassis.db.database import Database
from chassis.observability.redaction import cause
from chassis.work.leader import LeaderElection

_log = logging.getLogger(__name__)
_PRUNED = Counter("caseload_rows_pruned_total", "Rows deleted because they were kept for long enough.", ["service", "table"])
_FAILED = Counter("caseload_pruning_failures_total", "Batches of old rows that could not be deleted.", ["service", "table"])
_AT_ONCE = 500
_SYSTEM_ROWS_AT_ONCE = 5_000
_SECONDS_BETWEEN_ROUNDS = 600.0


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows of a table that are deleted so many days after a moment.

    `since` is SQL for the moment, and has an index; `over`, SQL too, says which rows may be deleted at all. `days` names the setting.
    """

    table: str
    since: str
    days: str
    over: str = "true"


# The chassis's own tables, which the relay's role deletes from, in all workspaces at once. An inbox outlives its senders' outboxes:
# whatever can come twice is still known.
SYSTEM_RETENTIONS = (
    Retention("outbox", since="published_at", days="published_events_days"),
    Retention("inbox", since="received_at", days="handled_events_days"),
    Retention("dead_letters", since="died_at", days="dead_letters_days"),
    Retention("dead_letters", since="replayed_at", days="replayed_dead_letters_days"),
    Retention("idempotency", since="created_at", days="idempotency_days"),
)


class Pruner:
    """Deletes what the retentions of one service allow, in rounds. Each retention comes with its number of days.

    Any number may run, and one of them works at a time. `dsn` is the relay role's, and leads to one session, which is open during a round only.
    What fails is logged and counted, and keeps no other table and no other workspace from its turn.
    """

    def __init__(
        self,
        dsn: str,
        database: Database,
        retentions: Sequence[tuple[Retention, float]],
        *,
        system: Sequence[tuple[Retention, float]] = (),
        interval: float = _SECONDS_BETWEEN_ROUNDS,
    ) -> None:
        self._database = database
        self._schema = database.schema
        self._retentions = retentions
        self._system = system
        # Whoever has ended a round waits for the next one without a session, so `interval` is also what it polls by.
        self.election = LeaderElection(
            dsn, f"caseload retention {self._schema}", application=f"caseload-{self._schema}-retention", poll=interval
        )

    async def run(self) -> None:
        """Works until cancelled. Survives the loss of the database."""
        await self.election.run(self.prune)

    async def prune(self, session: Any) -> None:
        """One round: deletes batches until nothing more is over. `session` is a connection of the relay's role."""
        for retention, days in self._system:
            await self._prune_system(session, retention, days)
        for retention, days in self._retentions:
            await self._prune(session, retention, days)

    async def _prune_system(self, session: Any, retention: Retention, days: float) -> None:
        table = f"{self._schema}.{retention.table}"
        condition = f"{retention.since} < now() - make_interval(secs => $1::float8 * 86400)"
        statement = (
            f"WITH gone AS (DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {condition} LIMIT $2)) RETURNING 1)"
            " SELECT count(*) FROM gone"
        )
        deleted = _SYSTEM_ROWS_AT_ONCE
        while deleted == _SYSTEM_ROWS_AT_ONCE and not self.election.stopping.is_set():
            try:
                deleted = await session.fetchval(statement, days, _SYSTEM_ROWS_AT_ONCE)
            except Exception as error:  # noqa: BLE001 - whatever failed, the others have their turn
                self._report(retention, error, session)
                return
            _PRUNED.labels(self._schema, retention.table).inc(deleted)

    async def _prune(self, session: Any, retention: Retention, days: float) -> None:
        # Those whose rows stay for now.
        passed_over: set[UUID] = set()
        found = _AT_ONCE
        while found == _AT_ONCE and not self.election.stopping.is_set():
            try:
                batch = await self._find(session, retention, days, passed_over)
            except Exception as error:  # noqa: BLE001 - whatever failed, the others have their turn
                self._report(retention, error, session)
                return
            found = sum(map(len, batch.values()))
            for workspace_id, ids in batch.items():
                try:
                    deleted = await self._delete(retention, days, workspace_id, ids)
                except Exception as error:  # noqa: BLE001 - whatever failed, the others have their turn
                    passed_over.add(workspace_id)
                    self._report(retention, error, session, workspace_id=str(workspace_id))
                else:
                    _PRUNED.labels(self._schema, retention.table).inc(deleted)
                    if not deleted:
                        passed_over.add(workspace_id)

    async def _find(self, session: Any, retention: Retention, days: float, passed_over: set[UUID]) -> dict[UUID, list[UUID]]:
        """The oldest rows that are over, by workspace, without the workspaces that are passed over."""
        found = await session.fetch(
            f"SELECT workspace_id, id FROM {self._schema}.{retention.table}"
            f" WHERE {_is_over(retention)} AND workspace_id <> ALL($3::uuid[]) ORDER BY {retention.since} LIMIT $2",
            days,
            _AT_ONCE,
            list(passed_over),
        )
        by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
        for row in found:
            by_workspace[row["workspace_id"]].append(row["id"])
        return by_workspace

    async def _delete(self, retention: Retention, days: float, workspace_id: UUID, ids: Sequence[UUID]) -> int:
        """The number of rows deleted. What is not over any more, since somebody changed it meanwhile, stays."""
        async with self._database.transaction(workspace_id, seconds=10.0) as tx:
            connection = await tx.connection()
            tag = await connection.execute(
                f"DELETE FROM {self._schema}.{retention.table} WHERE workspace_id = $2 AND id = ANY($3::uuid[]) AND {_is_over(retention)}",
                days,
                workspace_id,
                ids,
            )
        return int(tag.rpartition(" ")[2])

    def _report(self, retention: Retention, error: Exception, session: Any, **facts: str) -> None:
        """Logs and counts the error. Raises it if the session has ended, so that the round is repeated in a new one."""
        _FAILED.labels(self._schema, retention.table).inc()
        _log.error(
            "old rows could not be deleted", extra={"service": self._schema, "table": retention.table, "error": cause(error), **facts}
        )
        if session.is_closed():
            raise error


def _is_over(retention: Retention) -> str:
    return f"{retention.since} < now() - make_interval(secs => $1::float8 * 86400) AND {retention.over}"

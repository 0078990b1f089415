"""What a service deletes when it has been over for long enough: table by table, a batch at a time, beside everything else it does.

A policy is declared as a `Retention`, beside the service's tables or here for the tables that every service has; nothing else deletes by age.
Rows of a service's tables are found across workspaces by the relay's role, which may read their ids and no more than it needs, and deleted by
the service's role, in a transaction of their workspace: row security holds for a deletion as for any other work. docs/operations/retention.md
lists every table.
"""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from google.protobuf.message import Message
from prometheus_client import Counter

from caseload.options.v1 import options_pb2
from chassis.db.errors import refusals
from chassis.observability.redaction import cause
from chassis.work.audit import record_effect
from chassis.work.leader import LeaderElection
from chassis.work.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)
_PRUNED = Counter("caseload_rows_pruned_total", "Rows deleted because they were kept for long enough.", ["service", "table"])
_FAILED = Counter("caseload_pruning_failures_total", "Batches of old rows that could not be deleted.", ["service", "table"])
# Of a workspace's data; each row may take others along.
_AT_ONCE = 200
_MOST_AT_ONCE = 5_000
_SECONDS_BETWEEN_ROUNDS = 600.0


@dataclass(frozen=True, slots=True)
class Audited:
    """The audit line of a deletion: `column` holds the ids of the resources it is about."""

    event_type: str
    resource: options_pb2.Resource
    column: str


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows of a table that are deleted so many days after a moment.

    `since` is SQL for the moment, and has an index; `over`, SQL too, says which rows may be deleted at all. `days` names the setting, or is
    the number itself where it is fixed. `scope` is "workspace" for a workspace's rows, "deployment" for a table without workspaces, where
    nobody needs to find rows first, and "system" for a table of the chassis, from which the relay's role deletes by itself.

    A workspace's row with which others have to go is `announced`: the service's own reaction to that event deletes it. Until it has, every
    round announces the row again, up to a batch for each workspace. `row` is the column with the ids of rows.

    Rows that are `evidence` stay while anything of their workspace is under a legal hold.
    """

    table: str
    since: str
    days: str | float
    over: str = "true"
    scope: Literal["workspace", "deployment", "system"] = "workspace"
    audited: Audited | None = None
    announced: Callable[[UUID], Message] | None = None
    row: str = "id"
    evidence: bool = False

    def days_in(self, settings: Any) -> float:
        """The number of days by these settings."""
        return float(getattr(settings, self.days) if isinstance(self.days, str) else self.days)


# Of the tables that every service has. An inbox outlives its senders' outboxes: whatever can come twice is still known.
SYSTEM_RETENTIONS = (
    Retention("outbox", since="published_at", days="published_events_days", scope="system"),
    Retention("inbox", since="received_at", days="handled_events_days", scope="system"),
    Retention("dead_letters", since="died_at", days="dead_letters_days", scope="system"),
    Retention("dead_letters", since="replayed_at", days="replayed_dead_letters_days", scope="system"),
    Retention("idempotency", since="created_at", days="idempotency_days", scope="system"),
)


class Pruner:
    """Deletes what the retentions of one service allow, in rounds. Each retention comes with its number of days.

    Any number may run, and one of them works at a time. `dsn` is the relay role's, and leads to one session, which is open during a round only;
    `background` makes units of work, and `is_held` says whether anything of a work's workspace is under a legal hold. What fails is logged and counted, and keeps no other table and no other workspace from its turn.
    """

    def __init__(
        self,
        dsn: str,
        schema: str,
        retentions: Sequence[tuple[Retention, float]],
        background: Callable[[UUID | None], UnitOfWork],
        *,
        is_held: Callable[[UnitOfWork], Awaitable[bool]] | None = None,
        interval: float = _SECONDS_BETWEEN_ROUNDS,
    ) -> None:
        self._is_held = is_held
        self._schema = schema
        self._retentions = retentions
        self._background = background
        # Whoever has ended a round waits for the next one without a session, so `interval` is also what it polls by.
        self.election = LeaderElection(
            dsn, f"caseload retention {self._schema}", application=f"caseload-{self._schema}-retention", poll=interval
        )

    async def run(self) -> None:
        """Works until cancelled. Survives the loss of the database."""
        await self.election.run(self.prune)

    async def prune(self, session: Any) -> None:
        """One round: deletes batches until nothing more is over. `session` is a connection of the relay's role."""
        for retention, days in self._retentions:
            if retention.scope == "workspace":
                await self._prune_by_workspace(session, retention, days)
            else:
                await self._prune_at_once(session, retention, days)

    async def _prune_at_once(self, session: Any, retention: Retention, days: float) -> None:
        deleted = _MOST_AT_ONCE
        while deleted == _MOST_AT_ONCE and not self.election.stopping.is_set():
            try:
                if retention.scope == "system":
                    deleted = await self._delete_at_once(session, retention, days)
                else:
                    async with self._background(None) as work:
                        deleted = await self._delete_at_once(await work.db.connection(), retention, days)
            except Exception as error:  # noqa: BLE001 - whatever failed, the others have their turn
                self._report(retention, error, session)
                return
            _PRUNED.labels(self._schema, retention.table).inc(deleted)

    async def _delete_at_once(self, connection: Any, retention: Retention, days: float) -> int:
        table = f"{self._schema}.{retention.table}"
        deleted: int = await connection.fetchval(
            f"WITH gone AS (DELETE FROM {table} WHERE ctid = ANY (ARRAY("
            f"SELECT ctid FROM {table} WHERE {_is_over(retention)} LIMIT $2)) AND {_is_over(retention)} RETURNING 1) SELECT count(*) FROM gone",
            days,
            _MOST_AT_ONCE,
        )
        return deleted

    async def _prune_by_workspace(self, session: Any, retention: Retention, days: float) -> None:
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
                    async with self._background(workspace_id) as work:
                        deleted = 0 if self._announce(work, retention, ids) else await self._delete(work, retention, days, ids)
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
            f"SELECT workspace_id, {retention.row} AS id FROM {self._schema}.{retention.table}"
            f" WHERE {_is_over(retention)} AND workspace_id <> ALL($3::uuid[]) ORDER BY {retention.since} LIMIT $2",
            days,
            _AT_ONCE,
            list(passed_over),
        )
        by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
        for row in found:
            by_workspace[row["workspace_id"]].append(row["id"])
        return by_workspace

    def _announce(self, work: UnitOfWork, retention: Retention, ids: list[UUID]) -> bool:
        """Announces these rows, if that is how they are deleted."""
        if retention.announced is None:
            return False
        for id_ in ids:
            work.emit(retention.announced(id_))
        return True

    async def _delete(self, work: UnitOfWork, retention: Retention, days: float, ids: list[UUID]) -> int:
        """Deletes these rows, but for those that somebody changed meanwhile so that they are not over any more; how many they were."""
        if retention.evidence and self._is_held is not None and await self._is_held(work):
            return 0
        column = retention.audited.column if retention.audited else retention.row
        connection = await work.db.connection()
        with refusals():
            rows = await connection.fetch(
                f"DELETE FROM {self._schema}.{retention.table} WHERE {_is_over(retention)} AND workspace_id = $2 AND {retention.row} = ANY($3::uuid[])"
                f" RETURNING {column}",
                days,
                work.workspace_id,
                ids,
            )
        if retention.audited and rows:
            about = sorted({row[0] for row in rows})
            facts = {retention.table: len(rows)}
            record_effect(work, retention.audited.event_type, retention.audited.resource, options_pb2.ACTION_DELETE, about, **facts)
        return len(rows)

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

"""What a service deletes when it has been over for long enough: table by table, a batch at a time.

A policy is declared as a `Retention`, beside the service's tables or here for the tables that every service has; nothing else deletes by age.
Rows of a service's tables are found across workspaces by the relay's role, which may read their ids and no more than it needs, and deleted by
the service's role, in a transaction of their workspace: row security holds for a deletion as for any other work. docs/operations/retention.md
lists every table.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from prometheus_client import Counter

from caseload.options.v1 import options_pb2
from chassis.db.errors import refusals
from chassis.observability.redaction import cause
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)
_PRUNED = Counter("caseload_rows_pruned_total", "Rows deleted because they were kept for long enough.", ["service", "table"])
# Of a workspace's data; each row may take others along.
_AT_ONCE = 200
_MOST_AT_ONCE = 5_000


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
    """

    table: str
    since: str
    days: str | float
    over: str = "true"
    scope: Literal["workspace", "deployment", "system"] = "workspace"
    audited: Audited | None = None

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
    """Deletes what the retentions of one service allow. `background` makes units of work."""

    def __init__(self, schema: str, retentions: Sequence[tuple[Retention, float]], background: Callable[[UUID | None], UnitOfWork]) -> None:
        self._schema = schema
        self._retentions = retentions
        self._background = background

    async def prune(self, relay: Any) -> bool:
        """Deletes a batch of each table; whether there may be more. `relay` is a connection of the relay's role.

        A table that fails is logged, and keeps no other from its turn.
        """
        more = False
        for retention, days in self._retentions:
            try:
                match retention.scope:
                    case "system":
                        more = await self._delete_at_once(relay, retention, days) or more
                    case "deployment":
                        async with self._background(None) as work:
                            more = await self._delete_at_once(await work.db.connection(), retention, days) or more
                    case "workspace":
                        more = await self._delete_by_workspace(relay, retention, days) or more
            except Exception as error:
                _log.error(
                    "old rows could not be deleted", extra={"service": self._schema, "table": retention.table, "error": cause(error)}
                )
                if relay.is_closed():
                    raise
        return more

    async def _delete_at_once(self, connection: Any, retention: Retention, days: float) -> bool:
        table = f"{self._schema}.{retention.table}"
        deleted = await connection.fetchval(
            f"WITH gone AS (DELETE FROM {table} WHERE ctid = ANY (ARRAY("
            f"SELECT ctid FROM {table} WHERE {_is_over(retention)} LIMIT $2)) AND {_is_over(retention)} RETURNING 1) SELECT count(*) FROM gone",
            days,
            _MOST_AT_ONCE,
        )
        self._count(retention, deleted)
        return bool(deleted == _MOST_AT_ONCE)

    async def _delete_by_workspace(self, relay: Any, retention: Retention, days: float) -> bool:
        table = f"{self._schema}.{retention.table}"
        found = await relay.fetch(
            f"SELECT workspace_id, id FROM {table} WHERE {_is_over(retention)} ORDER BY {retention.since} LIMIT $2", days, _AT_ONCE
        )
        by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
        for row in found:
            by_workspace[row["workspace_id"]].append(row["id"])
        for workspace_id, ids in by_workspace.items():
            async with self._background(workspace_id) as work:
                deleted = await self._delete(work, retention, days, ids)
            self._count(retention, deleted)
        return len(found) == _AT_ONCE

    async def _delete(self, work: UnitOfWork, retention: Retention, days: float, ids: list[UUID]) -> int:
        """Deletes these rows, but for those that somebody changed meanwhile so that they are not over any more; how many they were."""
        column = retention.audited.column if retention.audited else "id"
        connection = await work.db.connection()
        with refusals():
            rows = await connection.fetch(
                f"DELETE FROM {self._schema}.{retention.table} WHERE {_is_over(retention)} AND workspace_id = $2 AND id = ANY($3::uuid[])"
                f" RETURNING {column}",
                days,
                work.workspace_id,
                ids,
            )
        if retention.audited:
            about = sorted({row[0] for row in rows})
            facts = {retention.table: len(rows)}
            record_effect(work, retention.audited.event_type, retention.audited.resource, options_pb2.ACTION_DELETE, about, **facts)
        return len(rows)

    def _count(self, retention: Retention, deleted: int) -> None:
        if deleted:
            _PRUNED.labels(self._schema, retention.table).inc(deleted)


def _is_over(retention: Retention) -> str:
    return f"{retention.since} < now() - make_interval(secs => $1::float8 * 86400) AND {retention.over}"

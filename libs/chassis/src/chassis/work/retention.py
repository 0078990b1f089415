"""What a service deletes when it has been over for long enough: table by table, a batch at a time.

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

_log = logging.getLogger(__name__)
_PRUNED = Counter("caseload_rows_pruned_total", "Rows deleted because they were kept for long enough.", ["service", "table"])
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows of a table that are deleted so many days after a moment.

    `since` is SQL for the moment, and has an index; `over`, SQL too, says which rows may be deleted at all. `days` names the setting.
    """

    table: str
    since: str
    days: str
    over: str = "true"


class Pruner:
    """Deletes what the retentions of one service allow."""

    def __init__(self, database: Database, retentions: Sequence[tuple[Retention, float]]) -> None:
        self._database = database
        self._retentions = retentions

    async def prune(self, relay: Any) -> bool:
        """Deletes a batch of each table; whether there may be more. `relay` is a connection of the relay's role.

        A table that fails is logged, and keeps no other from its turn.
        """
        more = False
        for retention, days in self._retentions:
            try:
                more = await self._prune(relay, retention, days) == _AT_ONCE or more
            except Exception as error:
                facts = {"service": self._database.schema, "table": retention.table, "error": cause(error)}
                _log.error("old rows could not be deleted", extra=facts)
                if relay.is_closed():
                    raise
        return more

    async def _prune(self, relay: Any, retention: Retention, days: float) -> int:
        table = f"{self._database.schema}.{retention.table}"
        condition = f"{retention.since} < now() - make_interval(secs => $1::float8 * 86400) AND {retention.over}"
        found = await relay.fetch(
            f"SELECT workspace_id, id FROM {table} WHERE {condition} ORDER BY {retention.since} LIMIT $2", days, _AT_ONCE
        )
        by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
        for row in found:
            by_workspace[row["workspace_id"]].append(row["id"])
        for workspace_id, ids in by_workspace.items():
            # What is not over any more, since somebody changed it meanwhile, stays.
            async with self._database.transaction(workspace_id, seconds=10.0) as tx:
                await tx.execute(
                    f"DELETE FROM {table} WHERE workspace_id = $2 AND id = ANY($3::uuid[]) AND {condition}", days, workspace_id, ids
                )
            _PRUNED.labels(self._database.schema, retention.table).inc(len(ids))
        return len(found)

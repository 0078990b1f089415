"""Records which events a queue has handled, in the effect's own transaction, so that an event has its effect once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.db.errors import refusals


class AlreadyHandled(Exception):
    """The effect of every event of this delivery is committed already, or will never be: the workspace is erased."""


class Inbox:
    """Claims events for a queue. `claim` is the first statement of the delivery's transaction; `claimed` has the ids that are new.

    None is of an erased workspace, but for queues that take events `of_erased` ones too.
    """

    def __init__(self, schema: str, workspace_id: UUID, queue: str, event_ids: Sequence[UUID], *, of_erased: bool = False) -> None:
        there = "" if of_erased else f" WHERE NOT EXISTS (SELECT FROM {schema}.erased_workspaces WHERE workspace_id = $1)"
        self._sql = (
            f"INSERT INTO {schema}.inbox (workspace_id, queue, event_id)"
            f" SELECT $1, $2, unnest($3::uuid[]){there} ON CONFLICT DO NOTHING RETURNING event_id"
        )
        self._workspace_id = workspace_id
        self._queue = queue
        # In one order everywhere, so that two deliveries that claim several events never wait for each other.
        self._event_ids = sorted(event_ids)
        self.claimed: frozenset[UUID] = frozenset()
        self.already_handled = False

    async def claim(self, connection: Any, timeout: float | None) -> None:
        """Records the events as handled; AlreadyHandled when all of them are, or their workspace is erased.

        Waits while another delivery of the same event runs: how that ends decides which of the two has the effect.
        """
        with refusals():
            rows = await connection.fetch(self._sql, self._workspace_id, self._queue, self._event_ids, timeout=timeout)
        self.claimed = frozenset(row["event_id"] for row in rows)
        if not self.claimed:
            self.already_handled = True
            raise AlreadyHandled

"""Which events a queue has handled."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.db.errors import refusals
from chassis.db.transaction import Transaction

if TYPE_CHECKING:
    from chassis.events.delivery import Delivery


class DoneBefore(Exception):
    """The effect of every event of this delivery is committed already."""


class InboxTransaction(Transaction):
    """A transaction whose first statement claims the events; DoneBefore when all of them are another's."""

    __slots__ = ("_delivery", "claimed", "done_before")

    def __init__(self, delivery: "Delivery") -> None:
        super().__init__(delivery.database, delivery.workspace_id, delivery.deadline)
        self._delivery = delivery
        self.claimed: frozenset[UUID] = frozenset()
        self.done_before = False

    async def _begin(self, *, only_reads: bool = False) -> Any:
        if self.done_before:
            raise DoneBefore
        if not self.begun:
            connection = await super()._begin()
            # Waits for a twin that is being handled elsewhere: its end decides whether this one is the second.
            # In one order everywhere, so that two that claim several never wait for each other.
            with refusals():
                rows = await connection.fetch(
                    f"INSERT INTO {self._delivery.database.schema}.inbox (workspace_id, queue, event_id)"
                    " SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id",
                    self.workspace_id,
                    self._delivery.queue,
                    sorted(self._delivery.event_ids),
                    timeout=self._remaining(),
                )
            self.claimed = frozenset(row["event_id"] for row in rows)
            if not self.claimed:
                self.done_before = True
                raise DoneBefore
        return await super()._begin(only_reads=only_reads)

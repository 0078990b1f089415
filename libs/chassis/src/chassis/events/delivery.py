"""One event on one queue, while it is being handled."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from chassis.context import Caller, RequestContext
from chassis.db.database import Database
from chassis.events.inbox import Inbox
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import OutboxWriter, UnitOfWork


class Delivery(UnitOfWork):
    """A unit of work on the service's own behalf, in the event's workspace, whose transaction begins with the inbox.

    `attempt` counts from 1; `announced_by` is the service that signed the event, `occurred_at` when it happened. For events handled together,
    `context`, `event_id` and `occurred_at` are the first one's; `event_ids` has all, and `taken` those that the effect is given.
    """

    __slots__ = ("_arrived", "announced_by", "attempt", "inbox", "occurred_at", "queue")

    def __init__(
        self,
        envelopes: Sequence[Envelope],
        *,
        queue: str,
        service: str,
        database: Database,
        outbox: OutboxWriter,
        seconds: float,
        attempt: int,
        announced_by: str,
        of_erased: bool = False,
    ) -> None:
        first = envelopes[0]
        context = RequestContext(
            request_id=first.request_id,
            deadline=asyncio.get_running_loop().time() + seconds,
            caller=Caller(workspace_id=first.workspace_id, service=service),
            workspace_id=first.workspace_id,
            traceparent=first.traceparent or None,
        )
        self._arrived = {envelope.id: envelope for envelope in envelopes}
        self.inbox = Inbox(database.schema, first.workspace_id, queue, self.event_ids, of_erased=of_erased)
        super().__init__(context, database, outbox, first=self.inbox.claim)
        self.queue = queue
        self.attempt = attempt
        self.announced_by = announced_by
        self.occurred_at = first.occurred_at

    @property
    def event_id(self) -> UUID:
        return next(iter(self._arrived))

    @property
    def event_ids(self) -> list[UUID]:
        return list(self._arrived)

    @property
    def taken(self) -> list[Envelope]:
        """The events that no delivery on this queue has handled before, in their order; none before the transaction has begun."""
        return [envelope for id_, envelope in self._arrived.items() if id_ in self.inbox.claimed]

"""One event on one queue, while it is being handled."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.context import Caller
from chassis.db.database import Database
from chassis.events.inbox import InboxTransaction
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import Call


class Delivery(Call):
    """One event on one queue, while it is being reacted to: a Call on the service's own behalf, in the event's workspace.

    Its transaction begins with the inbox row, so whatever else it holds happens once. `attempt` counts from 1;
    `runtime` is the service's own. Of events taken together it bears the ids of the first; `event_ids` has all.
    """

    __slots__ = ("attempt", "event_ids", "queue", "runtime")

    def __init__(
        self, envelopes: Sequence[Envelope], *, queue: str, service: str, database: Database, seconds: float, attempt: int, runtime: Any
    ) -> None:
        first = envelopes[0]
        super().__init__(
            Caller(workspace_id=first.workspace_id, service=service),
            database,
            deadline=asyncio.get_running_loop().time() + seconds,
            request_id=first.request_id,
            traceparent=first.traceparent or None,
        )
        self.queue = queue
        self.event_ids = [envelope.id for envelope in envelopes]
        self.attempt = attempt
        self.runtime = runtime

    @property
    def event_id(self) -> UUID:
        return self.event_ids[0]

    @property
    def db(self) -> "InboxTransaction":
        if self._tx is None:
            self._tx = InboxTransaction(self)
        assert isinstance(self._tx, InboxTransaction)
        return self._tx

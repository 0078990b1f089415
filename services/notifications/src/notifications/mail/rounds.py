"""Going round: claims what is due, whosever it is, and hands each claim to a sender, a few at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import DateTime, Integer, Interval, Uuid, and_, bindparam, func, select, update

from chassis.db.database import Database
from chassis.db.statement import statement
from chassis.db.transaction import Transaction
from chassis.errors import Refusal
from chassis.observability.redaction import cause, place
from notifications.tables import due_work

_log = logging.getLogger(__name__)

_due = (
    select(due_work.c.workspace_id, due_work.c.kind, due_work.c.item_id)
    .where(due_work.c.kind == bindparam("kind"))
    .where(due_work.c.due_at <= func.now())
    .order_by(due_work.c.due_at)
    .limit(bindparam("room", type_=Integer))
    # Two senders side by side take different ones, and neither waits for the other.
    .with_for_update(skip_locked=True)
    .cte("due")
)
claim = statement(
    update(due_work)
    .where(and_(due_work.c.workspace_id == _due.c.workspace_id, due_work.c.kind == _due.c.kind, due_work.c.item_id == _due.c.item_id))
    .values(due_at=func.now() + bindparam("lease", type_=Interval))
    .returning(due_work.c.workspace_id, due_work.c.item_id)
)
# A claim lasts from the moment the conversation begins.
renew = statement(
    update(due_work)
    .where(due_work.c.workspace_id == bindparam("workspace_id", type_=Uuid))
    .where(due_work.c.kind == bindparam("kind"))
    .where(due_work.c.item_id == bindparam("item_id", type_=Uuid))
    .values(due_at=bindparam("lapses_at", type_=DateTime(timezone=True)))
)


class Rounds:
    """Work of one kind. `send` gets the workspace and the item; what it leaves undone is claimed again when the lease lapses."""

    def __init__(
        self,
        database: Database,
        kind: str,
        send: Callable[[UUID, UUID], Awaitable[None]],
        *,
        at_once: int,
        lease: timedelta,
        poll: float,
        patience: float,
    ) -> None:
        self._database = database
        self._kind = kind
        self._send = send
        self._at_once = at_once
        self._lease = lease
        self._poll = poll
        self._patience = patience
        self._woken = asyncio.Event()
        self.running: set[asyncio.Task[None]] = set()

    async def wake(self, _transaction: Transaction | None = None) -> None:
        """Says that something has just become due."""
        self._woken.set()

    async def run(self) -> None:
        """Goes round until cancelled; conversations that have begun are finished even then."""
        try:
            while True:
                self._woken.clear()
                try:
                    full = await self._round()
                except Refusal as away:
                    _log.warning("due work cannot be claimed", extra={"kind": self._kind, "error": cause(away)})
                    full = False
                # A conversation that ends wakes the round too: there is room again.
                if not full or len(self.running) >= self._at_once:
                    await self._doze()
        except asyncio.CancelledError:
            if self.running:
                await asyncio.wait(self.running, timeout=self._patience)
            raise

    async def _round(self) -> bool:
        """Claims as many as can be begun now; True when there may be more."""
        room = self._at_once - len(self.running)
        if room <= 0:
            return True
        async with self._database.transaction(None, seconds=10.0) as tx:
            claims = await tx.all(claim, kind=self._kind, room=room, lease=self._lease)
        for row in claims:
            task = asyncio.create_task(self._attend(row["workspace_id"], row["item_id"]), name=f"send-{self._kind}")
            self.running.add(task)
            task.add_done_callback(self._is_free)
        return len(claims) == room

    async def _attend(self, workspace_id: UUID, item_id: UUID) -> None:
        try:
            await self._send(workspace_id, item_id)
        except Exception as error:  # noqa: BLE001 - one mail's failure is not the round's; it is claimed again
            _log.error(
                "a mail could not be attended to",
                extra={"kind": self._kind, "item_id": str(item_id), "error": cause(error), "at": place(error)},
            )

    def _is_free(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        self._woken.set()

    async def _doze(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), self._poll)
        except TimeoutError:
            return

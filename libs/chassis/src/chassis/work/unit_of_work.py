"""Who is calling, for which workspace, until when, and the one transaction of the call."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from uuid_utils.compat import uuid7

from chassis.context import Caller, Outgoing
from chassis.db.database import Database
from chassis.db.errors import nothing_here
from chassis.db.statement import Statement
from chassis.db.transaction import Record, Transaction
from chassis.errors import Unauthenticated, Unavailable
from chassis.events.outbox import write
from chassis.work.envelope import Envelope

T = TypeVar("T")


class Call:
    """One request, or one delivery of an event, while it is being answered.

    `now` is fixed for the call (UTC); `deadline` is in the running loop's time. Nothing said through `db`, `emit`
    or `note` is kept unless the call ends well: the chassis commits, nobody else.
    """

    __slots__ = (
        "_after",
        "_envelopes",
        "_tx",
        "_workspace_id",
        "caller",
        "database",
        "deadline",
        "facts",
        "ip_address",
        "now",
        "request_id",
        "traceparent",
        "user_agent",
    )

    def __init__(
        self,
        caller: Caller,
        database: Database,
        *,
        deadline: float,
        request_id: str = "",
        ip_address: str | None = None,
        user_agent: str | None = None,
        traceparent: str | None = None,
    ) -> None:
        self.caller = caller
        self.database = database
        self.deadline = deadline
        self.request_id = request_id
        self.ip_address = ip_address
        self.user_agent = user_agent
        self.traceparent = traceparent
        self.now = datetime.now(UTC)
        self.facts: dict[str, str] = {}
        self._workspace_id = caller.workspace_id
        self._tx: Transaction | None = None
        self._envelopes: list[Envelope] = []
        self._after: list[Callable[[Transaction], Awaitable[None]]] = []

    @property
    def workspace_id(self) -> UUID:
        """The workspace whose data may be touched; Unauthenticated when nobody has said which."""
        if self._workspace_id is None:
            raise Unauthenticated("sign_in_required", "Sign in first.")
        return self._workspace_id

    @property
    def placed(self) -> bool:
        """Whether the workspace is known."""
        return self._workspace_id is not None

    @property
    def user_id(self) -> UUID:
        if self.caller.user_id is None:
            raise Unauthenticated("sign_in_required", "Sign in first.")
        return self.caller.user_id

    def enter(self, workspace_id: UUID, user_id: UUID | None = None) -> None:
        """For public methods: names the workspace, once it is known who is asking, before the first statement in it."""
        if self._tx is not None and self._tx.begun:
            raise RuntimeError("the transaction is already pinned; enter a workspace before the first statement")
        self._workspace_id = workspace_id
        self._tx = None
        self.caller = Caller(user_id=user_id, workspace_id=workspace_id, service=self.caller.service)

    @property
    def db(self) -> Transaction:
        """The call's one transaction, which opens at its first statement."""
        if self._tx is None:
            self._tx = Transaction(self.database, self._workspace_id, self.deadline)
        return self._tx

    async def find(self, stmt: Statement, ids: Iterable[UUID], *, key: str = "id", **params: Any) -> dict[UUID, Record]:
        """The rows with these `ids`, by `key`, read together with what other calls ask for; outside this call's own transaction.

        The statement takes the ids, and perhaps `params`, which mean the same for whoever asks at the same moment.
        """
        return await self.database.together.find(stmt, key, self.workspace_id, ids, params)

    async def find_one(self, stmt: Statement, id_: str) -> Record:
        """The row with this id, read in the same way; NotFound when there is none."""
        wanted = UUID(id_)
        row = (await self.find(stmt, (wanted,))).get(wanted)
        if row is None:
            raise nothing_here()
        return row

    def emit(self, event: Message) -> None:
        """Announces the event together with the commit, or not at all."""
        self._envelopes.append(
            Envelope(
                id=uuid7(),
                workspace_id=self.workspace_id,
                type=event.DESCRIPTOR.full_name,
                payload=event.SerializeToString(),
                occurred_at=self.now,
                request_id=self.request_id,
                traceparent=self.traceparent or "",
            )
        )

    def note(self, **facts: str) -> None:
        """Open facts for the call's line in the audit trail; never PHI."""
        self.facts.update(facts)

    def afterwards(self, work: Callable[[Transaction], Awaitable[None]]) -> None:
        """Runs `work` in a transaction of its own once this call has committed or rolled back: for what a refusal must keep."""
        self._after.append(work)

    @property
    def outgoing(self) -> Outgoing:
        """What this call takes along when it asks another service."""
        return Outgoing(
            token=self.caller.token if self.caller.service is None else "",
            request_id=self.request_id,
            deadline=self.deadline,
            ip_address=self.ip_address,
            user_agent=self.user_agent,
            traceparent=self.traceparent,
            workspace_id=self._workspace_id,
        )

    def remaining(self) -> float:
        """Seconds left; Unavailable when there are none."""
        left = self.deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise Unavailable("deadline_exceeded", "This took too long; try again.", retry_after=1.0)
        return left

    def let_go(self) -> bool:
        """The chassis's to call: ends a call that has only read, at once; False where there is something to commit."""
        return not self._envelopes and (self._tx is None or self._tx.let_go())

    async def commit(self) -> bool:
        """The chassis's to call: one insert for all that was announced, then COMMIT. True when events wait in the outbox."""
        if self._envelopes:
            await write(self.db, self.database.schema, self._envelopes)
        if self._tx is not None:
            await self._tx.commit()
        return bool(self._envelopes)

    async def rollback(self) -> None:
        """The chassis's to call."""
        self._envelopes.clear()
        if self._tx is not None:
            await self._tx.rollback()

    @property
    def has_more_to_do(self) -> bool:
        return bool(self._after)

    async def run_afterwards(self) -> None:
        """The chassis's to call."""
        work, self._after = self._after, []
        for step in work:
            async with self.database.transaction(self._workspace_id, seconds=5.0) as tx:
                await step(tx)


async def carried_through(ending: Awaitable[T]) -> T:
    """A commit or rollback that has begun is carried through, whoever stops waiting for it."""
    task = asyncio.ensure_future(ending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise

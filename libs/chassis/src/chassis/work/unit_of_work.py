"""One piece of work and its one transaction: an answered call, the delivery of an event, a task of the background."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID

from google.protobuf.message import Message
from uuid_utils.compat import uuid7

from chassis.cancellation import finish_despite_cancellation
from chassis.context import Caller, RequestContext
from chassis.db.database import Database
from chassis.db.errors import nothing_here
from chassis.db.statement import Statement
from chassis.db.transaction import FirstStatement, Record, Transaction
from chassis.errors import Refusal, Unauthenticated
from chassis.work.envelope import Envelope

_log = logging.getLogger(__name__)

_SECONDS_AFTERWARDS = 5.0
# What a transaction beside the work may take where nobody has said until when the work must be done.
_SECONDS_BESIDE = 10.0


class OutboxWriter(Protocol):
    """Where events are written for the relay to publish."""

    async def write(self, transaction: Transaction, envelopes: Sequence[Envelope]) -> None:
        """Adds events to the transaction."""

    async def write_alone(self, envelopes: Sequence[Envelope]) -> None:
        """Adds events in a transaction of their own; returns once they are durable."""

    def notify(self) -> None:
        """Wakes the relay after a commit; returns at once."""

    def hint(self, kind: str, workspace_id: UUID) -> None:
        """Tells whoever listens to look at the workspace; returns at once."""


class UnitOfWork:
    """`async with UnitOfWork(context, database, outbox) as work:` commits at the end of the block, or rolls back on any exception.

    Nothing done through `db`, `emit` or `note` is kept unless the block ends well; nobody else commits. `now` is fixed (UTC).
    Leaving the block, in this order and despite cancellation: the events, COMMIT and the relay's notification, or ROLLBACK and, after a
    Refusal, `on_refusal`, which records it; then the steps given to `afterwards`, also when recording the refusal failed.
    The answer of a work that is committed stands, whatever becomes of those steps.
    """

    __slots__ = (
        "_afterwards",
        "_committed",
        "_envelopes",
        "_first",
        "_has_events_elsewhere",
        "_hints",
        "_outbox",
        "_tx",
        "access_known",
        "context",
        "database",
        "facts",
        "now",
        "on_refusal",
        "records",
    )

    def __init__(self, context: RequestContext, database: Database, outbox: OutboxWriter, *, first: FirstStatement | None = None) -> None:
        self.context = context
        self.database = database
        self.now = datetime.now(UTC)
        self.facts: dict[str, str] = {}
        # The clients of whom it was asked whether the caller may open their record.
        self.access_known: set[UUID] = set()
        # What was written to sealed tables and no audit line has told yet.
        self.records: dict[tuple[str, str], tuple[int, bytes]] = {}
        self.on_refusal: Callable[[Refusal], Awaitable[None]] | None = None
        self._outbox = outbox
        self._first = first
        self._tx: Transaction | None = None
        self._envelopes: list[Envelope] = []
        self._afterwards: list[tuple[Callable[[Transaction], Awaitable[None]], bool]] = []
        # In the order in which they were first given.
        self._hints: dict[tuple[str, UUID], None] = {}
        self._committed = False
        self._has_events_elsewhere = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is not None:
                await finish_despite_cancellation(self._roll_back(error))
            elif self._envelopes or not self.db.release_if_read_only():
                try:
                    await finish_despite_cancellation(self._commit())
                except BaseException as failure:
                    await finish_despite_cancellation(self._roll_back(failure))
                    raise
            else:
                self._committed = True
        finally:
            if self._afterwards:
                await finish_despite_cancellation(self._run_afterwards())

    async def _commit(self) -> None:
        if self.records:
            raise RuntimeError(f"a record was written and no audit line tells its digest: {min(self.records)[0]}")
        if self._envelopes:
            await self._outbox.write(self.db, self._envelopes)
        if self._tx is not None:
            await self._tx.commit()
        self._committed = True
        if self._envelopes or self._has_events_elsewhere:
            self._outbox.notify()
        for hint in self._hints:
            self._outbox.hint(*hint)

    async def _roll_back(self, error: BaseException) -> None:
        self._envelopes.clear()
        self.records.clear()
        await self.db.rollback()
        if isinstance(error, Refusal) and self.on_refusal is not None:
            await self.on_refusal(error)

    async def _run_afterwards(self) -> None:
        """Runs every step, each in a transaction of its own; after a rollback the first failure is raised when all have run."""
        steps, self._afterwards = self._afterwards, []
        failures = []
        for step, unless_committed in steps:
            if unless_committed and self._committed:
                continue
            try:
                async with self.database.transaction(self.context.workspace_id, seconds=_SECONDS_AFTERWARDS) as tx:
                    await step(tx)
            except Exception as failure:  # noqa: BLE001 - raised below, after the other steps
                failures.append(failure)
                if self._committed:
                    facts = {"request_id": self.context.request_id, "error": type(failure).__name__}
                    _log.error("what was left for after a commit failed", extra=facts)
        if failures and not self._committed:
            raise failures[0]

    @property
    def is_committed(self) -> bool:
        """Whether it has ended well, for the steps that run afterwards."""
        return self._committed

    @property
    def has_begun(self) -> bool:
        """Whether its transaction has a connection: what it still has to read is read on that one, or many works would wait for each other's."""
        return self._tx is not None and self._tx.begun

    @property
    def caller(self) -> Caller:
        return self.context.caller

    @property
    def workspace_id(self) -> UUID:
        """The workspace whose data may be touched; Unauthenticated when nobody has signed in."""
        if self.context.workspace_id is None:
            raise Unauthenticated("sign_in_required", "Sign in first.")
        return self.context.workspace_id

    @property
    def user_id(self) -> UUID:
        """The user who asks; Unauthenticated when it is a service, or nobody has signed in."""
        if self.context.caller.user_id is None:
            raise Unauthenticated("sign_in_required", "Sign in first.")
        return self.context.caller.user_id

    def enter(self, workspace_id: UUID, user_id: UUID | None = None) -> None:
        """For public methods: sets the workspace, once it is known who asks. RuntimeError after the first statement."""
        if self._tx is not None and self._tx.begun:
            raise RuntimeError("the transaction has begun; enter a workspace before the first statement")
        caller = Caller(user_id=user_id, workspace_id=workspace_id, service=self.context.caller.service)
        self.context = replace(self.context, caller=caller, workspace_id=workspace_id)
        self._tx = None

    @property
    def db(self) -> Transaction:
        """The one transaction, which begins with its first statement."""
        if self._tx is None:
            caller, deadline = self.context.caller, self.context.deadline
            self._tx = self.database.begin(self.context.workspace_id, reader=caller.reader, deadline=deadline, first=self._first)
        return self._tx

    def beside(self, workspace_id: UUID | None) -> AbstractAsyncContextManager[Transaction]:
        """A transaction of its own, which commits at its end whatever becomes of this work, by this work's deadline."""
        left = self.context.remaining()
        return self.database.transaction(workspace_id, seconds=_SECONDS_BESIDE if left is None else left, reader=self.caller.reader)

    @asynccontextmanager
    async def elsewhere(self, workspace_id: UUID, user_id: UUID) -> AsyncIterator[None]:
        """The statements, facts and events of the block are those of this user in another workspace, in the same transaction.

        A service stays the one that works. Nothing changes in the caller's own workspace.
        """
        if workspace_id == self.context.workspace_id:
            yield
            return
        context, facts, envelopes = self.context, self.facts, self._envelopes
        async with self.db.confined_to(workspace_id):
            service = context.caller.service
            caller = Caller(user_id=None if service else user_id, workspace_id=workspace_id, service=service)
            self.context = replace(context, caller=caller, workspace_id=workspace_id)
            self.facts, self._envelopes = {}, []
            try:
                yield
                if self._envelopes:
                    await self._outbox.write(self.db, self._envelopes)
                    self._has_events_elsewhere = True
            finally:
                self.context, self.facts, self._envelopes = context, facts, envelopes

    async def find(self, stmt: Statement, ids: Iterable[UUID], *, key: str = "id", **params: Any) -> dict[UUID, Record]:
        """The rows with these `ids`, by `key`. Before the first statement read together with calls that ask the same (see Dataloader)."""
        if self.has_begun:
            return {row[key]: row for row in await self.db.all(stmt, ids=list(ids), **params)}
        reader = self.caller.reader if self.database.has_readers else None
        return await self.database.dataloader.find(stmt, key, self.workspace_id, ids, params, reader=reader)

    async def find_one(self, stmt: Statement, id_: str) -> Record:
        """The row with this id, read in the same way; NotFound when there is none."""
        wanted = UUID(id_)
        row = (await self.find(stmt, (wanted,))).get(wanted)
        if row is None:
            raise nothing_here()
        return row

    def emit(self, event: Message) -> None:
        """Announces the event together with the commit, or not at all."""
        self._envelopes.append(envelope_of(event, self, uuid7()))

    def note(self, **facts: str) -> None:
        """Open facts for the call's line in the audit trail; never PHI."""
        self.facts.update(facts)

    def hint(self, kind: str) -> None:
        """Has whoever listens look at the workspace once this work is committed; a hint may be lost (chassis/events/hints.py)."""
        self._hints[kind, self.workspace_id] = None

    def witness(self, table: str, row: UUID | str, revision: int, digest: bytes) -> None:
        """Has the work's next audit line tell the digest of a record that was written; an empty one says that it was deleted."""
        self.records[table, str(row)] = (revision, digest)

    def afterwards(self, step: Callable[[Transaction], Awaitable[None]], *, unless_committed: bool = False) -> None:
        """Runs `step` in a transaction of its own after the commit or rollback: for what a refusal must keep, or undo outside the database.

        With `unless_committed` it runs after a rollback, and where it is not known whether the commit succeeded.
        """
        self._afterwards.append((step, unless_committed))

    def begin_with(self, first: FirstStatement) -> None:
        """Lets the transaction begin with `first` (see Transaction). RuntimeError after the first statement."""
        if self._tx is not None and self._tx.begun:
            raise RuntimeError("the transaction has begun; say what it begins with before the first statement")
        self._first = first
        self._tx = None


def envelope_of(event: Message, work: UnitOfWork, event_id: UUID) -> Envelope:
    """The event as this piece of work announces it."""
    return Envelope(
        id=event_id,
        workspace_id=work.workspace_id,
        type=event.DESCRIPTOR.full_name,
        payload=event.SerializeToString(),
        occurred_at=work.now,
        request_id=work.context.request_id,
        traceparent=work.context.traceparent or "",
    )

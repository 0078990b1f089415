"""Sends any kind of mail, and text messages: claims one, composes it, marks it as being sent, hands it to its channel and records the outcome.

The mark is committed before the conversation with the mail server, or with whoever sends text messages, begins. If the process dies in between,
the mark remains and the mail counts as `unknown`: it may have been delivered, and is not sent again. What it had only claimed is taken up by another
within seconds: a claim is short, and whoever has not begun to send by its end leaves the mail to the next one. The mark begins a lease that outlasts
every conversation.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic
from uuid import UUID

from prometheus_client import Counter as Metric

from chassis.backoff import Backoff
from chassis.db.statement import Statement
from chassis.errors import Refusal, Unavailable
from chassis.observability.redaction import cause, place
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import store
from notifications.mail.channel import Channel, Message, NotToBeSent
from notifications.mail.smtp import DeliveryFailure, PermanentFailure, TransientFailure, UnknownOutcome
from notifications.mail.turns import Turns
from notifications.return_paths.rules import NOWHERE, KnownBy, Reason

_log = logging.getLogger(__name__)

_MAILS = Metric("caseload_mails_total", "Mails by kind and outcome.", ["kind", "outcome"])
_WRITE_AGAIN = Backoff(first=0.2, longest=1.0)
# What is written of a mail that was composed and not sent, and of one that was marked. A sender whose lease has expired may still record the outcome.
COMPOSED: tuple[str, ...] = ("pending",)
_MARKED: tuple[str, ...] = ("sending",)
_ENDED: tuple[str, ...] = ("sending", "unknown")
# Until a mail is composed again that could not be, for a reason of our own.
_AFTER_A_DEFECT = timedelta(minutes=3)
# The last fifth of a claim is left to whoever may claim next.
_USED = 0.8


@dataclass(frozen=True, slots=True)
class MailKind(Generic[Message]):
    """One kind of mail: its statements, how it is composed, and how long it is tried.

    `compose(workspace_id, row)` returns the mail, or None if the row has become due at another time meanwhile. It
    raises NotToBeSent, or Unavailable if it should be tried later. `held_status` is the status of one to an address that is not mailed any
    more, and `may_be_held` says which are not sent there: what somebody is waiting for is tried everywhere. A claim is good for `claimed_for`, in which the
    mail is composed and the sending begun. `next_attempt_at(row, now, asked)` returns when to try
    again, not before the pause that was asked for, or None to give up. `guard` names the columns that must not have changed between composing and sending.
    `record(work, row, status, reason)` leaves the audit line of a final status, in the transaction that writes it.
    """

    name: str
    load: Statement
    begin_sending: Statement
    finish: Statement
    reschedule: Statement
    compose: Callable[[UUID, Any], Awaitable[Message | None]]
    claimed_for: timedelta
    next_attempt_at: Callable[[Any, datetime, timedelta], datetime | None]
    held_status: str
    may_be_held: Callable[[Any], bool]
    guard: tuple[str, ...] = ()
    record: Callable[[UnitOfWork, Any, str, str | None], None] = lambda _work, _row, _status, _reason: None


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that this process may begin to send before `ends`, by the clock of its event loop. `due_at` is when others may claim it."""

    workspace_id: UUID
    item_id: UUID
    due_at: datetime
    ends: float


class Sender(Generic[Message]):
    """Sends the mails of one kind. Every claim that is sent ends with a row that records the outcome.

    It has `at_once` under way at the same time, and of one workspace not all of them while others wait. Of one workspace it claims no more at
    all while `most_of_one` are under way, where that is given: each hands over to whom it chose, who may be slow.
    """

    def __init__(
        self,
        runtime: Runtime,
        channel: Channel[Message],
        kind: MailKind[Message],
        *,
        lease: timedelta,
        at_once: int,
        most_of_one: int | None = None,
    ) -> None:
        self._runtime = runtime
        self._channel = channel
        self._kind = kind
        self._lease = lease
        self._turns = Turns(at_once)
        self._most_of_one = most_of_one
        self._under_way: Counter[UUID] = Counter()

    async def claim(self, limit: int) -> Sequence[Claim]:
        """Claims up to `limit` due mails of any workspace. Raises Unavailable."""
        claimed_for = min(self._kind.claimed_for, self._lease)
        ends = asyncio.get_running_loop().time() + _USED * claimed_for.total_seconds()
        async with self._runtime.database.transaction(None, seconds=10.0) as tx:

            async def claim(wanted: int, *, but: Sequence[UUID], statement: Statement = store.claim) -> Sequence[Any]:
                return await tx.all(statement, kind=self._kind.name, limit=wanted, lease=claimed_for, but=but)

            found = await (self._claim_in_turn(claim, limit) if self._most_of_one is None else self._claim_bounded(claim, limit))
        return [Claim(row["workspace_id"], row["item_id"], row["due_at"], ends) for row in found]

    async def send(self, claim: Claim) -> None:
        """Sends one mail, unless it is no longer to be sent, and records the outcome. Raises Unavailable."""
        self._under_way[claim.workspace_id] += 1
        try:
            await self._send(claim)
        finally:
            self._under_way[claim.workspace_id] -= 1
            self._under_way += Counter()

    async def _claim_in_turn(self, claim: Callable[..., Awaitable[Sequence[Any]]], limit: int) -> Sequence[Any]:
        """What has been due longest; before that, of workspaces that wait while one has most of the turns."""
        clock, found = asyncio.get_running_loop().time, list[Any]()
        began = clock()
        if past := self._turns.to_look_past(now=began):
            # Whoever signs in or is alarmed leaves no turn to what can wait.
            found += await claim(limit, but=[], statement=store.claim_ahead)
            if len(found) < limit:
                others = await claim(limit - len(found), but=past)
                self._turns.looked(past, found=bool(others), began=began, now=clock())
                found += others
        if len(found) < limit:
            found += await claim(limit - len(found), but=[])
        self._turns.took(row["workspace_id"] for row in found)
        return found

    async def _claim_bounded(self, claim: Callable[..., Awaitable[Sequence[Any]]], limit: int) -> Sequence[Any]:
        """What has been due longest, but of no workspace more than may be under way."""
        most, under_way, found = self._most_of_one or limit, Counter(self._under_way), list[Any]()
        while len(found) < limit:
            wanted = min(most, limit - len(found))
            rows = await claim(wanted, but=[each for each, number in under_way.items() if number >= most])
            found += rows
            under_way.update(row["workspace_id"] for row in rows)
            if len(rows) < wanted:
                break
        return found

    async def _send(self, claim: Claim) -> None:
        workspace_id = claim.workspace_id
        row = await self._load(claim)
        if row is None:
            return
        try:
            message = await self._compose(claim, row)
            if message is None:
                return
            address = await self._channel.address_of(workspace_id, message)
            return_path = await self._begin_sending(claim, row, address)
        except NotToBeSent as end:
            await self._finish(workspace_id, row, end.status, end.reason, was=COMPOSED)
            return
        if return_path is None:
            return
        try:
            await self._channel.send(message, return_path=return_path)
        except TransientFailure as failure:
            await self._reschedule(workspace_id, row, failure.code, asked=failure.asked)
        except PermanentFailure as failure:
            await self._finish(workspace_id, row, _status(failure), failure.code, bounced=failure.bounced, address=address)
        except DeliveryFailure as failure:
            await self._finish(workspace_id, row, _status(failure), failure.code)
        else:
            await self._finish(workspace_id, row, "sent", None)

    def log_fields(self, claim: Claim) -> Mapping[str, str]:
        return {"kind": self._kind.name, "item_id": str(claim.item_id)}

    async def _load(self, claim: Claim) -> Any:
        """The mail's row, or None if it is not to be sent."""
        async with self._runtime.background(claim.workspace_id) as work:
            row = await work.db.maybe(self._kind.load, **_accepted(self._kind.load, id=claim.item_id, now=work.now))
            if row is None or row["status"] not in ("pending", "sending"):
                return None
            claimed = {"kind": self._kind.name, "item_id": claim.item_id, "due_at": claim.due_at}
            is_lost = row["status"] == "sending" and await work.db.maybe(store.is_still_claimed, **claimed) is not None
        if is_lost:
            # The sender that marked it let its lease expire.
            await self._finish(claim.workspace_id, row, "unknown", "sender_lost", was=_MARKED)
        return row if row["status"] == "pending" else None

    async def _compose(self, claim: Claim, row: Any) -> Message | None:
        """The mail, or None where it is not to be sent now. Raises NotToBeSent."""
        try:
            return await self._kind.compose(claim.workspace_id, row)
        except NotToBeSent:
            raise
        except Unavailable as refusal:
            await self._reschedule(claim.workspace_id, row, refusal.code, was=COMPOSED)
        except Exception as error:  # noqa: BLE001 - a mail that cannot be composed is given up when its time is over, and said to have failed
            facts = {"error": cause(error), "at": place(error), **self.log_fields(claim)}
            _log.error("a mail could not be composed", extra=facts)
            await self._reschedule(claim.workspace_id, row, "not_composed", asked=_AFTER_A_DEFECT, was=COMPOSED)
        return None

    async def _begin_sending(self, claim: Claim, row: Any, address: KnownBy) -> str | None:
        """Marks the mail as being sent and begins the lease. Returns its return path, which is empty where reports are not received.

        None if it was moved, cancelled or sent meanwhile, or is another's to send. Raises NotToBeSent if the address is not mailed any more.
        """
        if asyncio.get_running_loop().time() >= claim.ends:
            return None
        held_status = self._kind.held_status if self._kind.may_be_held(row) else None
        async with self._runtime.background(claim.workspace_id) as work:
            guarded = {name: row[name] for name in self._kind.guard}
            if await work.db.maybe(self._kind.begin_sending, id=row["id"], **guarded) is None:
                return None
            await work.db.run(store.renew, kind=self._kind.name, item_id=row["id"], expires_at=work.now + self._lease)
            # Where nothing goes there any more, the mark is taken back with the transaction.
            return await self._channel.begin(work, self._kind.name, row, address, held_status)

    async def _reschedule(
        self, workspace_id: UUID, row: Any, reason: str, *, asked: timedelta = timedelta(), was: Sequence[str] = _MARKED
    ) -> None:
        """Records when the mail is tried again, or that it has failed if there is no time left."""

        async def reschedule() -> str:
            async with self._runtime.background(workspace_id) as work:
                at = self._kind.next_attempt_at(row, work.now, asked)
                if at is None:
                    await self._write_end(work, row, "failed", reason, was)
                    return "failed"
                await work.db.run(self._kind.reschedule, id=row["id"], at=at, reason=reason, statuses=list(was))
                return "deferred"

        self._report(row, await self._write(reschedule), reason)

    async def _finish(
        self,
        workspace_id: UUID,
        row: Any,
        status: str,
        reason: str | None,
        *,
        was: Sequence[str] = _ENDED,
        bounced: Reason | None = None,
        address: KnownBy = NOWHERE,
    ) -> None:
        """Records the final status of the mail, and why the server takes none for its address."""

        async def finish() -> str:
            async with self._runtime.background(workspace_id) as work:
                await self._write_end(work, row, status, reason, was)
                if bounced is not None:
                    await self._channel.record_bounce(work, self._kind.name, row, address, bounced)
            return status

        self._report(row, await self._write(finish), reason)

    async def _write_end(self, work: UnitOfWork, row: Any, status: str, reason: str | None, was: Sequence[str]) -> None:
        sent_at = work.now if status == "sent" else None
        if await work.db.run(self._kind.finish, id=row["id"], status=status, sent_at=sent_at, reason=reason, statuses=list(was)):
            self._kind.record(work, row, status, reason)

    async def _write(self, write: Callable[[], Awaitable[str]]) -> str:
        """Records an outcome, trying again for half of the lease if the database refuses. Raises the last refusal."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self._lease.total_seconds() / 2
        failures = 0
        while True:
            try:
                return await write()
            except Refusal:
                if loop.time() > give_up:
                    raise
                failures += 1
                await asyncio.sleep(_WRITE_AGAIN.delay(failures))

    def _report(self, row: Any, outcome: str, reason: str | None) -> None:
        _MAILS.labels(self._kind.name, outcome).inc()
        level = logging.INFO if outcome in {"sent", "skipped", "cancelled", "dropped"} else logging.WARNING
        facts = {"kind": self._kind.name, "item_id": str(row["id"]), "outcome": outcome, "reason": reason, "attempts": row["attempts"] + 1}
        _log.log(level, "a mail was handled", extra=facts)


def _accepted(statement: Statement, **values: Any) -> dict[str, Any]:
    """Those of the values that the statement has a parameter for."""
    return {name: value for name, value in values.items() if name in statement.names}


def _status(failure: DeliveryFailure) -> str:
    match failure:
        case UnknownOutcome():
            return "unknown"
        case PermanentFailure(bounced=reason) if reason is not None:
            return "bounced"
        case _:
            return "failed"

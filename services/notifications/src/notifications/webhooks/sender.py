"""Sends messages to webhooks: claims a webhook, marks the messages that are next, sends them, and records the answers.

One sender at a time has a webhook, by a lease that it renews; the others' are not affected by one that does not answer. The marks are committed
before the requests are sent. If the process dies in between, whoever claims the webhook next sends them again: under the same id, by which a
receiver knows them. Of what happens to the same aggregate the next message waits until the one before it was delivered, or was given up.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.webhooks import record, rules, store, workflow
from notifications.webhooks.outgoing import Answer, Outgoing

_log = logging.getLogger(__name__)
_MESSAGES = Counter("caseload_webhook_attempts_total", "Attempts to send a message to a webhook, by outcome.", ["outcome"])
# After so long a webhook goes to the end of the line, however much waits for it.
_SECONDS_IN_A_ROW = 10.0


@dataclass(slots=True)
class Claim:
    """A webhook that this process may send to while its lease lasts."""

    workspace_id: UUID
    webhook_id: UUID
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that are marked as being sent, where to, and what signs them."""

    url: str
    secrets: Sequence[str]
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Any
    answer: Answer
    at: datetime

    @property
    def is_success(self) -> bool:
        return self.answer.status is not None and rules.is_success(self.answer.status)

    @property
    def is_gone(self) -> bool:
        return rules.is_gone(self.answer.status)

    @property
    def pause(self) -> timedelta | None:
        return rules.retry_after(self.answer.retry_after, now=self.at)

    @property
    def next_attempt_at(self) -> datetime | None:
        return rules.next_attempt_at(self.row["attempts"] + 1, now=self.at, give_up_at=self.row["give_up_at"], asked=self.pause)


class WebhookSender:
    def __init__(self, runtime: Runtime, outgoing: Outgoing, users: UsersStub) -> None:
        self._runtime = runtime
        self._outgoing = outgoing
        self._users = users
        self._lease = timedelta(seconds=runtime.settings.webhook_lease_seconds)
        self._at_once: int = runtime.settings.webhook_messages_at_once

    async def claim(self, limit: int) -> Sequence[Claim]:
        """Claims up to `limit` webhooks of any workspace that are due. Raises Unavailable."""
        async with self._runtime.database.transaction(None, seconds=10.0) as tx:
            rows = await tx.all(store.claim, limit=limit, lease=self._lease)
        return [Claim(row["workspace_id"], row["webhook_id"], row["leased_until"]) for row in rows]

    async def send(self, claim: Claim) -> None:
        """Sends what is due, for some seconds at most. Raises Unavailable."""
        began = time.monotonic()
        batch = await self._next(claim, [], is_first=True)
        while batch is not None:
            outcomes = await asyncio.gather(*(self._post(batch, row) for row in batch.rows))
            batch = await self._next(claim, outcomes, is_last=time.monotonic() - began > _SECONDS_IN_A_ROW)

    def log_fields(self, claim: Claim) -> Mapping[str, str]:
        return {"webhook_id": str(claim.webhook_id)}

    async def _post(self, batch: Batch, row: Any) -> Outcome:
        body, timestamp = row["body"].encode(), int(time.time())
        headers = {
            "content-type": "application/json",
            "user-agent": "Caseload-Webhooks/1",
            "webhook-id": str(row["id"]),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": rules.signature(batch.secrets, str(row["id"]), timestamp, body),
        }
        answer = await self._outgoing.post(batch.url, body, headers)
        return Outcome(row, answer, datetime.now(UTC))

    async def _next(self, claim: Claim, outcomes: Sequence[Outcome], *, is_first: bool = False, is_last: bool = False) -> Batch | None:
        """Records outcomes and marks the messages that are next, in one transaction; None where the webhook is another's, or none are due."""
        keys = await self._runtime.keys.of(claim.workspace_id)
        async with self._runtime.background(claim.workspace_id) as work:
            told = await self._overseers(work, outcomes)
            held = await work.db.maybe(store.hold, webhook_id=claim.webhook_id, leased_until=claim.leased_until, lease=self._lease)
            if held is None:
                await self._record_successes(work, outcomes)
                return None
            claim.leased_until = held["leased_until"]
            if is_first:
                await work.db.run(store.put_back, webhook_id=claim.webhook_id, now=work.now)
            failures, rests_until = await self._record(work, claim, held, outcomes, told)
            webhook = await work.db.maybe(store.get_webhook, id=claim.webhook_id)
            if webhook is None or not webhook["is_active"]:
                # Claimed again until none is left.
                is_more = await workflow.give_up_some(work, claim.webhook_id)
                await work.db.run(store.release, webhook_id=claim.webhook_id, due_at=work.now if is_more else None)
                return None
            limit = 0 if is_last or rests_until is not None else rules.at_once(failures, most=self._at_once)
            rows = await work.db.all(store.due_deliveries, webhook_id=claim.webhook_id, now=work.now, limit=limit)
            if not rows:
                await self._release(work, claim)
                return None
            await work.db.run(store.begin_sending, ids=[row["id"] for row in rows])
            sealed = record.open_sealed(webhook, keys)
            return Batch(sealed.url, record.secrets(webhook, sealed, now=work.now), rows)

    async def _overseers(self, work: UnitOfWork, outcomes: Sequence[Outcome]) -> Sequence[str]:
        """Whom to tell, should the webhook be disabled; asked for where that may be."""
        if not any(outcome.is_gone or (not outcome.is_success and outcome.next_attempt_at is None) for outcome in outcomes):
            return ()
        return (await self._users.ListOverseers(users_pb2.ListOverseersRequest(), work.context)).user_ids

    async def _record(
        self, work: UnitOfWork, claim: Claim, held: Any, outcomes: Sequence[Outcome], told: Sequence[str]
    ) -> tuple[int, datetime | None]:
        """Records the answers, and what follows from them. Returns the number of failures in a row, and until when to pause if at all."""
        failures: int = held["failures"]
        if not outcomes:
            return failures, None
        for outcome in outcomes:
            next_attempt_at = None if outcome.is_success or outcome.is_gone else outcome.next_attempt_at
            status = "delivered" if outcome.is_success else "failed" if next_attempt_at is None else "pending"
            await work.db.maybe(store.settle, **_facts(outcome), status=status, next_attempt_at=next_attempt_at)
            self._report(claim, outcome, status)
        successes = [outcome.at for outcome in outcomes if outcome.is_success]
        failures = 0 if successes else failures + len(outcomes)
        pauses = [outcome.pause for outcome in outcomes if outcome.pause is not None and not outcome.is_success]
        rests_until = rules.rests_until(failures, now=work.now, asked=max(pauses, default=None))
        succeeded_at = max(successes, default=None)
        await work.db.run(
            store.note_answers, webhook_id=claim.webhook_id, failures=failures, rests_until=rests_until, succeeded_at=succeeded_at
        )
        if reason := _reason_to_disable(outcomes, max(filter(None, (held["succeeded_at"], succeeded_at)), default=None)):
            await workflow.disable(work, claim.webhook_id, reason, told=told)
        return failures, rests_until

    async def _record_successes(self, work: UnitOfWork, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.is_success:
                await work.db.maybe(store.settle_success, **_facts(outcome), status="delivered", next_attempt_at=None)

    async def _release(self, work: UnitOfWork, claim: Claim) -> None:
        following = await work.db.maybe(store.next_due, webhook_id=claim.webhook_id)
        # Behind all that waits by now.
        due_at = None if following is None else max(following["next_attempt_at"], work.now)
        await work.db.run(store.release, webhook_id=claim.webhook_id, due_at=due_at)

    def _report(self, claim: Claim, outcome: Outcome, status: str) -> None:
        _MESSAGES.labels("retried" if status == "pending" else status).inc()
        facts = {
            "webhook_id": str(claim.webhook_id),
            "delivery_id": str(outcome.row["id"]),
            "outcome": status,
            "response_status": outcome.answer.status,
            "reason": outcome.answer.error,
            "attempts": outcome.row["attempts"] + 1,
        }
        _log.log(logging.INFO if outcome.is_success else logging.WARNING, "a webhook was sent a message", extra=facts)


def _facts(outcome: Outcome) -> dict[str, Any]:
    return {"id": outcome.row["id"], "response_status": outcome.answer.status, "error": outcome.answer.error}


def _reason_to_disable(outcomes: Sequence[Outcome], succeeded_at: datetime | None) -> str | None:
    """Why the webhook gets no message any more: it says that it is gone, or has answered none since one was made that is given up."""
    if any(outcome.is_gone for outcome in outcomes):
        return "gone"
    for outcome in outcomes:
        is_given_up = not outcome.is_success and outcome.next_attempt_at is None
        if is_given_up and (succeeded_at is None or succeeded_at < outcome.row["created_at"]):
            return "unanswered"
    return None

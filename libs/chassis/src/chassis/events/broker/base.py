"""What both transports promise: at least once to every queue, counted retries, and a dead letter instead of silence."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from prometheus_client import Counter

from chassis.events.broker.retry import Again, DeliveryCount, Retries
from chassis.observability.redaction import cause, place
from chassis.work.envelope import Envelope

_log = logging.getLogger(__name__)
_REACTED = Counter("caseload_reactions_total", "Deliveries by queue and what became of them.", ["queue", "outcome"])


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that a reaction failed to handle as often as it may. `error` is a class name and a code, never an exception's own words."""

    queue: str
    envelope: Envelope
    error: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """One queue and what takes from it.

    `handle` gets the envelope and the number of the attempt, from 1. `keep_dead_letter` stores what is given up, where the
    transport has no dead-letter queue of its own. `seconds` bounds one attempt, `concurrency` how many run at once in this process.
    `handle_many`, where there is one, does first attempts at several events of one workspace together: all or none.
    """

    queue: str
    type: str
    handle: Callable[[Envelope, int], Awaitable[None]]
    keep_dead_letter: Callable[[DeadLetter], Awaitable[None]]
    concurrency: int = 16
    seconds: float = 60.0
    handle_many: Callable[[Sequence[Envelope]], Awaitable[None]] | None = None


class Broker(Protocol):
    """Carries envelopes to the queues that subscribe to their type."""

    async def subscribe(self, subscription: Subscription) -> None:
        """Begins to take from the queue, now or as soon as the transport is up. A queue is subscribed to once."""

    async def publish(self, envelope: Envelope) -> None:
        """Returns once every queue that takes this type has stored the event. Raises Unroutable or BrokerDown."""

    async def send(self, queue: str, envelope: Envelope) -> None:
        """The same for one queue alone: how a dead letter is replayed."""

    def hint(self, kind: str, workspace_id: UUID) -> None:
        """Tells whoever listens at this moment to look at the workspace. Returns at once; it may be lost (chassis/events/hints.py)."""

    async def drain(self, grace: float = 10.0) -> None:
        """Takes no more deliveries, and waits up to `grace` seconds for those that run."""

    async def close(self) -> None:
        """Closes every connection; what was not confirmed is delivered again elsewhere."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to: done, to be tried again, or given up because of `error`."""

    again: Again | None = None
    error: str = ""
    count: DeliveryCount = field(default_factory=DeliveryCount)

    @property
    def done(self) -> bool:
        return not self.error


async def attempt(subscription: Subscription, envelope: Envelope, count: DeliveryCount, retries: Retries) -> Outcome:
    """Runs the reaction once and returns what follows from it. When it is cancelled, the delivery stays unacknowledged and comes again."""
    try:
        async with asyncio.timeout(subscription.seconds):
            await subscription.handle(envelope, count.attempt)
    except Exception as error:  # noqa: BLE001 - a reaction may fail in any way; each is counted and ends in a dead letter
        again = retries.after(error, count)
        outcome = "dead" if again is None else "retried"
        _REACTED.labels(subscription.queue, outcome).inc()
        _log.log(
            logging.ERROR if again is None else logging.WARNING,
            "a delivery failed",
            extra={
                "queue": subscription.queue,
                "event_id": str(envelope.id),
                "type": envelope.type,
                "request_id": envelope.request_id,
                "attempt": count.attempt,
                "waits": count.unavailable,
                "error": cause(error),
                "at": place(error),
                "outcome": outcome,
            },
        )
        return Outcome(again, cause(error), count)
    _REACTED.labels(subscription.queue, "done").inc()
    return Outcome()


async def attempt_together(subscription: Subscription, envelopes: Sequence[Envelope]) -> bool:
    """Makes the first attempt at events of one workspace together; False when each is to be attempted by itself instead."""
    if subscription.handle_many is None or len(envelopes) == 1:
        return False
    try:
        async with asyncio.timeout(subscription.seconds):
            await subscription.handle_many(envelopes)
    except Exception as error:  # noqa: BLE001 - by themselves they show which of them fails, and that is counted and told there
        facts = {"queue": subscription.queue, "events": len(envelopes), "error": cause(error), "at": place(error)}
        _log.info("events that fail together are taken one by one", extra=facts)
        return False
    _REACTED.labels(subscription.queue, "done").inc(len(envelopes))
    return True

"""What both transports promise: at least once to every queue, counted retries, and a dead letter instead of silence."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from prometheus_client import Counter

from chassis.envelope import Envelope
from chassis.errors import Refusal, Unavailable

_log = logging.getLogger(__name__)

_REACTED = Counter("caseload_reactions_total", "Deliveries by queue and what became of them.", ["queue", "outcome"])


class Unroutable(Exception):
    """No queue is bound to this type of event, or there is no such queue. Nothing was lost: the outbox still has it."""


class BrokerDown(Exception):
    """The broker cannot be asked at the moment; this says nothing against the event."""


class Malformed(Exception):
    """A delivery that no number of attempts will make readable."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that a queue's reaction gave up on. `error` is a kind and a code, never an exception's own words."""

    queue: str
    envelope: Envelope
    error: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """One queue and what takes from it.

    `handle` gets the envelope and the number of the attempt, from 1. `bury` keeps what died, where the transport
    has no place of its own for it. `seconds` bounds one attempt, `concurrency` how many run at once in this process.
    `handle_many`, where there is one, does first attempts at several events of one workspace together: all or none.
    """

    queue: str
    type: str
    handle: Callable[[Envelope, int], Awaitable[None]]
    bury: Callable[[DeadLetter], Awaitable[None]]
    concurrency: int = 16
    seconds: float = 60.0
    handle_many: Callable[[Sequence[Envelope]], Awaitable[None]] | None = None


class Broker(Protocol):
    """Carries envelopes to the queues that subscribe to their type."""

    async def subscribe(self, subscription: Subscription) -> None:
        """Begins to take from the queue, now or as soon as the transport is up. A queue is subscribed to once."""

    async def publish(self, envelope: Envelope) -> None:
        """Returns once every bound queue answers for the event. Raises Unroutable or BrokerDown."""

    async def send(self, queue: str, envelope: Envelope) -> None:
        """The same for one queue alone: how a dead letter is replayed."""

    async def drain(self, grace: float = 10.0) -> None:
        """Takes no more deliveries, and waits up to `grace` seconds for those that run."""

    async def close(self) -> None:
        """Lets go of everything; what was not confirmed is delivered again elsewhere."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a delivery has been tried, and how often of these it only met a part of the house that was away."""

    attempt: int = 1
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """Try once more after `delay` seconds."""

    delay: float
    tally: Tally


@dataclass(frozen=True, slots=True)
class Retries:
    """When a failed delivery is tried again, and when it is given up.

    A failure counts: the event is tried `len(delays) + 1` times. That something it needs is Unavailable is not the
    event's fault: it waits by those delays that are no longer than `longest_wait`, the last one over and over, `waits`
    times (by default about a day). So what comes back is found within a minute, however long it was away.
    """

    delays: tuple[float, ...] = (1.0, 10.0, 60.0, 600.0)
    longest_wait: float = 60.0
    waits: int = 1450

    def __post_init__(self) -> None:
        if not self.delays:
            raise ValueError("at least one delay is needed")

    def after(self, error: BaseException, tally: Tally) -> Again | None:
        """What is to follow a failure; None for giving up."""
        match error:
            case Malformed():
                return None
            case Unavailable() if tally.waits < self.waits:
                delays = [delay for delay in self.delays if delay <= self.longest_wait] or self.delays[:1]
                return Again(delays[min(tally.waits, len(delays) - 1)], Tally(tally.attempt, tally.waits + 1))
            case _ if tally.attempt <= len(self.delays):
                return Again(self.delays[tally.attempt - 1], Tally(tally.attempt + 1, tally.waits))
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to: done, to be tried again, or given up because of `error`."""

    again: Again | None = None
    error: str = ""
    tally: Tally = field(default_factory=Tally)

    @property
    def done(self) -> bool:
        return not self.error


async def attempt(subscription: Subscription, envelope: Envelope, tally: Tally, retries: Retries) -> Outcome:
    """Makes one attempt and says what is to follow; cancelled, it says nothing and the delivery remains."""
    try:
        async with asyncio.timeout(subscription.seconds):
            await subscription.handle(envelope, tally.attempt)
    except Exception as error:  # noqa: BLE001 - a reaction may fail in any way; each is counted and ends in a dead letter
        again = retries.after(error, tally)
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
                "attempt": tally.attempt,
                "waits": tally.waits,
                "error": cause(error),
                "at": place(error),
                "outcome": outcome,
            },
        )
        return Outcome(again, cause(error), tally)
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


def cause(error: BaseException) -> str:
    """An error's kind, and a refusal's code. Its own words may quote a row, and with it PHI."""
    if isinstance(error, Refusal):
        return f"{type(error).__name__}:{error.code}"
    return type(error).__name__


def place(error: BaseException) -> str:
    """Where an error was raised: file and line, which quote nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""

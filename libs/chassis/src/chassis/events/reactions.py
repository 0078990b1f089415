"""Reactions: what a service does about an event. The effect and the inbox row that remembers it are one transaction.

An event is taken only with the signature of a service that may announce it; any other is a dead letter at once.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message
from prometheus_client import Counter

from chassis.db.database import Database
from chassis.events.broker.base import DeadLetter, Subscription
from chassis.events.broker.errors import Malformed, Untrusted
from chassis.events.dead_letters import keep_dead_letter
from chassis.events.delivery import Delivery
from chassis.events.inbox import AlreadyHandled
from chassis.events.signatures import EventVerifier
from chassis.observability.redaction import cause
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import OutboxWriter

EventT = TypeVar("EventT", bound=Message)
_log = logging.getLogger(__name__)
_UNTRUSTED = Counter("caseload_events_untrusted_total", "Events that no service that may announce them has signed.", ["queue", "reason"])


@dataclass(frozen=True, slots=True)
class Reaction:
    """An effect, the event it follows and the queue it takes it from. `seconds` bounds one attempt.

    The effect of a reaction that takes events `together` gets a sequence of them, all of one workspace. One that `erases`
    works as the service's eraser, the role that may delete what is kept for good otherwise. Events of an erased workspace are
    acknowledged without effect, unless the reaction takes those `of_erased` ones too.
    """

    event: type[Message]
    queue: str
    effect: Callable[[Any, Delivery], Awaitable[None]]
    concurrency: int
    seconds: float
    together: bool = False
    erases: bool = False
    of_erased: bool = False


def on(
    event: type[EventT], *, queue: str, concurrency: int = 16, seconds: float = 30.0, erases: bool = False, of_erased: bool = False
) -> Callable[[Callable[[EventT, Delivery], Awaitable[None]]], Reaction]:
    """Makes a function the reaction to an event. The queue's name belongs to the deployment; the function's does not."""

    def reaction(effect: Callable[[EventT, Delivery], Awaitable[None]]) -> Reaction:
        return Reaction(event, queue, effect, concurrency, seconds, erases=erases, of_erased=of_erased)

    return reaction


def on_many(
    event: type[EventT], *, queue: str, concurrency: int = 16, seconds: float = 30.0, of_erased: bool = False
) -> Callable[[Callable[[Sequence[EventT], Delivery], Awaitable[None]]], Reaction]:
    """The same for events so frequent that those which arrive together are better kept together, in one transaction.

    `delivery.taken` says of each, at the same place, when it happened. Should the effect fail, each event is taken by itself, so that one
    which cannot be kept holds up no other.
    """

    def reaction(effect: Callable[[Sequence[EventT], Delivery], Awaitable[None]]) -> Reaction:
        return Reaction(event, queue, effect, concurrency, seconds, together=True, of_erased=of_erased)

    return reaction


def subscription(reaction: Reaction, *, service: str, database: Database, outbox: OutboxWriter, verifier: EventVerifier) -> Subscription:
    """The reaction as a broker takes it."""

    async def react(envelopes: Sequence[Envelope], attempt: int) -> None:
        announced_by = _announcer(reaction, envelopes, verifier)
        delivery = Delivery(
            envelopes,
            queue=reaction.queue,
            service=service,
            database=database,
            outbox=outbox,
            seconds=reaction.seconds,
            attempt=attempt,
            announced_by=announced_by,
            of_erased=reaction.of_erased,
        )
        try:
            events = {envelope.id: reaction.event.FromString(envelope.payload) for envelope in envelopes}
        except DecodeError as wrong:
            raise Malformed from wrong
        try:
            async with delivery:
                try:
                    if reaction.together:
                        # The inbox says which of them are new.
                        await delivery.db.connection()
                        await reaction.effect([events[envelope.id] for envelope in delivery.taken], delivery)
                    else:
                        await reaction.effect(events[delivery.event_id], delivery)
                        # An effect without a statement is recorded too.
                        await delivery.db.connection()
                except Exception:
                    if delivery.inbox.already_handled:
                        raise AlreadyHandled from None
                    raise
        except AlreadyHandled:
            # Errors raised by `afterwards` are not caught here.
            return

    async def handle(envelope: Envelope, attempt: int) -> None:
        try:
            await react([envelope], attempt)
        except Untrusted as wrong:
            _UNTRUSTED.labels(reaction.queue, cause(wrong)).inc()
            facts = {"queue": reaction.queue, "event_id": str(envelope.id), "type": envelope.type, "error": cause(wrong)}
            _log.error("an event is not signed by a service that may announce it", extra=facts)
            raise

    async def handle_many(envelopes: Sequence[Envelope]) -> None:
        await react(envelopes, 1)

    async def keep(dead_letter: DeadLetter) -> None:
        async with database.transaction(dead_letter.envelope.workspace_id, seconds=10.0) as tx:
            await keep_dead_letter(tx, database.schema, dead_letter)

    return Subscription(
        queue=reaction.queue,
        type=reaction.event.DESCRIPTOR.full_name,
        handle=handle,
        keep_dead_letter=keep,
        concurrency=reaction.concurrency,
        seconds=reaction.seconds,
        handle_many=handle_many if reaction.together else None,
    )


def _announcer(reaction: Reaction, envelopes: Sequence[Envelope], verifier: EventVerifier) -> str:
    """The service that announced the events. Raises Untrusted or Malformed; ValueError when there are several, which are taken one by one."""
    if any(envelope.type != reaction.event.DESCRIPTOR.full_name for envelope in envelopes):
        raise Malformed
    announcers = {verifier.announcer(envelope) for envelope in envelopes}
    if len(announcers) > 1:
        raise ValueError("events of several services are not taken together")
    return announcers.pop()

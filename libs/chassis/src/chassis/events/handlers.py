"""Reactions: what a service does about an event. The effect and the inbox row that remembers it are one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message

from chassis.db.database import Database
from chassis.events.broker.base import Broker, DeadLetter, Subscription
from chassis.events.broker.errors import Malformed
from chassis.events.dead_letters import bury
from chassis.events.delivery import Delivery
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import carried_through

EventT = TypeVar("EventT", bound=Message)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An effect, the event it follows and the queue it takes it from. `seconds` bounds one attempt.

    The effect of a reaction that takes events `together` gets a sequence of them, all of one workspace.
    """

    event: type[Message]
    queue: str
    effect: Callable[[Any, Delivery], Awaitable[None]]
    concurrency: int
    seconds: float
    together: bool = False


def on(
    event: type[EventT], *, queue: str, concurrency: int = 16, seconds: float = 30.0
) -> Callable[[Callable[[EventT, Delivery], Awaitable[None]]], Reaction]:
    """Makes a function the reaction to an event. The queue's name belongs to the deployment; the function's does not."""

    def reaction(effect: Callable[[EventT, Delivery], Awaitable[None]]) -> Reaction:
        return Reaction(event, queue, effect, concurrency, seconds)

    return reaction


def on_many(
    event: type[EventT], *, queue: str, concurrency: int = 16, seconds: float = 30.0
) -> Callable[[Callable[[Sequence[EventT], Delivery], Awaitable[None]]], Reaction]:
    """The same for events so frequent that those which arrive together are better kept together, in one transaction.

    Should that fail, each is taken by itself, so that one which cannot be kept holds up no other.
    """

    def reaction(effect: Callable[[Sequence[EventT], Delivery], Awaitable[None]]) -> Reaction:
        return Reaction(event, queue, effect, concurrency, seconds, together=True)

    return reaction


class Reactor:
    """Hands a service's reactions to a broker."""

    def __init__(self, runtime: Any, broker: Broker, reactions: Sequence[Reaction]) -> None:
        self._runtime = runtime
        self._broker = broker
        self._reactions = reactions

    async def start(self) -> None:
        runtime = self._runtime
        for reaction in self._reactions:
            await self._broker.subscribe(
                subscription(reaction, service=runtime.name, database=runtime.database, runtime=runtime, written=runtime.bell.ring)
            )

    async def stop(self) -> None:
        """Takes no more deliveries and finishes what runs."""
        await self._broker.drain()


def subscription(reaction: Reaction, *, service: str, database: Database, runtime: Any, written: Callable[[], None]) -> Subscription:
    """The reaction as a broker takes it. `written` is called when the effect has put events of its own into the outbox."""

    async def react(envelopes: Sequence[Envelope], attempt: int) -> None:
        delivery = Delivery(
            envelopes,
            queue=reaction.queue,
            service=service,
            database=database,
            seconds=reaction.seconds,
            attempt=attempt,
            runtime=runtime,
        )
        try:
            events = {envelope.id: reaction.event.FromString(envelope.payload) for envelope in envelopes}
        except DecodeError as wrong:
            raise Malformed from wrong
        try:
            if reaction.together:
                # Which of them are new is for the inbox to say.
                await delivery.db.connection()
                await reaction.effect([event for id_, event in events.items() if id_ in delivery.db.claimed], delivery)
            else:
                await reaction.effect(events[delivery.event_id], delivery)
                # An effect that touched nothing is remembered too.
                await delivery.db.connection()
            announced = await carried_through(delivery.commit())
        except BaseException as error:
            done_before = delivery.db.done_before
            await carried_through(delivery.rollback())
            if done_before and isinstance(error, Exception):
                return
            raise
        if announced:
            written()
        await delivery.run_afterwards()

    async def handle(envelope: Envelope, attempt: int) -> None:
        await react([envelope], attempt)

    async def handle_many(envelopes: Sequence[Envelope]) -> None:
        await react(envelopes, 1)

    async def keep(letter: DeadLetter) -> None:
        async with database.transaction(letter.envelope.workspace_id, seconds=10.0) as tx:
            await bury(tx, database.schema, letter)

    return Subscription(
        queue=reaction.queue,
        type=reaction.event.DESCRIPTOR.full_name,
        handle=handle,
        bury=keep,
        concurrency=reaction.concurrency,
        seconds=reaction.seconds,
        handle_many=handle_many if reaction.together else None,
    )

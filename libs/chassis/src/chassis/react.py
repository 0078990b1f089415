"""Reactions: what a service does about an event. The effect and the inbox row that remembers it are one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import DecodeError, Message

from chassis.broker.protocol import Broker, DeadLetter, Malformed, Subscription
from chassis.call import Call, Caller, carried_through
from chassis.db import Database, Transaction, refusals
from chassis.dead_letters import bury
from chassis.envelope import Envelope

EventT = TypeVar("EventT", bound=Message)


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


class DoneBefore(Exception):
    """The effect of every event of this delivery is committed already."""


class InboxTransaction(Transaction):
    """A transaction whose first statement claims the events; DoneBefore when all of them are another's."""

    __slots__ = ("_delivery", "claimed", "done_before")

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(delivery.database, delivery.workspace_id, delivery.deadline)
        self._delivery = delivery
        self.claimed: frozenset[UUID] = frozenset()
        self.done_before = False

    async def _begin(self, *, only_reads: bool = False) -> Any:
        if self.done_before:
            raise DoneBefore
        if not self.begun:
            connection = await super()._begin()
            # Waits for a twin that is being handled elsewhere: its end decides whether this one is the second.
            # In one order everywhere, so that two that claim several never wait for each other.
            with refusals():
                rows = await connection.fetch(
                    f"INSERT INTO {self._delivery.database.schema}.inbox (workspace_id, queue, event_id)"
                    " SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id",
                    self.workspace_id,
                    self._delivery.queue,
                    sorted(self._delivery.event_ids),
                    timeout=self._remaining(),
                )
            self.claimed = frozenset(row["event_id"] for row in rows)
            if not self.claimed:
                self.done_before = True
                raise DoneBefore
        return await super()._begin(only_reads=only_reads)


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

"""Reactions: what a service does about an event. The effect and the inbox row that remembers it are one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message

from chassis.broker.protocol import Broker, DeadLetter, Malformed, Subscription
from chassis.call import Call, Caller
from chassis.db import Database, Transaction
from chassis.dead_letters import bury
from chassis.envelope import Envelope

EventT = TypeVar("EventT", bound=Message)


class Delivery(Call):
    """One event on one queue, while it is being reacted to: a Call on the service's own behalf, in the event's workspace.

    Its transaction begins with the inbox row, so whatever else it holds happens once. `attempt` counts from 1;
    `runtime` is the service's own.
    """

    __slots__ = ("attempt", "event_id", "queue", "runtime")

    def __init__(
        self, envelope: Envelope, *, queue: str, service: str, database: Database, seconds: float, attempt: int, runtime: Any
    ) -> None:
        super().__init__(
            Caller(workspace_id=envelope.workspace_id, service=service),
            database,
            deadline=asyncio.get_running_loop().time() + seconds,
            request_id=envelope.request_id,
            traceparent=envelope.traceparent or None,
        )
        self.queue = queue
        self.event_id = envelope.id
        self.attempt = attempt
        self.runtime = runtime

    @property
    def db(self) -> "InboxTransaction":
        if self._tx is None:
            self._tx = InboxTransaction(self)
        assert isinstance(self._tx, InboxTransaction)
        return self._tx


class DoneBefore(Exception):
    """The effect of this event on this queue is committed already."""


class InboxTransaction(Transaction):
    """A transaction whose first statement claims the event; DoneBefore when it is another's."""

    __slots__ = ("_delivery", "done_before")

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(delivery.database, delivery.workspace_id, delivery.deadline)
        self._delivery = delivery
        self.done_before = False

    async def _begin(self) -> Any:
        if self.done_before:
            raise DoneBefore
        if not self.begun:
            connection = await super()._begin()
            # Waits for a twin that is being handled elsewhere: its end decides whether this one is the second.
            claimed = await connection.execute(
                f"INSERT INTO {self._delivery.database.schema}.inbox (workspace_id, queue, event_id)"
                " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                self.workspace_id,
                self._delivery.queue,
                self._delivery.event_id,
                timeout=self._remaining(),
            )
            if claimed == "INSERT 0 0":
                self.done_before = True
                raise DoneBefore
        return await super()._begin()


@dataclass(frozen=True, slots=True)
class Reaction:
    """An effect, the event it follows and the queue it takes it from. `seconds` bounds one attempt."""

    event: type[Message]
    queue: str
    effect: Callable[[Any, Delivery], Awaitable[None]]
    concurrency: int
    seconds: float


def on(
    event: type[EventT], *, queue: str, concurrency: int = 16, seconds: float = 30.0
) -> Callable[[Callable[[EventT, Delivery], Awaitable[None]]], Reaction]:
    """Makes a function the reaction to an event. The queue's name belongs to the deployment; the function's does not."""

    def reaction(effect: Callable[[EventT, Delivery], Awaitable[None]]) -> Reaction:
        return Reaction(event, queue, effect, concurrency, seconds)

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

    async def handle(envelope: Envelope, attempt: int) -> None:
        delivery = Delivery(
            envelope,
            queue=reaction.queue,
            service=service,
            database=database,
            seconds=reaction.seconds,
            attempt=attempt,
            runtime=runtime,
        )
        try:
            event = reaction.event.FromString(envelope.payload)
        except DecodeError as wrong:
            raise Malformed from wrong
        try:
            await reaction.effect(event, delivery)
            # An effect that touched nothing is remembered too.
            await delivery.db.connection()
            announced = await _to_the_end(delivery.commit())
        except BaseException as error:
            done_before = delivery.db.done_before
            await _to_the_end(delivery.rollback())
            if done_before and isinstance(error, Exception):
                return
            raise
        if announced:
            written()
        await delivery.run_afterwards()

    async def keep(letter: DeadLetter) -> None:
        async with database.transaction(letter.envelope.workspace_id, seconds=10.0) as tx:
            await bury(await tx.connection(), database.schema, letter)

    return Subscription(
        queue=reaction.queue,
        type=reaction.event.DESCRIPTOR.full_name,
        handle=handle,
        bury=keep,
        concurrency=reaction.concurrency,
        seconds=reaction.seconds,
    )


async def _to_the_end(ending: Awaitable[bool | None]) -> bool | None:
    """A commit or rollback that has begun is carried through, whoever stops waiting for it."""
    task = asyncio.ensure_future(ending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise

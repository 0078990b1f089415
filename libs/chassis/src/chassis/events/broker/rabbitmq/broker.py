"""RabbitMQ: one topic exchange, one quorum queue per reaction, delay queues that lead back to it, and a queue for its dead.

Between its own queues a service moves messages by an exchange of its own: its account may publish nowhere else but to the exchange
of its announcements, which leads to the topic exchange (see rabbitmq_accounts.py). Without accounts it publishes to the topic exchange itself.

Events of one type that are published at the same time travel as one message, a parcel, since to the broker and to
both its sides a message costs the same whatever it holds. Taken from its queue, each of them is again by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity, ChannelPreconditionFailed, PublishError
from prometheus_client import Gauge

from chassis.events.broker.base import Broker, Subscription, attempt, attempt_together
from chassis.events.broker.errors import BrokerDown, Malformed, Unroutable
from chassis.events.broker.rabbitmq import messages
from chassis.events.broker.rabbitmq.batches import Batcher, Delivered, by_workspace
from chassis.events.broker.rabbitmq.connection import Link, Lost, losses
from chassis.events.broker.retry import DeliveryCount, Retries
from chassis.work.envelope import Envelope

_log = logging.getLogger(__name__)
_DEPTH = Gauge("caseload_queue_depth", "Messages ready in a queue.", ["queue"])
_SECONDS_TO_CONFIRM = 15.0
# A quorum queue is on disk before it is there: one after another, those of a service's very first start would take longer than its patience.
_EQUIPPED_AT_ONCE = 8
# Hints that are on their way to the broker; what comes on top is dropped.
_MOST_HINTS = 100
# Later than this, whoever listens has looked by themselves.
_SECONDS_FOR_A_HINT = 2.0


class RabbitBroker(Broker):
    """Publishes with confirms, persistent and mandatory; consumes with a bounded prefetch, and acknowledges after the effect.

    Publishing and consuming use a connection each, since a broker short of memory stops reading from publishers.
    Both come back by themselves; while they are gone `publish` raises BrokerDown and nothing is consumed.
    """

    def __init__(
        self,
        url: str,
        retries: Retries | None = None,
        *,
        exchange: str = messages.EVENTS,
        name: str = "caseload",
        measure_every: float = 15.0,
    ) -> None:
        self._exchange = exchange
        self._announcements = messages.announcements(urlsplit(url).username or "")
        self._published_to = exchange
        self._retries = retries or Retries()
        self._measure_every = measure_every
        self._subscriptions: dict[str, Subscription] = {}
        self._publishing = Link(url, f"{name}-publish", self._equip_publisher)
        self._consuming = Link(url, f"{name}-consume", self._equip_consumers)
        self._publisher: AbstractChannel | None = None
        self._batcher = Batcher(lambda type_, envelopes: self._put(None, type_, messages.parcel(envelopes)))
        self._room: dict[str, asyncio.Semaphore] = {}
        self._tags: list[tuple[Any, str]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._hinting: set[asyncio.Task[None]] = set()
        self._draining = False

    async def subscribe(self, subscription: Subscription) -> None:
        if subscription.queue in self._subscriptions:
            raise ValueError(f"two reactions on one queue: {subscription.queue}")
        self._subscriptions[subscription.queue] = subscription
        # Prefetch counts messages, and a message may hold many events: this bounds how many reactions run at once.
        self._room[subscription.queue] = asyncio.Semaphore(subscription.concurrency)
        self._publishing.start()
        if self._consuming.started:
            # A running connection gains a consumer by being equipped anew, the same way as after a loss.
            self._consuming.renew()
        else:
            self._consuming.start()

    async def publish(self, envelope: Envelope) -> None:
        await self._batcher.add(envelope)

    async def send(self, queue: str, envelope: Envelope) -> None:
        await self._put(messages.own_exchange(queue), queue, messages.message(envelope))

    def hint(self, kind: str, workspace_id: UUID) -> None:
        if self._draining:
            return
        self._publishing.start()
        if len(self._hinting) < _MOST_HINTS:
            task = asyncio.create_task(self._hint(kind, workspace_id), name="hint")
            self._hinting.add(task)
            task.add_done_callback(self._hinting.discard)

    async def drain(self, grace: float = 10.0) -> None:
        self._draining = True
        for queue, tag in self._tags:
            with suppress(Lost), losses():
                await queue.cancel(tag, timeout=2.0)
        if self._running:
            await asyncio.wait(self._running, timeout=grace)

    async def close(self) -> None:
        self._draining = True
        await self._consuming.close()
        for task in (*self._running, *self._hinting):
            task.cancel()
        await asyncio.gather(*self._running, *self._hinting, return_exceptions=True)
        await self._batcher.close()
        await self._publishing.close()

    async def _put(self, exchange: str | None, routing_key: str, message: Message) -> None:
        """`exchange` None means where events are published to, which is known once the connection is up."""
        self._publishing.start()
        if not await self._publishing.up(within=2.0):
            raise BrokerDown
        assert self._publisher is not None
        try:
            with losses():
                target = await self._publisher.get_exchange(exchange or self._published_to, ensure=False)
                await target.publish(message, routing_key, mandatory=True, timeout=_SECONDS_TO_CONFIRM)
        except Lost as lost:
            if isinstance(lost.__cause__, PublishError):
                raise Unroutable(routing_key) from lost
            # Gone, or a nack: the queue is full or has no leader at the moment.
            raise BrokerDown from lost

    async def _hint(self, kind: str, workspace_id: UUID) -> None:
        if not await self._publishing.up(within=_SECONDS_FOR_A_HINT):
            return
        assert self._publisher is not None
        with suppress(Lost), losses():
            target = await self._publisher.get_exchange(self._published_to, ensure=False)
            # Nobody may be listening: then it is dropped.
            await target.publish(messages.hint(workspace_id), kind, mandatory=False, timeout=_SECONDS_FOR_A_HINT)

    async def _equip_publisher(self, connection: AbstractConnection) -> None:
        await self._ensure_exchange(connection)
        self._published_to = self._announcements if await _exists(connection, self._announcements) else self._exchange
        self._publisher = await connection.channel(publisher_confirms=True, on_return_raises=True)
        self._publishing.watch(self._publisher)

    async def _equip_consumers(self, connection: AbstractConnection) -> None:
        self._tags.clear()
        await self._ensure_exchange(connection)
        # All are there before any is taken from: what a reaction announces may be for one that is new.
        await self._for_each(partial(self._declare, connection))
        await self._for_each(partial(self._consume, connection))
        self._consuming.accompany(self._measure(connection))

    async def _for_each(self, equip: Callable[[Subscription], Awaitable[None]]) -> None:
        waiting = iter(list(self._subscriptions.values()))

        async def equip_next() -> None:
            for subscription in waiting:
                await equip(subscription)

        await asyncio.gather(*(equip_next() for _ in range(_EQUIPPED_AT_ONCE)))

    async def _consume(self, connection: AbstractConnection, subscription: Subscription) -> None:
        if self._draining:
            return
        # A channel each, so that a slow queue's unacknowledged messages are not its neighbours' limit.
        channel = await connection.channel()
        self._consuming.watch(channel)
        await channel.set_qos(prefetch_count=subscription.concurrency)
        queue = await channel.declare_queue(subscription.queue, passive=True)
        tag = await queue.consume(partial(self._take, subscription))
        self._tags.append((queue, tag))

    async def _ensure_exchange(self, connection: AbstractConnection) -> None:
        """Makes the topic exchange unless it is there. A service's own account may not: an installation's definitions have it."""
        if not await _exists(connection, self._exchange):
            channel = await connection.channel()
            await channel.declare_exchange(self._exchange, ExchangeType.TOPIC, durable=True)
            await channel.close()

    async def _declare(self, connection: AbstractConnection, subscription: Subscription) -> None:
        name = subscription.queue
        queues = {messages.dead_queue(name): messages.dead_arguments(), name: messages.queue_arguments(name)}
        queues |= {messages.delay_queue(name, delay): messages.delay_arguments(name, delay) for delay in self._retries.delays}
        channel = await connection.channel()
        for queue, arguments in queues.items():
            try:
                await channel.declare_queue(queue, durable=True, arguments=arguments)
            except ChannelPreconditionFailed:
                # One that an earlier release made keeps its arguments, which lead to the same places.
                _log.warning("a queue has arguments of an earlier release, and keeps them until it is deleted", extra={"queue": queue})
                channel = await connection.channel()
        own = await channel.declare_exchange(messages.own_exchange(name), ExchangeType.DIRECT, durable=True)
        for queue in queues:
            await (await channel.get_queue(queue, ensure=False)).bind(own, routing_key=queue)
        await (await channel.get_queue(name, ensure=False)).bind(self._exchange, routing_key=subscription.type)
        await channel.close()

    async def _take(self, taker: Subscription, incoming: AbstractIncomingMessage) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await self._process(taker, incoming)
        except Lost:
            # The channel went away with the message unacknowledged: it comes again, and the inbox knows if it was done.
            _log.info("a delivery could not be acknowledged", extra={"queue": taker.queue})
        finally:
            self._running.discard(task)

    async def _process(self, taker: Subscription, incoming: AbstractIncomingMessage) -> None:
        try:
            deliveries = messages.read_all(incoming)
        except Malformed:
            _log.error("a message that is not an event", extra={"queue": taker.queue})
            settled = await self._insist(messages.dead_queue(taker.queue), _foreign(incoming), incoming)
        else:
            if incoming.redelivered and messages.is_parcel(incoming):
                # One of its events may have ended the process that took it before. From here on each is a message, and is counted, by itself.
                moved = [await self._insist(taker.queue, messages.message(envelope), incoming) for envelope, _ in deliveries]
                settled = all(moved)
            else:
                settled = await self._settle(taker, deliveries, incoming)
        if settled:
            with losses():
                await incoming.ack()

    async def _settle(self, taker: Subscription, deliveries: Sequence[Delivered], incoming: AbstractIncomingMessage) -> bool:
        """Handles every event of a message, or moves it to a delay or dead-letter queue. False: the channel is gone, so the message comes again."""
        alone: list[Delivered] = []
        for group in by_workspace(deliveries):
            async with self._room[taker.queue]:
                if self._draining:
                    return False
                together = await attempt_together(taker, [envelope for envelope, _ in group])
            if not together:
                alone += group
        return all(await asyncio.gather(*(self._settle_one(taker, *delivered, incoming) for delivered in alone)))

    async def _settle_one(self, taker: Subscription, envelope: Envelope, count: DeliveryCount, incoming: AbstractIncomingMessage) -> bool:
        async with self._room[taker.queue]:
            if self._draining:
                return False
            outcome = await attempt(taker, envelope, count, self._retries)
        if outcome.done:
            return True
        if outcome.again is None:
            dead = messages.message(envelope, outcome.count, error=outcome.error)
            return await self._insist(messages.dead_queue(taker.queue), dead, incoming)
        retry = messages.message(envelope, outcome.again.count)
        return await self._insist(messages.delay_queue(taker.queue, outcome.again.delay), retry, incoming)

    async def _insist(self, queue: str, message: Message, incoming: AbstractIncomingMessage) -> bool:
        """Publishes to another queue before the delivery is acknowledged, and tries again as long as the channel is open. Whether it succeeded."""
        while not incoming.channel.is_closed:
            try:
                await self._put(messages.own_exchange(queue), queue, message)
            except (BrokerDown, Unroutable) as error:
                _log.warning("a message cannot be moved on yet", extra={"queue": queue, "error": type(error).__name__})
                await asyncio.sleep(1.0)
            else:
                return True
        return False

    async def _measure(self, connection: AbstractConnection) -> None:
        """Reports the queues' lengths. Reconnects if a queue is missing or has lost its consumer."""
        channel = await connection.channel()
        while not self._draining:
            await asyncio.sleep(self._measure_every)
            for name in self._subscriptions:
                for queue in (name, messages.dead_queue(name)):
                    declared = await channel.declare_queue(queue, passive=True)
                    _DEPTH.labels(queue).set(declared.declaration_result.message_count or 0)
                    if queue == name and not declared.declaration_result.consumer_count and not self._draining:
                        raise AMQPError(f"{queue} has lost its consumers")


async def _exists(connection: AbstractConnection, exchange: str) -> bool:
    channel = await connection.channel()
    try:
        await channel.get_exchange(exchange)
    except ChannelNotFoundEntity:
        return False
    await channel.close()
    return True


def _foreign(incoming: AbstractIncomingMessage) -> Message:
    headers = {**incoming.headers, "x-error": "Malformed"}
    return Message(incoming.body, headers=headers, type=incoming.type, timestamp=datetime.now(UTC), delivery_mode=DeliveryMode.PERSISTENT)

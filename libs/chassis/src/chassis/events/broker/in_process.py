"""The transport of the embedded default: every reaction is called in this process, before the outbox row is marked."""

import asyncio
import logging
from collections import defaultdict

from chassis.events.broker.base import Broker, DeadLetter, Subscription, attempt
from chassis.events.broker.errors import BrokerDown, Unroutable
from chassis.events.broker.retry import DeliveryCount, Retries
from chassis.work.envelope import Envelope

_log = logging.getLogger(__name__)


class InProcessBroker(Broker):
    """Delivers by calling. Nothing is kept here: until `publish` returns, the event is the outbox's to send again.

    A reaction that is done is not harmed by another one's failure: told again, its inbox knows the event.
    """

    def __init__(self, retries: Retries | None = None) -> None:
        self._retries = retries or Retries()
        self._by_type: dict[str, list[Subscription]] = defaultdict(list)
        self._by_queue: dict[str, Subscription] = {}
        self._room: dict[str, asyncio.Semaphore] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._draining = asyncio.Event()

    async def subscribe(self, subscription: Subscription) -> None:
        if subscription.queue in self._by_queue:
            raise ValueError(f"two reactions on one queue: {subscription.queue}")
        self._by_queue[subscription.queue] = subscription
        self._by_type[subscription.type].append(subscription)
        self._room[subscription.queue] = asyncio.Semaphore(subscription.concurrency)

    async def publish(self, envelope: Envelope) -> None:
        takers = self._by_type.get(envelope.type)
        if not takers:
            raise Unroutable(envelope.type)
        await self._deliver(takers, envelope)

    async def send(self, queue: str, envelope: Envelope) -> None:
        taker = self._by_queue.get(queue)
        if taker is None:
            raise Unroutable(queue)
        await self._deliver([taker], envelope)

    async def drain(self, grace: float = 10.0) -> None:
        self._draining.set()
        if self._running:
            await asyncio.wait(self._running, timeout=grace)

    async def close(self) -> None:
        self._draining.set()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _deliver(self, takers: list[Subscription], envelope: Envelope) -> None:
        if self._draining.is_set():
            raise BrokerDown
        tasks = [asyncio.create_task(self._persist(taker, envelope), name=f"react-{taker.queue}") for taker in takers]
        self._running.update(tasks)
        for task in tasks:
            task.add_done_callback(self._running.discard)
        try:
            # Each taker goes its own way; the first failure is told when all have come to an end.
            results = await asyncio.gather(*tasks, return_exceptions=True)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            raise
        for result in results:
            if isinstance(result, asyncio.CancelledError):
                raise BrokerDown
            if result is not None:
                raise result

    async def _persist(self, taker: Subscription, envelope: Envelope) -> None:
        """Tries until the reaction is done or its dead letter is kept."""
        count = DeliveryCount()
        while True:
            async with self._room[taker.queue]:
                if self._draining.is_set():
                    raise BrokerDown
                outcome = await attempt(taker, envelope, count, self._retries)
            if outcome.done:
                return
            if outcome.again is None:
                await taker.keep_dead_letter(DeadLetter(taker.queue, envelope, outcome.error, count.attempt))
                return
            count = outcome.again.count
            await self._pause(outcome.again.delay)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._draining.wait()
        except TimeoutError:
            return
        raise BrokerDown

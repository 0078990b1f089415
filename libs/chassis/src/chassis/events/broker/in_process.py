"""The transport of the embedded default: every reaction is called in this process, before the outbox row is marked."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from chassis.events.broker.base import Broker, DeadLetter, Subscription, attempt, attempt_together
from chassis.events.broker.errors import BrokerDown, Unroutable
from chassis.events.broker.retry import DeliveryCount, Retries
from chassis.events.hints import Listen
from chassis.work.envelope import Envelope

_log = logging.getLogger(__name__)

# Events that a reaction takes together at most, as many as a relay sends at a time.
_AT_ONCE = 200


class InProcessBroker(Broker):
    """Delivers by calling. Nothing is kept here: until `publish` returns, the event is the outbox's to send again.

    A reaction that is done is not harmed by another one's failure: told again, its inbox knows the event.
    """

    def __init__(self, retries: Retries | None = None) -> None:
        self._retries = retries or Retries()
        self._by_type: dict[str, list[Subscription]] = defaultdict(list)
        self._by_queue: dict[str, Subscription] = {}
        self._room: dict[str, asyncio.Semaphore] = {}
        # Of reactions that take events together: those that wait to be taken, by queue and workspace.
        self._waiting: dict[tuple[str, UUID], list[tuple[Envelope, asyncio.Future[bool]]]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._listening: dict[str, list[Listen]] = defaultdict(list)
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

    def hint(self, kind: str, workspace_id: UUID) -> None:
        for listen in self._listening.get(kind, ()):
            listen(workspace_id)

    def listen(self, kinds: Iterable[str], listen: Listen) -> None:
        """Calls `listen` at every hint of these kinds. It returns at once and raises nothing."""
        for kind in kinds:
            self._listening[kind].append(listen)

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
        if taker.handle_many is not None and await self._taken_together(taker, envelope):
            return
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

    async def _taken_together(self, taker: Subscription, envelope: Envelope) -> bool:
        """Whether the event was handled with others that arrived meanwhile. The first of them handles all."""
        key = (taker.queue, envelope.workspace_id)
        group = self._waiting.setdefault(key, [])
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        group.append((envelope, done))
        if len(group) == _AT_ONCE:
            del self._waiting[key]
        if len(group) > 1:
            return await done
        try:
            # Those that were sent with it are behind it in the loop.
            await asyncio.sleep(0)
            async with self._room[taker.queue]:
                if self._draining.is_set():
                    raise BrokerDown
                self._leave(key, group)
                taken = await attempt_together(taker, [each for each, _ in group])
            for _, other in group:
                if not other.done():
                    other.set_result(taken)
        finally:
            self._leave(key, group)
            for _, other in group:
                other.cancel()
        return taken

    def _leave(self, key: tuple[str, UUID], group: list[tuple[Envelope, "asyncio.Future[bool]"]]) -> None:
        """From here on nobody joins the group."""
        if self._waiting.get(key) is group:
            del self._waiting[key]

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._draining.wait()
        except TimeoutError:
            return
        raise BrokerDown

"""Listens to hints at RabbitMQ, by a queue that is this process's alone and gone with its connection."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue

from chassis.events.broker.errors import Malformed
from chassis.events.broker.rabbitmq import messages
from chassis.events.broker.rabbitmq.connection import Link
from chassis.events.hints import Listen

# Hints that wait for a process that does not read: the oldest are dropped, for one is as good as many.
_MOST_WAITING = 1_000
_SECONDS_BETWEEN_CHECKS = 5.0


class HintListener:
    """The broker names the queue, another one at every connection: an exclusive queue may still be locked by a connection that is as good as gone."""

    def __init__(self, url: str, kinds: Iterable[str], listen: Listen, *, exchange: str = messages.EVENTS, name: str = "caseload") -> None:
        self._kinds = sorted(kinds)
        self._listen = listen
        self._exchange = exchange
        self._queue: AbstractQueue | None = None
        self._link = Link(url, f"{name}-listen", self._equip)

    @property
    def hears(self) -> bool:
        """Whether the queue stands, as far as is known."""
        return self._link.is_up

    def start(self) -> None:
        self._link.start()

    async def close(self) -> None:
        await self._link.close()

    async def _equip(self, connection: AbstractConnection) -> None:
        channel = await connection.channel()
        self._link.watch(channel)
        self._queue = queue = await channel.declare_queue(
            "", exclusive=True, auto_delete=True, arguments={"x-max-length": _MOST_WAITING, "x-overflow": "drop-head"}
        )
        for kind in self._kinds:
            await queue.bind(self._exchange, routing_key=kind)
        await queue.consume(self._take, no_ack=True)
        self._link.accompany(self._check(channel, queue))

    async def _take(self, incoming: AbstractIncomingMessage) -> None:
        # What is no hint of ours is nothing to look at.
        with suppress(Malformed):
            self._listen(messages.hinted(incoming))

    async def _check(self, channel: AbstractChannel, queue: AbstractQueue) -> None:
        """Fails when the queue is gone although the connection is there: in a cluster it may have been on a node that is down."""
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_CHECKS)
            await channel.declare_queue(queue.name, passive=True, timeout=_SECONDS_BETWEEN_CHECKS)

"""Packs events of one type that are published at the same time into one message, and reports the result to each publisher."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from uuid import UUID

from chassis.events.broker.errors import BrokerDown
from chassis.events.broker.retry import DeliveryCount
from chassis.work.envelope import Envelope

# Small enough that one parcel keeps nobody waiting for long, and that a broker does not mind it.
MOST_EVENTS = 100
MOST_BYTES = 256 * 1024
Delivered = tuple[Envelope, DeliveryCount]
_Waiting = tuple[Envelope, "asyncio.Future[None]"]


class Batcher:
    """Gathers what is added within one turn of the event loop; `put` sends one parcel and raises what its senders are told."""

    def __init__(self, put: Callable[[str, Sequence[Envelope]], Awaitable[None]]) -> None:
        self._put = put
        self._waiting: dict[str, list[_Waiting]] = {}
        self._sending: set[asyncio.Task[None]] = set()

    async def add(self, envelope: Envelope) -> None:
        """Returns when the parcel it went with is answered for."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[None] = loop.create_future()
        if envelope.type not in self._waiting:
            self._waiting[envelope.type] = []
            loop.call_soon(self._send, envelope.type)
        self._waiting[envelope.type].append((envelope, answered))
        await answered

    async def close(self) -> None:
        """Gives up what is on its way."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _send(self, type_: str) -> None:
        for parcel in _cut(self._waiting.pop(type_)):
            task = asyncio.create_task(self._carry(type_, parcel))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _carry(self, type_: str, parcel: Sequence[_Waiting]) -> None:
        failure: BaseException | None = BrokerDown()
        try:
            await self._put(type_, [envelope for envelope, _ in parcel])
            failure = None
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            failure = error
        finally:
            for _, answered in parcel:
                if answered.done():
                    continue
                if failure is None:
                    answered.set_result(None)
                else:
                    answered.set_exception(failure)


def by_workspace(deliveries: Iterable[Delivered]) -> list[list[Delivered]]:
    """The deliveries of each workspace, in the order in which they arrived."""
    groups: dict[UUID, list[Delivered]] = defaultdict(list)
    for delivered in deliveries:
        groups[delivered[0].workspace_id].append(delivered)
    return list(groups.values())


def _cut(waiting: Sequence[_Waiting]) -> Iterator[list[_Waiting]]:
    parcel: list[_Waiting] = []
    weight = 0
    for each in waiting:
        size = len(each[0].payload)
        if parcel and (len(parcel) == MOST_EVENTS or weight + size > MOST_BYTES):
            yield parcel
            parcel, weight = [], 0
        parcel.append(each)
        weight += size
    if parcel:
        yield parcel

"""Events that travel as one message are answered for one by one, and may be kept together."""

import asyncio

import aio_pika
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from uuid_utils.compat import uuid7

from chassis.errors import Invalid
from chassis.events.broker.rabbitmq.batches import MOST_EVENTS
from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.broker.retry import Retries
from chassis.events.dead_letters import RabbitDeadLetters
from chassis.events.reactions import on, on_many
from chassis.events.relay import Relay
from chassis.work.envelope import Envelope

pytestmark = pytest.mark.piece("rabbitmq")  # one node for all of these


class Post:
    """A relay, a RabbitMQ and one queue."""

    def __init__(self, parcels, url):
        self.parcels = parcels
        self.url = url
        self.queue = f"parcels.take-{uuid7().hex}"
        self.broker = RabbitBroker(url, Retries(delays=(0.05,)), exchange=f"events-{uuid7().hex}")
        self._relaying = None

    def subscription(self, reaction):
        return self.parcels.subscription(reaction)

    async def take(self, reaction):
        await self.broker.subscribe(self.subscription(reaction))
        await self.parcels.until(lambda: self.broker._tags and self.broker._consuming._up.is_set())

    async def spy(self):
        """A queue that gets what the exchange gets, message by message."""
        connection = await aio_pika.connect(self.url)
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(self.broker._exchange, routing_key=StringValue.DESCRIPTOR.full_name)
        return connection, queue

    def relay(self):
        relay = Relay(self.parcels.relay_dsn, "parcels", self.broker, self.parcels.signer, poll=0.1)
        self._relaying = relay, asyncio.create_task(relay.run())

    async def close(self):
        if self._relaying:
            await self._relaying[0].stop(grace=1.0)
            await self._relaying[1]
        await self.broker.close()


@pytest.fixture
async def post(parcels, rabbitmq):
    made = Post(parcels, rabbitmq)
    yield made
    await made.close()


def named(count):
    return [StringValue(value=f"{n:03}") for n in range(count)]


async def test_events_that_wait_together_travel_as_one_message_and_each_has_its_effect(post, parcels):
    async def keep(event, delivery):
        await parcels.record(delivery, f"{event.value} of {delivery.context.request_id}")

    await post.take(on(StringValue, queue=post.queue)(keep))
    connection, spied = await post.spy()
    await parcels.emit(*named(40))
    post.relay()

    await parcels.until(lambda: _are(parcels, [f"{n:03} of req-1" for n in range(40)]))
    await parcels.until(parcels.is_sent)
    async with connection:
        assert await spied.get() is not None
        assert await spied.get(fail=False) is None


async def test_a_parcel_has_a_largest_size(post, parcels):
    async def keep(event, delivery):
        await parcels.record(delivery, event.value)

    await post.take(on(StringValue, queue=post.queue)(keep))
    connection, spied = await post.spy()
    await parcels.emit(*named(MOST_EVENTS + 1))
    post.relay()

    await parcels.until(parcels.is_sent)
    async with connection:
        sizes = [len((await spied.get()).body) for _ in range(2)]
        assert await spied.get(fail=False) is None
    assert sizes[0] > 20 * sizes[1]


async def test_one_that_fails_is_tried_again_and_given_up_by_itself(post, parcels):
    async def keep(event, delivery):
        if event.value == "001":
            raise Invalid("refused")
        await parcels.record(delivery, event.value)

    await post.take(on(StringValue, queue=post.queue)(keep))
    ids = await parcels.emit(*named(4))
    post.relay()

    await parcels.until(lambda: _are(parcels, ["000", "002", "003"]))
    dead_letters = RabbitDeadLetters(post.url, [post.queue])
    (dead,) = await parcels.until(dead_letters.listed)
    assert (dead.id, dead.error, dead.attempts) == (ids[1], "Invalid:refused", 2)


async def test_a_reaction_to_many_gets_them_at_once_and_in_order(post, parcels):
    seen = []

    async def keep(events, delivery):
        seen.append([event.value for event in events])
        for event in events:
            await parcels.record(delivery, event.value)

    await post.take(on_many(StringValue, queue=post.queue)(keep))
    await parcels.emit(*named(40))
    post.relay()

    await parcels.until(lambda: _are(parcels, [f"{n:03}" for n in range(40)]))
    assert seen == [[f"{n:03}" for n in range(40)]]


async def test_a_reaction_to_many_gets_one_workspace_at_a_time(post, parcels):
    seen = []

    async def look(events, delivery):
        seen.append((delivery.workspace_id, sorted(event.value for event in events)))

    await post.take(on_many(StringValue, queue=post.queue)(look))
    others = uuid7()
    await parcels.emit(StringValue(value="ours"))
    await parcels.emit(StringValue(value="theirs"), workspace=others)
    await parcels.emit(StringValue(value="ours too"))
    post.relay()

    await parcels.until(lambda: len(seen) == 2)
    assert dict(seen) == {parcels.workspace: ["ours", "ours too"], others: ["theirs"]}


async def test_one_that_cannot_be_kept_with_the_others_does_not_keep_them_out(post, parcels):
    async def keep(events, delivery):
        for event in events:
            await parcels.record(delivery, event.value)
            if event.value == "001":
                raise Invalid("refused")

    await post.take(on_many(StringValue, queue=post.queue)(keep))
    ids = await parcels.emit(*named(4))
    post.relay()

    await parcels.until(lambda: _are(parcels, ["000", "002", "003"]))
    dead_letters = RabbitDeadLetters(post.url, [post.queue])
    (dead,) = await parcels.until(dead_letters.listed)
    assert dead.id == ids[1]


async def test_of_events_told_twice_a_reaction_to_many_gets_only_the_new(post, parcels):
    seen = []

    async def look(events, delivery):
        seen.append([event.value for event in events])

    taken = post.subscription(on_many(StringValue, queue=post.queue)(look))
    first, second, third = (
        parcels.signed(Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", event.SerializeToString(), parcels.work().now))
        for event in named(3)
    )
    await taken.handle_many([first, second])
    await taken.handle_many([second, third])
    await taken.handle_many([first, third])

    assert seen == [["000", "001"], ["002"]]


async def test_two_who_take_overlapping_parcels_do_not_wait_for_each_other_for_ever(post, parcels):
    async def keep(events, delivery):
        await asyncio.sleep(0.02)
        for event in events:
            await parcels.record(delivery, event.value)

    taken = post.subscription(on_many(StringValue, queue=post.queue)(keep))
    envelopes = [
        parcels.signed(Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", event.SerializeToString(), parcels.work().now))
        for event in named(20)
    ]
    await asyncio.gather(*(taken.handle_many(order) for order in (envelopes, envelopes[::-1], envelopes[5:], envelopes[::-2])))

    assert await parcels.effects() == [f"{n:03}" for n in range(20)]


async def test_a_parcel_that_comes_again_is_taken_apart(post, parcels):
    """Somebody may have died of one of its events: from then on that one meets its end alone."""
    attempts = []

    async def keep(event, delivery):
        attempts.append(event.value)
        if len(attempts) <= 3:
            await asyncio.sleep(60)
        await parcels.record(delivery, event.value)

    settle, sizes = post.broker._settle, []

    async def counted(taker, letters, incoming):
        sizes.append(len(letters))
        return await settle(taker, letters, incoming)

    post.broker._settle = counted
    await post.take(on(StringValue, queue=post.queue)(keep))
    await parcels.emit(*named(3))
    post.relay()
    await parcels.until(lambda: len(attempts) == 3)
    # As good as dead: the connection goes, and the parcel back to its queue.
    post.broker._consuming.renew()

    await parcels.until(lambda: _are(parcels, ["000", "001", "002"]))
    assert sizes == [3, 1, 1, 1]


async def _are(parcels, labels):
    return await parcels.effects() == labels

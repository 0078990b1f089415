"""The promises that both transports make, from the outbox to the effect."""

import asyncio
import logging

import pytest
from google.protobuf.wrappers_pb2 import Int64Value, StringValue
from uuid_utils.compat import uuid7

from chassis.errors import Invalid, Unavailable
from chassis.events.broker.errors import BrokerDown, Unroutable
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.broker.retry import Retries
from chassis.events.dead_letters import RabbitDeadLetters, TableDeadLetters
from chassis.events.reactions import on
from chassis.events.relay import Relay
from chassis.work.envelope import Envelope

pytestmark = pytest.mark.piece("rabbitmq")  # one node for all of these

QUICK = Retries(delays=(0.05, 0.1), waits=6)


class Post:
    """One transport with the service `parcels` at both ends."""

    def __init__(self, parcels, make_broker, find_dead_letters):
        self.parcels = parcels
        self.broker = make_broker()
        self.relays = []
        self.queues = []
        self._find_dead_letters = find_dead_letters
        # Queues outlive a test where the broker does.
        self._suffix = uuid7().hex

    def queue(self, name):
        return f"{name}-{self._suffix}"

    @property
    def dead_letters(self):
        return self._find_dead_letters(self.queues)

    async def take(self, effect, event=StringValue, *, queue="parcels.take", **limits):
        reaction = on(event, queue=self.queue(queue), **limits)(effect)
        self.queues.append(reaction.queue)
        await self.broker.subscribe(self.parcels.subscription(reaction))

    async def take_label(self, *, queue="parcels.take"):
        """A reaction that keeps the event's value as a row."""

        async def keep(event, delivery):
            await self.parcels.record(delivery, event.value)

        await self.take(keep, queue=queue)

    async def is_bound(self):
        """Waits until every queue taken so far is there; a transport may take a moment."""
        if isinstance(self.broker, RabbitBroker):
            await self.parcels.until(lambda: len(self.broker._tags) == len(self.queues) and self.broker._consuming._up.is_set())

    def relay(self):
        relay = Relay(self.parcels.relay_dsn, "parcels", self.broker, self.parcels.signer, poll=0.1)
        self.relays.append((relay, asyncio.create_task(relay.run())))

    async def dead(self):
        return await self.dead_letters.listed()

    async def close(self):
        await self.broker.drain(1.0)
        for relay, task in self.relays:
            await relay.stop(grace=1.0)
            await task
        await self.broker.close()


@pytest.fixture(params=["in process", "rabbitmq"])
async def post(request, parcels):
    if request.param == "rabbitmq":
        url = request.getfixturevalue("rabbitmq")
        exchange = f"events-{uuid7().hex}"
        made = Post(parcels, lambda: RabbitBroker(url, QUICK, exchange=exchange), lambda queues: RabbitDeadLetters(url, queues))
    else:
        made = Post(parcels, lambda: InProcessBroker(QUICK), lambda queues: TableDeadLetters(parcels.relay_dsn, "parcels"))
    yield made
    await made.close()


async def test_an_event_reaches_every_queue_that_takes_its_type_and_no_other(post, parcels):
    await post.take_label(queue="parcels.weigh")
    await post.take_label(queue="parcels.stamp")

    async def never(event, delivery):
        await parcels.record(delivery, "wrong type")

    await post.take(never, Int64Value, queue="parcels.count")
    await post.is_bound()
    post.relay()
    await parcels.emit(StringValue(value="a"), StringValue(value="b"))

    await parcels.until(parcels.is_sent)
    await parcels.until(lambda: _is(parcels, ["a", "a", "b", "b"]))
    # Time for the wrong one to come after all.
    await asyncio.sleep(0.2)
    assert await parcels.effects() == ["a", "a", "b", "b"]


async def test_a_delivery_carries_the_workspace_and_the_request_it_came_from(post, parcels):
    seen = []

    async def look(event, delivery):
        seen.append((delivery.workspace_id, delivery.context.request_id, delivery.event_id, delivery.attempt, delivery.caller.service))

    await post.take(look)
    post.relay()
    (event_id,) = await parcels.emit(StringValue(value="a"))

    await parcels.until(lambda: seen)
    assert seen == [(parcels.workspace, "req-1", event_id, 1, "parcels")]


async def test_an_event_that_nobody_takes_is_loud_stays_and_holds_up_no_neighbour(post, parcels, caplog):
    await post.take_label()
    post.relay()
    with caplog.at_level(logging.ERROR, "chassis.events.relay"):
        await parcels.emit(Int64Value(value=1), StringValue(value="neighbour"))
        await parcels.until(lambda: _is(parcels, ["neighbour"]))
        row = await parcels.until(lambda: _refused(parcels, "google.protobuf.Int64Value"))

    assert row["published_at"] is None
    assert row["last_error"] == "Unroutable"
    assert "nobody takes this event: no queue is bound to it" in caplog.messages


async def test_an_event_that_nobody_took_is_delivered_once_somebody_does(post, parcels):
    post.relay()
    await parcels.emit(StringValue(value="early"))
    await parcels.until(lambda: _refused(parcels, "google.protobuf.StringValue"))

    await post.take_label()

    await parcels.until(lambda: _is(parcels, ["early"]))
    await parcels.until(parcels.is_sent)
    assert await parcels.effects() == ["early"]


async def test_a_poison_dies_after_the_counted_attempts_while_its_neighbours_flow(post, parcels):
    attempts = []

    async def choke(event, delivery):
        await parcels.record(delivery, event.value)
        if event.value == "poison":
            attempts.append(delivery.attempt)
            raise ValueError("Jane Doe, born 1970")

    await post.take(choke)
    post.relay()
    poison, *_ = await parcels.emit(StringValue(value="poison"), StringValue(value="n1"), StringValue(value="n2"))

    (letter,) = await parcels.until(post.dead)
    assert attempts == [1, 2, 3]
    assert (letter.id, letter.workspace_id, letter.attempts) == (poison, parcels.workspace, 3)
    assert letter.error == "ValueError"
    assert "Jane" not in str(letter)
    # What the failed attempts had written is gone with them.
    assert await parcels.effects() == ["n1", "n2"]
    await parcels.until(parcels.is_sent)


async def test_a_refusal_in_a_dead_letter_is_named_by_its_code(post, parcels):
    async def refuse(event, delivery):
        raise Invalid("weight_missing", "The parcel of Jane Doe has no weight.")

    await post.take(refuse)
    post.relay()
    await parcels.emit(StringValue(value="a"))

    (letter,) = await parcels.until(post.dead)
    assert letter.error == "Invalid:weight_missing"


async def test_bytes_that_are_no_event_die_at_once(post, parcels):
    calls = []

    async def take(event, delivery):
        calls.append(event)

    await post.take(take)
    await _publish(post, _envelope(parcels, b"\xff\xff\xff"))

    (letter,) = await parcels.until(post.dead)
    assert (letter.error, letter.attempts) == ("Malformed", 1)
    assert calls == []


async def test_waiting_for_a_part_that_is_away_is_no_failed_attempt(post, parcels):
    attempts = []

    async def wait(event, delivery):
        attempts.append(delivery.attempt)
        if len(attempts) < 5:
            raise Unavailable("scales_unavailable")
        await parcels.record(delivery, event.value)

    await post.take(wait)
    post.relay()
    await parcels.emit(StringValue(value="patient"))

    await parcels.until(lambda: _is(parcels, ["patient"]))
    assert attempts == [1, 1, 1, 1, 1]
    assert await post.dead() == []


async def test_a_part_that_never_comes_back_is_not_waited_for_forever(post, parcels):
    async def wait(event, delivery):
        raise Unavailable("scales_unavailable")

    await post.take(wait)
    post.relay()
    await parcels.emit(StringValue(value="patient"))

    (letter,) = await parcels.until(post.dead)
    assert letter.error == "Unavailable:scales_unavailable"


async def test_an_event_delivered_again_and_again_is_effective_once(post, parcels):
    calls = []

    async def keep(event, delivery):
        calls.append(delivery.event_id)
        await parcels.record(delivery, event.value)

    await post.take(keep)
    envelope = _envelope(parcels, StringValue(value="once").SerializeToString())
    await asyncio.gather(*(_publish(post, envelope) for _ in range(4)))
    await _publish(post, envelope)

    await parcels.until(lambda: len(calls) == 5)
    await parcels.until(lambda: _is(parcels, ["once"]))
    assert await post.dead() == []


async def test_what_an_effect_announces_leaves_with_it(post, parcels):
    async def forward(event, delivery):
        delivery.emit(Int64Value(value=len(event.value)))

    counted = []

    async def count(event, delivery):
        counted.append(event.value)

    await post.take(forward)
    await post.take(count, Int64Value, queue="parcels.count")
    post.relay()
    await parcels.emit(StringValue(value="four"))

    await parcels.until(lambda: counted)
    await parcels.until(parcels.is_sent)
    assert counted == [4]


async def test_a_slow_reaction_holds_up_neither_its_neighbours_nor_the_relay(post, parcels):
    release = asyncio.Event()

    async def dawdle(event, delivery):
        if event.value == "slow":
            await release.wait()
        await parcels.record(delivery, event.value)

    await post.take(dawdle)
    post.relay()
    await parcels.emit(StringValue(value="slow"))
    await parcels.emit(StringValue(value="a"), StringValue(value="b"))

    await parcels.until(lambda: _is(parcels, ["a", "b"]))
    assert not release.is_set()
    release.set()
    await parcels.until(lambda: _is(parcels, ["a", "b", "slow"]))
    assert await parcels.effects() == ["a", "b", "slow"]


async def test_no_more_than_the_bounded_number_of_deliveries_run_at_once(post, parcels):
    running, most = 0, 0

    async def look(event, delivery):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        await parcels.record(delivery, event.value)

    await post.take(look, concurrency=3)
    post.relay()
    await parcels.emit(*(StringValue(value=f"{n:02}") for n in range(12)))

    await parcels.until(lambda: _is(parcels, [f"{n:02}" for n in range(12)]))
    assert most == 3


async def test_a_reaction_that_hangs_is_ended_and_counted(post, parcels):
    async def hang(event, delivery):
        await asyncio.sleep(60)

    await post.take(hang, seconds=0.05)
    post.relay()
    await parcels.emit(StringValue(value="a"))

    (letter,) = await parcels.until(post.dead)
    assert (letter.error, letter.attempts) == ("TimeoutError", 3)


async def test_a_replayed_letter_goes_to_the_queue_it_died_in_and_is_effective_once(post, parcels):
    mended = False

    async def choke(event, delivery):
        if not mended:
            raise ValueError
        await parcels.record(delivery, f"mended {event.value}")

    await post.take(choke, queue="parcels.choke")
    await post.take_label(queue="parcels.keep")
    await post.is_bound()
    post.relay()
    first, second = await parcels.emit(StringValue(value="first"), StringValue(value="second"))
    await parcels.until(lambda: _count(post, 2))
    mended = True

    assert await post.dead_letters.replay(post.queue("parcels.choke"), first) == 1
    await parcels.until(lambda: _is(parcels, ["first", "mended first", "second"]))
    assert [letter.id for letter in await parcels.until(lambda: _count(post, 1))] == [second]

    assert await post.dead_letters.replay(post.queue("parcels.choke")) == 1
    await parcels.until(lambda: _is(parcels, ["first", "mended first", "mended second", "second"]))
    await parcels.until(lambda: _count(post, 0))
    assert await post.dead_letters.replay(post.queue("parcels.choke")) == 0


async def test_a_letter_that_dies_again_is_there_to_be_replayed_again(post, parcels):
    attempts = []

    async def choke(event, delivery):
        attempts.append(delivery.attempt)
        raise ValueError

    await post.take(choke)
    post.relay()
    await parcels.emit(StringValue(value="a"))
    await parcels.until(lambda: _count(post, 1))

    await post.dead_letters.replay(post.queue("parcels.take"))
    await parcels.until(lambda: len(attempts) == 6)

    await parcels.until(lambda: _count(post, 1))
    assert attempts == [1, 2, 3, 1, 2, 3]


async def test_draining_finishes_what_runs_and_begins_nothing(post, parcels):
    begun, release = asyncio.Event(), asyncio.Event()

    async def dawdle(event, delivery):
        begun.set()
        await release.wait()
        await parcels.record(delivery, event.value)

    await post.take(dawdle, concurrency=1)
    post.relay()
    await parcels.emit(StringValue(value="running"), StringValue(value="waiting"))
    await asyncio.wait_for(begun.wait(), 10)

    draining = asyncio.create_task(post.broker.drain())
    await asyncio.sleep(0.1)
    release.set()
    await draining

    await asyncio.sleep(0.3)
    assert await parcels.effects() == ["running"]


async def test_a_queue_has_one_reaction(post):
    await post.take_label()
    with pytest.raises(ValueError, match="two reactions on one queue"):
        await post.take_label()


def _envelope(parcels, payload):
    return parcels.signed(Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", payload, parcels.work().now, "req-1"))


async def _publish(post, envelope):
    """Past the relay, as soon as the queue is bound."""

    async def published():
        try:
            await post.broker.publish(envelope)
        except (BrokerDown, Unroutable):
            return False
        return True

    await post.parcels.until(published)


async def _is(parcels, labels):
    return await parcels.effects() == labels


async def _count(post, number):
    letters = await post.dead()
    return (letters or True) if len(letters) == number else None


async def _refused(parcels, kind):
    rows = await parcels.look("SELECT * FROM parcels.outbox WHERE attempts > 0")
    return next((row for row in rows if row["type"] == kind), None)

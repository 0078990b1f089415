"""RabbitMQ away, killed, or cut off in the middle of a delivery."""

import asyncio
import gc
import os
import signal
import subprocess
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.exceptions import ChannelPreconditionFailed
from aiormq.exceptions import ConnectionInternalError
from google.protobuf.wrappers_pb2 import StringValue
from uuid_utils.compat import uuid7

from chassis.events.broker.errors import BrokerDown
from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.broker.rabbitmq.connection import Link
from chassis.events.broker.retry import Retries
from chassis.events.dead_letters import RabbitDeadLetters
from chassis.events.reactions import on
from chassis.events.relay import Relay
from chassis.local.rabbitmq import LocalRabbit, server_script
from chassis.work.envelope import Envelope

pytestmark = pytest.mark.piece("rabbitmq")  # one node for all of these


class Wire:
    """A TCP proxy in front of the broker: it can be cut, and led to a node that has moved."""

    def __init__(self, url):
        self.target = url
        self.is_cut = False
        self._writers = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_):
        self.cut()
        self._server.close()

    @property
    def url(self):
        parts = urlsplit(self.target)
        port = self._server.sockets[0].getsockname()[1]
        return parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}").geturl()

    def cut(self):
        self.is_cut = True
        self.drop()

    def mend(self):
        self.is_cut = False

    def drop(self):
        """Breaks what is open; new connections are still let through."""
        count = len(self._writers)
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        return count

    async def _serve(self, reader, writer):
        if self.is_cut:
            writer.transport.abort()
            return
        parts = urlsplit(self.target)
        try:
            far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.transport.abort()


@pytest.fixture
async def wire(rabbitmq):
    async with Wire(rabbitmq) as made:
        yield made


@pytest.fixture
async def running(parcels):
    """Starts relays and brokers, and ends them."""
    brokers, relays = [], []

    def broker(url, **but):
        brokers.append(RabbitBroker(url, Retries(delays=(0.05,)), **{"exchange": f"events-{parcels.workspace.hex}", **but}))
        return brokers[-1]

    def relay(via):
        made = Relay(parcels.relay_dsn, "parcels", via, parcels.signer, poll=0.1)
        relays.append((made, asyncio.create_task(made.run())))

    yield broker, relay
    for made, task in relays:
        await made.stop(grace=0.5)
        await task
    for made in brokers:
        await made.close()


def keeper(parcels, queue, wrap=lambda handle: handle):
    async def keep(event, delivery):
        await parcels.record(delivery, event.value)

    reaction = on(StringValue, queue=queue)(keep)
    made = parcels.subscription(reaction)
    object.__setattr__(made, "handle", wrap(made.handle))
    return made


async def test_events_written_while_the_broker_cannot_be_reached_arrive_when_it_can(parcels, wire, running):
    broker, relay = running
    events = broker(wire.url)
    queue = f"parcels.keep-{uuid7().hex}"
    await events.subscribe(keeper(parcels, queue))
    relay(events)
    await parcels.emit(StringValue(value="before"))
    await parcels.until(lambda: _is(parcels, ["before"]))

    wire.cut()
    await parcels.emit(*(StringValue(value=f"during {n}") for n in range(3)))
    await asyncio.sleep(0.5)
    assert await parcels.waiting() == 3
    wire.mend()

    await parcels.until(lambda: _is(parcels, ["before", "during 0", "during 1", "during 2"]), seconds=30)
    await parcels.until(parcels.is_sent)


async def test_a_consumer_cut_off_between_commit_and_acknowledgement_is_told_again_to_no_effect(parcels, wire, running):
    broker, relay = running
    calls = []

    def cut_once(handle):
        async def wrapped(envelope, attempt):
            await handle(envelope, attempt)
            calls.append(attempt)
            if len(calls) == 1:
                assert wire.drop() > 0

        return wrapped

    events = broker(wire.url)
    await events.subscribe(keeper(parcels, f"parcels.keep-{uuid7().hex}", cut_once))
    relay(events)
    await parcels.emit(StringValue(value="once"))

    await parcels.until(lambda: len(calls) == 2, seconds=30)
    assert await parcels.effects() == ["once"]


async def test_a_message_the_broker_has_confirmed_outlives_the_brokers_death(parcels, tmp_path, running):
    if server_script() is None:
        pytest.fail("this test needs RabbitMQ on this machine: it kills it")
    broker, relay = running
    node = LocalRabbit(tmp_path / "node").start()
    queue = f"parcels.keep-{uuid7().hex}"
    try:
        async with Wire(node.amqp_url) as wire:
            # The queue is there, but nobody takes from it yet.
            first = broker(wire.url)
            await first.subscribe(keeper(parcels, queue))
            await parcels.until(first._consuming._up.is_set)
            await first._consuming.close()
            relay(first)
            await parcels.emit(StringValue(value="confirmed"))
            await parcels.until(parcels.is_sent)

            os.kill(node.pid, signal.SIGKILL)
            await parcels.emit(StringValue(value="written meanwhile"))
            await asyncio.to_thread(node.stop)
            assert await parcels.effects() == []
            wire.target = (await asyncio.to_thread(node.start)).amqp_url

            second = broker(wire.url)
            await second.subscribe(keeper(parcels, queue))
            await parcels.until(lambda: _is(parcels, ["confirmed", "written meanwhile"]), seconds=90)
    finally:
        await asyncio.to_thread(node.stop)


async def test_dead_letters_are_listed_once_their_queue_has_a_leader_again(servers, tmp_path):
    if server_script() is None:
        pytest.fail("this test needs RabbitMQ on this machine: it stops a queue inside it")
    node, go_on = LocalRabbit(tmp_path / "node").start(), tmp_path / "go-on"
    queue = f"parcels.keep-{uuid7().hex}"
    server = f'quorum_queues, {{list_to_atom("%2F_{queue}.dead"), node()}}'
    # Restarted by the node itself: another command would take seconds to begin.
    restarted = (
        f'fun Wait() -> case filelib:is_file("{go_on}") of true -> ra:restart_server({server}); false -> timer:sleep(20), Wait() end end'
    )
    try:
        async with await aio_pika.connect(node.amqp_url) as operator:
            channel = await operator.channel()
            await channel.declare_queue(f"{queue}.dead", durable=True, arguments={"x-queue-type": "quorum"})
            await channel.default_exchange.publish(aio_pika.Message(b"deadly"), f"{queue}.dead")
            await asyncio.to_thread(_eval, node, f"ok = ra:stop_server({server}), spawn({restarted}), ok.")
            with pytest.raises(ConnectionInternalError):
                await (await channel.declare_queue(f"{queue}.dead", passive=True)).get(fail=False)

        listing = asyncio.create_task(RabbitDeadLetters(node.amqp_url, [queue]).listed())
        go_on.touch()
        assert [(summary.queue, summary.id) for summary in await listing] == [(queue, None)]
    finally:
        await asyncio.to_thread(node.stop)


def _eval(node, expression):
    """Runs an expression of Erlang inside the node."""
    environment = dict(entry.split("=", 1) for entry in Path(f"/proc/{node.pid}/environ").read_text().split("\0") if "=" in entry)
    subprocess.run([server_script().parent / "rabbitmqctl", "eval", expression], env=environment, check=True, capture_output=True)


async def test_every_queue_is_there_before_any_is_taken_from(parcels, rabbitmq, running, monkeypatch):
    """What a reaction announces may be for a queue that is new: an event that is published before is not in it."""
    broker, _ = running
    events, steps = broker(rabbitmq), []

    async def noted(name, do, connection, subscription):
        await do(connection, subscription)
        steps.append(name)

    for step in ("_declare", "_consume"):
        monkeypatch.setattr(events, step, partial(noted, step, getattr(events, step)))
    for _ in range(10):
        await events.subscribe(keeper(parcels, f"parcels.keep-{uuid7().hex}"))

    await parcels.until(lambda: len(events._tags) == 10)
    assert steps[-20:] == ["_declare"] * 10 + ["_consume"] * 10


async def test_a_queue_that_somebody_deletes_is_made_and_taken_from_again(parcels, rabbitmq, running):
    broker, relay = running
    events = broker(rabbitmq, measure_every=0.2)
    queue = f"parcels.keep-{uuid7().hex}"
    await events.subscribe(keeper(parcels, queue))
    relay(events)
    await parcels.emit(StringValue(value="before"))
    await parcels.until(lambda: _is(parcels, ["before"]))

    async with await aio_pika.connect(rabbitmq) as operator:
        channel = await operator.channel()
        await (await channel.declare_queue(queue, passive=True)).delete(if_unused=False, if_empty=False)
    await parcels.emit(StringValue(value="after"))

    await parcels.until(lambda: _is(parcels, ["after", "before"]), seconds=30)
    assert await parcels.effects() == ["after", "before"]


async def test_a_message_whose_consumers_keep_dying_with_it_ends_among_the_dead(parcels, rabbitmq, running):
    broker, _ = running
    events = broker(rabbitmq)
    queue = f"parcels.keep-{uuid7().hex}"
    await events.subscribe(keeper(parcels, queue))
    await parcels.until(events._consuming._up.is_set)
    await events._consuming.close()

    async with await aio_pika.connect(rabbitmq) as operator:
        channel = await operator.channel()
        await channel.default_exchange.publish(aio_pika.Message(b"deadly"), queue)
        taken = await channel.declare_queue(queue, passive=True)
        deliveries = 0
        async with asyncio.timeout(20):
            while (message := await taken.get(fail=False)) is not None:
                deliveries += 1
                await message.reject(requeue=True)
                await asyncio.sleep(0.01)
        assert deliveries == 21
        dead = await channel.declare_queue(f"{queue}.dead", passive=True)
        letter = await parcels.until(lambda: dead.get(fail=False))
        assert letter.body == b"deadly"
        await letter.ack()


async def test_the_queues_are_replicated_and_bounded_in_their_redeliveries(parcels, rabbitmq, running):
    broker, _ = running
    events = broker(rabbitmq)
    queue = f"parcels.keep-{uuid7().hex}"
    await events.subscribe(keeper(parcels, queue))
    await parcels.until(events._consuming._up.is_set)

    # RabbitMQ compares arguments when a queue is declared again: a difference closes the channel.
    for but in ({"x-queue-type": "classic"}, {"x-delivery-limit": 7}):
        async with await aio_pika.connect(rabbitmq) as operator:
            channel = await operator.channel()
            with pytest.raises(ChannelPreconditionFailed):
                await channel.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum", **but})


async def _is(parcels, labels):
    return await parcels.effects() == labels


@pytest.mark.parametrize("end", [Exception, asyncio.CancelledError, RuntimeError], ids=lambda end: end.__name__)
async def test_a_connection_comes_back_whatever_its_setup_was_broken_off_with(rabbitmq, end):
    """All of these are how aiormq tells whoever waits for an answer that the channel is gone."""
    setups = []

    async def equip(connection):
        setups.append(connection)
        if len(setups) == 1:
            raise end

    link = Link(rabbitmq, "broken-off", equip)
    link.start()
    try:
        assert await link.up(within=30)
    finally:
        await asyncio.wait_for(link.close(), 10)
    assert len(setups) == 2
    assert link._task.cancelled(), "a cancellation that is meant is heeded"


@pytest.mark.parametrize("hidden_by", [None, ConnectionError], ids=["a result", "an error"])
async def test_a_link_that_is_closed_while_it_is_set_up_ends_although_its_cancellation_is_hidden(rabbitmq, hidden_by):
    """aiormq and asyncio.wait_for hide a cancellation that comes at the moment of a loss, or of an answer."""
    begun = asyncio.Event()

    async def equip(connection):
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if hidden_by is not None:
                raise hidden_by from None

    link = Link(rabbitmq, "hidden", equip)
    link.start()
    await begun.wait()

    async with asyncio.timeout(20):
        await link.close()
    assert link._task.cancelled()


async def test_whoever_sends_while_the_broker_goes_away_hears_just_that(parcels, wire, running):
    broker, _ = running
    events = broker(wire.url)
    queue = f"parcels.keep-{uuid7().hex}"
    await events.subscribe(keeper(parcels, queue))
    await parcels.until(lambda: events._tags)
    answers = []
    for moment in range(12):
        envelopes = [Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", b"", datetime.now(UTC)) for _ in range(10)]
        sending = [asyncio.create_task(events.send(queue, envelope)) for envelope in envelopes]
        for _ in range(moment):
            await asyncio.sleep(0)
        wire.drop()
        answers += await asyncio.gather(*sending, return_exceptions=True)

    assert {type(answer) for answer in answers} <= {type(None), BrokerDown}
    assert any(isinstance(answer, BrokerDown) for answer in answers), "nobody was cut off"


async def test_a_broker_that_cannot_be_reached_leaves_no_connection_to_be_collected(wire):
    """The garbage collector would close it, if it came by while this loop runs, and could not, if it came by later."""
    gc.collect()
    before = {id(each) for each in _open_connections()}
    wire.cut()

    async def equip(connection):
        raise AssertionError

    link = Link(wire.url, "nobody-there", equip)
    link.start()
    assert not await link.up(within=0.5)
    await link.close()

    assert [each for each in _open_connections() if id(each) not in before] == []


def _open_connections():
    return [each for each in gc.get_objects() if isinstance(each, aio_pika.Connection) and not each.is_closed]

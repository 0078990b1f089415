"""What one service's account may do at a RabbitMQ that has the definitions of an installation, and what it is refused."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError, PublishError
from aiormq.exceptions import ChannelAccessRefused
from pamqp.commands import Queue
from uuid_utils.compat import uuid7

from caseload.services import SERVICE_NAMES
from chassis.events.broker.base import Subscription
from chassis.events.broker.rabbitmq import listener, messages
from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.broker.rabbitmq.listener import HintListener
from chassis.events.broker.retry import Retries
from chassis.events.dead_letters import RabbitDeadLetters
from chassis.events.hints import ALERTS_CHANGED, LISTENERS
from chassis.events.rabbitmq_accounts import definitions
from chassis.local.rabbitmq import LocalRabbit
from chassis.work.envelope import Envelope

pytestmark = pytest.mark.piece("rabbitmq")  # one node for all of these

ERASED = "caseload.clients.v1.ClientErased"
LINE = "caseload.audit.v1.AuditRecorded"
QUEUE = "clinical.erase-client"


class Installation:
    """A node with an account for each service, and clinical's queue on it."""

    def __init__(self, node):
        self.node = node
        self.seen = []

    def url(self, service):
        return self.node.url(service, f"secret-of-{service}")

    def broker(self, service):
        return RabbitBroker(self.url(service), Retries(delays=(0.05,)), name=service)

    @asynccontextmanager
    async def channel(self, service):
        async with await aio_pika.connect(self.url(service)) as connection:
            yield await connection.channel(on_return_raises=True)


@pytest.fixture(scope="module")
async def node(servers, tmp_path_factory):
    passwords = {name: f"secret-of-{name}" for name in (*SERVICE_NAMES, *LISTENERS)}
    started = await asyncio.to_thread(LocalRabbit(tmp_path_factory.mktemp("node"), definitions(passwords)).start)
    yield started
    await asyncio.to_thread(started.stop)


@pytest.fixture
async def installation(node):
    made = Installation(node)
    broker = made.broker("clinical")

    async def handle(envelope, attempt):
        made.seen.append((envelope.payload, attempt))
        if envelope.payload.startswith(b"poison"):
            raise ValueError

    async def keep(_letter):
        raise AssertionError

    await broker.subscribe(Subscription(QUEUE, ERASED, handle, keep))
    await until(lambda: broker._tags and broker._consuming._up.is_set())
    yield made
    await broker.drain(1.0)
    await broker.close()


async def until(condition, seconds=20):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def event(type_, payload=b"", /):
    return Envelope(uuid7(), uuid7(), type_, payload, datetime.now(UTC))


async def test_a_service_announces_its_own_events_and_what_fails_comes_again_dies_and_is_replayed(installation):
    clients = installation.broker("clients")
    await clients.publish(event(ERASED, b"well"))
    await clients.publish(event(ERASED, b"poison"))
    await clients.close()
    await until(lambda: len(installation.seen) == 3)
    assert sorted(installation.seen) == [(b"poison", 1), (b"poison", 2), (b"well", 1)]

    dead = RabbitDeadLetters(installation.url("clinical"), [QUEUE])
    async with asyncio.timeout(20):
        while not (letters := await dead.listed()):
            await asyncio.sleep(0.05)
    assert [letter.error for letter in letters] == ["ValueError"]
    assert await dead.replay(QUEUE) == 1
    await until(lambda: installation.seen.count((b"poison", 2)) == 2)


@pytest.mark.parametrize("service", SERVICE_NAMES)
async def test_a_service_may_publish_lines_of_the_trail_and_its_own_events_and_no_others(installation, service):
    async def publish(type_):
        async with installation.channel(service) as channel:
            # Nobody takes it here, which is not what this is about.
            await (await channel.get_exchange(messages.announcements(service))).publish(aio_pika.Message(b""), type_, mandatory=False)

    for own in (LINE, f"caseload.{service}.v1.Whatever"):
        await publish(own)
    for owner in {*SERVICE_NAMES, "identit", "identity.v1.x.clients", "gateway"} - {service}:
        with pytest.raises(ChannelAccessRefused):
            await publish(f"caseload.{owner}.v1.Whatever")
    assert installation.seen == []


async def keep(_message):
    raise AssertionError("nothing is delivered to a stranger")


async def consume(channel):
    queue = await channel.get_queue(QUEUE, ensure=False)
    await queue.consume(keep)


async def get(channel):
    await (await channel.get_queue(QUEUE, ensure=False)).get(fail=False)


async def purge(channel):
    await (await channel.get_queue(QUEUE, ensure=False)).purge()


async def delete(channel):
    await channel.queue_delete(QUEUE)


async def look_among_the_dead(channel):
    await (await channel.get_queue(messages.dead_queue(QUEUE), ensure=False)).get(fail=False)


async def bind_elsewhere(channel):
    await (await channel.get_queue(QUEUE, ensure=False)).bind(messages.EVENTS, "caseload.notifications.v1.#")


async def unbind(channel):
    await (await channel.get_queue(QUEUE, ensure=False)).unbind(messages.EVENTS, ERASED)


async def publish_by_the_default_exchange(channel):
    await channel.default_exchange.publish(aio_pika.Message(b"straight in"), QUEUE)


async def publish_by_its_own_exchange(channel):
    await (await channel.get_exchange("clinical.direct", ensure=False)).publish(aio_pika.Message(b"straight in"), QUEUE)


async def delete_the_exchange(channel):
    await channel.exchange_delete(messages.EVENTS)


async def make_a_queue_of_its_name(channel):
    await channel.declare_queue("clinical.remove-files", durable=True)


async def lead_the_dead_there(channel):
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": QUEUE, "x-message-ttl": 1}
    await channel.declare_queue("notifications.detour", durable=True, arguments=arguments)


async def follow_the_trail(channel):
    queue = await channel.declare_queue("notifications.curious", durable=True)
    await queue.bind(messages.EVENTS, LINE)


async def follow_everything(channel):
    queue = await channel.declare_queue("notifications.curious", durable=True)
    await queue.bind(messages.EVENTS, "#")


async def publish_to_the_events(channel):
    await (await channel.get_exchange(messages.EVENTS)).publish(aio_pika.Message(b"straight in"), ERASED)


async def publish_what_another_announces(channel):
    exchange = await channel.get_exchange(messages.announcements("notifications"))
    await exchange.publish(aio_pika.Message(b"straight in"), ERASED)


async def publish_as_another(channel):
    await (await channel.get_exchange(messages.announcements("clients"))).publish(aio_pika.Message(b"straight in"), ERASED)


async def lead_an_exchange_of_its_own_to_the_events(channel):
    exchange = await channel.declare_exchange("notifications.detour", "fanout")
    await (await channel.get_exchange(messages.EVENTS)).bind(exchange, "#")


async def widen_what_its_announcements_lead_to(channel):
    await (await channel.get_exchange(messages.EVENTS)).bind(await channel.get_exchange(messages.announcements("notifications")), "#")


async def make_an_exchange(channel):
    await channel.declare_exchange("detour", "topic")


async def change_its_announcements(channel):
    await channel.exchange_delete(messages.announcements("notifications"))


ATTEMPTS = [
    publish_to_the_events,
    publish_what_another_announces,
    publish_as_another,
    lead_an_exchange_of_its_own_to_the_events,
    widen_what_its_announcements_lead_to,
    make_an_exchange,
    change_its_announcements,
    consume,
    get,
    purge,
    delete,
    look_among_the_dead,
    bind_elsewhere,
    unbind,
    publish_by_the_default_exchange,
    publish_by_its_own_exchange,
    delete_the_exchange,
    make_a_queue_of_its_name,
    lead_the_dead_there,
    follow_the_trail,
    follow_everything,
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.__name__)
async def test_one_services_account_touches_nothing_of_anothers(installation, attempt):
    async with installation.channel("notifications") as channel:
        with pytest.raises(ChannelAccessRefused):
            await attempt(channel)
    clients = installation.broker("clients")
    await clients.publish(event(ERASED, b"still here"))
    await clients.close()
    await until(lambda: installation.seen == [(b"still here", 1)])


async def a_queue_of_a_name(channel):
    await channel.declare_queue("gateway.alerts")


async def a_queue_of_a_name_as_of_the_brokers(channel):
    await channel.declare_queue("amq.gen-mine")


async def follow_other_events(channel):
    await (await channel.declare_queue("", exclusive=True)).bind(messages.EVENTS, ERASED)


async def follow_all_events(channel):
    await (await channel.declare_queue("", exclusive=True)).bind(messages.EVENTS, "#")


async def follow_the_announcements_of_a_service(channel):
    await (await channel.declare_queue("", exclusive=True)).bind(messages.announcements("notifications"), ALERTS_CHANGED)


async def publish_a_hint(channel):
    exchange = await channel.get_exchange(messages.announcements("notifications"), ensure=False)
    await exchange.publish(messages.hint(uuid7()), ALERTS_CHANGED)


async def publish_to_its_own_queue(channel):
    queue = await channel.declare_queue("", exclusive=True)
    await channel.default_exchange.publish(messages.hint(uuid7()), queue.name)


async def lead_its_dead_elsewhere(channel):
    await channel.declare_queue("", exclusive=True, arguments={"x-dead-letter-exchange": messages.EVENTS})


LISTENING = [
    a_queue_of_a_name,
    a_queue_of_a_name_as_of_the_brokers,
    follow_other_events,
    follow_all_events,
    follow_the_announcements_of_a_service,
    publish_a_hint,
    publish_to_its_own_queue,
    lead_its_dead_elsewhere,
    publish_to_the_events,
    publish_as_another,
    make_an_exchange,
    consume,
    get,
    purge,
    delete,
    look_among_the_dead,
    unbind,
    delete_the_exchange,
]


@pytest.mark.parametrize("attempt", LISTENING, ids=lambda attempt: attempt.__name__)
async def test_who_listens_to_hints_may_do_nothing_else(installation, attempt):
    async with installation.channel("gateway") as channel:
        with pytest.raises(ChannelAccessRefused):
            await attempt(channel)


async def test_who_listens_hears_hints_each_by_a_queue_of_its_own_and_a_queue_that_was_deleted_is_made_anew(installation, monkeypatch):
    monkeypatch.setattr(listener, "_SECONDS_BETWEEN_CHECKS", 0.1)
    heard = ([], [])
    listeners = [HintListener(installation.url("gateway"), LISTENERS["gateway"], each.append) for each in heard]
    notifications = installation.broker("notifications")
    for each in listeners:
        each.start()
    await until(lambda: all(each.hears for each in listeners))
    first = uuid7()
    notifications.hint(ALERTS_CHANGED, first)
    await until(lambda: heard == ([first], [first]))

    async with await aio_pika.connect(installation.node.amqp_url) as connection:
        channel = await connection.channel()
        # No hint: nothing is told of it.
        await (await channel.get_exchange(messages.EVENTS)).publish(aio_pika.Message(b"look there"), ALERTS_CHANGED)
    # As in a cluster whose node it was on is gone: the connection stays.
    gone = [each._queue for each in listeners]
    for queue in gone:
        await queue.delete(if_unused=False, if_empty=False)
    await until(lambda: all(each.hears and each._queue not in gone for each in listeners))
    second = uuid7()
    notifications.hint(ALERTS_CHANGED, second)
    await until(lambda: heard == ([first, second], [first, second]))
    for each in (*listeners, notifications):
        await each.close()


async def test_a_hint_that_nobody_hears_harms_nobody(installation):
    notifications = installation.broker("notifications")
    notifications.hint(ALERTS_CHANGED, uuid7())
    await until(lambda: not notifications._hinting)
    await notifications.close()


async def test_what_enters_by_an_exchange_of_its_own_leads_no_further_than_what_it_announces(installation):
    """RabbitMQ lets an account make an exchange by a name that begins as its queues' names do, and bind it to where it may write."""
    async with installation.channel("notifications") as channel:
        for kind in ("fanout", "topic", "direct"):
            detour = await channel.declare_exchange(f"notifications.through-{kind}", kind, auto_delete=True)
            await (await channel.get_exchange(messages.announcements("notifications"))).bind(detour, "#" if kind == "topic" else ERASED)
            with pytest.raises(PublishError):
                await detour.publish(aio_pika.Message(b"straight in"), ERASED, mandatory=True)
    clients = installation.broker("clients")
    await clients.publish(event(ERASED, b"announced"))
    await clients.close()
    await until(lambda: installation.seen)
    assert installation.seen == [(b"announced", 1)]


async def test_the_trail_is_for_audit_to_follow(installation):
    async with installation.channel("audit") as channel:
        queue = await channel.declare_queue("audit.record-here", durable=True)
        bound = await queue.bind(messages.EVENTS, LINE)
        assert isinstance(bound, Queue.BindOk)
        await queue.delete()


async def test_an_account_has_the_password_it_was_given_and_no_other(installation):
    url = installation.node.url("clients", "secret-of-clinical")
    with pytest.raises((AMQPError, ConnectionError)):
        await aio_pika.connect(url)


async def test_a_queue_of_an_earlier_release_is_taken_from_as_it_is(node):
    """Its messages went to their delay and back by the default exchange, which the service itself may no longer publish to."""
    queue = "scheduling.erase-appointments"
    old = {
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-queue-type": "quorum",
    }
    async with await aio_pika.connect(node.amqp_url) as administrator:
        channel = await administrator.channel()
        await channel.declare_queue(f"{queue}.dead", durable=True, arguments=messages.dead_arguments())
        await channel.declare_queue(
            queue, durable=True, arguments={**old, "x-delivery-limit": 20, "x-dead-letter-routing-key": f"{queue}.dead"}
        )
        await channel.declare_queue(
            messages.delay_queue(queue, 0.05),
            durable=True,
            arguments={**old, "x-message-ttl": 50, "x-dead-letter-routing-key": queue},
        )
    made = Installation(node)
    attempts = []

    async def handle(_envelope, attempt):
        attempts.append(attempt)
        if attempt == 1:
            raise ValueError

    async def keep(_letter):
        raise AssertionError

    broker, clients = made.broker("scheduling"), made.broker("clients")
    await broker.subscribe(Subscription(queue, ERASED, handle, keep))
    await until(lambda: broker._tags and broker._consuming._up.is_set())
    await clients.publish(event(ERASED))
    await until(lambda: attempts == [1, 2])
    for each in (broker, clients):
        await each.drain(1.0)
        await each.close()
    assert attempts == [1, 2], "it came once more although it was done"

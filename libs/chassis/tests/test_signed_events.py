"""An event has an effect only with the signature of a service that may announce it."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aio_pika
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from caseload.services import SERVICE_NAMES
from chassis.auth.tokens import ServiceSigner, read_service_keys, write_service_keys
from chassis.events.broker.errors import NotItsAnnouncer, SignatureInvalid, Unsigned, Untrusted
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.broker.rabbitmq import messages
from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.broker.retry import Retries
from chassis.events.dead_letters import RabbitDeadLetters, TableDeadLetters
from chassis.events.reactions import on, on_many
from chassis.events.relay import Relay
from chassis.events.signatures import EventSigner, EventVerifier
from chassis.work.envelope import Envelope

pytestmark = pytest.mark.piece("rabbitmq")  # one node for those that need it

ERASED = "caseload.clients.v1.ClientErased"
LINE = "caseload.audit.v1.AuditRecorded"


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    write_service_keys(folder, [*SERVICE_NAMES, "gateway"])
    return folder


@pytest.fixture
def verifier(keys):
    return EventVerifier(read_service_keys(keys))


def signed(keys, service, *envelopes):
    signer = EventSigner(ServiceSigner(service, (keys / f"{service}.key").read_bytes()))
    return [replace(each, signature=signature) for each, signature in zip(envelopes, signer.sign(envelopes), strict=True)]


def event(**but):
    fields = {"id": uuid7(), "workspace_id": uuid7(), "type": ERASED, "payload": b"p", "occurred_at": datetime.now(UTC)}
    return Envelope(**fields | {"request_id": "r", "traceparent": "t"} | but)


def test_an_event_is_its_own_services(keys, verifier):
    (genuine,) = signed(keys, "clients", event())
    assert verifier.announcer(genuine) == "clients"


@pytest.mark.parametrize("count", [2, 16, 17, 40])
def test_events_written_together_are_verified_each_by_itself(keys, verifier, count):
    together = signed(keys, "clients", *(event() for _ in range(count)))
    assert {verifier.announcer(each) for each in together[::-1]} == {"clients"}
    assert len({each.signature for each in together}) == -(-count // 16)


@pytest.mark.parametrize(
    "change",
    [
        {"id": uuid7()},
        {"workspace_id": uuid7()},
        {"type": "caseload.clients.v1.ClientMerged"},
        {"payload": b"q"},
        {"occurred_at": datetime.now(UTC) - timedelta(microseconds=1)},
        {"request_id": "s"},
        {"request_id": "rt", "traceparent": ""},
    ],
    ids="+".join,
)
def test_nothing_of_an_event_can_be_changed(keys, verifier, change):
    first, second = signed(keys, "clients", event(), event())
    assert verifier.announcer(first) == "clients"
    with pytest.raises(SignatureInvalid):
        verifier.announcer(replace(first, **change))
    with pytest.raises(SignatureInvalid):
        verifier.announcer(replace(event(), signature=second.signature))


def test_a_signature_with_any_bit_turned_is_none(keys, verifier):
    (genuine,) = signed(keys, "clients", event())
    for place in range(len(genuine.signature)):
        turned = bytearray(genuine.signature)
        turned[place] ^= 1
        with pytest.raises(SignatureInvalid):
            verifier.announcer(replace(genuine, signature=bytes(turned)))


def test_no_service_announces_what_is_anothers(keys, verifier):
    for service in SERVICE_NAMES:
        (attempt,) = signed(keys, service, event())
        if service == "clients":
            verifier.announcer(attempt)
        else:
            with pytest.raises(NotItsAnnouncer):
                verifier.announcer(attempt)


def test_every_service_announces_lines_of_the_trail_and_the_gateway_none(keys, verifier):
    for service in SERVICE_NAMES:
        (line,) = signed(keys, service, event(type=LINE))
        assert verifier.announcer(line) == service
    (line,) = signed(keys, "gateway", event(type=LINE))
    with pytest.raises(NotItsAnnouncer):
        verifier.announcer(line)


def test_a_key_that_is_not_the_services_own_signs_nothing(keys, verifier, tmp_path):
    write_service_keys(tmp_path, ["clients", "strangers"])
    for service in ("clients", "strangers"):
        (forged,) = signed(tmp_path, service, event())
        with pytest.raises(SignatureInvalid):
            verifier.announcer(forged)


def test_unsigned_events_are_taken_until_a_moment_and_not_beyond(keys):
    now = datetime.now(UTC)
    with pytest.raises(Unsigned):
        EventVerifier(read_service_keys(keys)).announcer(event())
    with pytest.raises(Unsigned):
        EventVerifier(read_service_keys(keys), unsigned_until=now).announcer(event())
    during = EventVerifier(read_service_keys(keys), unsigned_until=now + timedelta(minutes=1))
    assert during.announcer(event()) == ""
    (forged,) = signed(keys, "audit", event())
    with pytest.raises(NotItsAnnouncer):
        during.announcer(forged)


def proven(keys, service, *envelopes):
    """As the service's outbox keeps them."""
    signer = EventSigner(ServiceSigner(service, (keys / f"{service}.key").read_bytes()))
    return signer, [replace(each, signature=signer.proof(each)) for each in envelopes]


def test_the_relay_signs_what_has_a_proof_and_keeps_the_order(keys, verifier):
    signer, kept = proven(keys, "clients", *(event(type=(ERASED, LINE)[n % 2]) for n in range(34)))
    leaving = signer.sign_proven(kept)

    assert [each.id for each in leaving] == [each.id for each in kept]
    assert {verifier.announcer(each) for each in leaving} == {"clients"}
    # A consumer takes events of one type, so it verifies no more signatures than it has to.
    assert len({each.signature for each in leaving if each.type == LINE}) == 2
    assert len({each.signature for each in leaving}) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"id": uuid7()},
        {"workspace_id": uuid7()},
        {"type": "caseload.clients.v1.ClientMerged"},
        {"payload": b"q"},
        {"occurred_at": datetime.now(UTC) - timedelta(microseconds=1)},
        {"request_id": "s"},
        {"request_id": "rt", "traceparent": ""},
        {"signature": bytes(32)},
        {"signature": b""},
    ],
    ids="+".join,
)
def test_the_relay_signs_nothing_that_was_changed_in_the_outbox(keys, verifier, change):
    signer, (genuine, kept) = proven(keys, "clients", event(), event())
    changed = replace(kept, **change)

    signed_one, left = signer.sign_proven([genuine, changed])

    assert verifier.announcer(signed_one) == "clients"
    assert left == changed
    with pytest.raises(Untrusted):
        verifier.announcer(left)


def test_a_proof_is_good_for_its_own_service_alone_and_is_no_signature(keys, verifier):
    _, (kept,) = proven(keys, "clients", event())
    with pytest.raises(SignatureInvalid):
        verifier.announcer(kept)
    for service in SERVICE_NAMES:
        signer, _ = proven(keys, service)
        assert (signer.sign_proven([kept]) != [kept]) == (service == "clients")


def test_what_was_signed_in_the_outbox_by_an_earlier_release_leaves_as_it_is(keys, verifier):
    signer, (kept,) = proven(keys, "clients", event())
    (before,) = signed(keys, "clients", event())

    assert [verifier.announcer(each) for each in signer.sign_proven([before, kept])] == ["clients", "clients"]
    assert signer.sign_proven([before]) == [before]


class Place:
    """A transport with one queue of `parcels`, and an account that may publish anything."""

    def __init__(self, parcels, broker, dead_letters):
        self.parcels = parcels
        self.queue = f"parcels.take-{uuid7().hex}"
        self.broker = broker
        self._dead_letters = dead_letters

    async def take(self, *, together=False):
        async def keep(event, delivery):
            await self.parcels.record(delivery, event.value)

        async def keep_many(events, delivery):
            for event in events:
                await self.parcels.record(delivery, event.value)

        reaction = on_many(StringValue, queue=self.queue)(keep_many) if together else on(StringValue, queue=self.queue)(keep)
        await self.broker.subscribe(self.parcels.subscription(reaction))
        if isinstance(self.broker, RabbitBroker):
            await self.parcels.until(lambda: self.broker._tags and self.broker._consuming._up.is_set())

    async def died(self, count):
        async def enough():
            letters = await self._dead_letters([self.queue]).listed(self.queue)
            return letters if len(letters) == count else None

        return await self.parcels.until(enough)

    def untrusted(self, reason):
        return REGISTRY.get_sample_value("caseload_events_untrusted_total", {"queue": self.queue, "reason": reason}) or 0


@pytest.fixture(params=["in process", "rabbitmq"])
async def place(request, parcels):
    retries = Retries(delays=(0.05,))
    if request.param == "rabbitmq":
        url = request.getfixturevalue("rabbitmq")
        broker = RabbitBroker(url, retries, exchange=f"events-{uuid7().hex}")
        made = Place(parcels, broker, lambda queues: RabbitDeadLetters(url, queues))
    else:
        made = Place(parcels, InProcessBroker(retries), lambda queues: TableDeadLetters(parcels.relay_dsn, "parcels"))
    yield made
    await made.broker.drain(1.0)
    await made.broker.close()


def named(parcels, value):
    return Envelope(
        uuid7(), parcels.workspace, "google.protobuf.StringValue", StringValue(value=value).SerializeToString(), datetime.now(UTC)
    )


def of_letters(service_keys, envelope):
    """Signed by a service that there is, but whose event it is not."""
    (made,) = signed(service_keys, "letters", envelope)
    return made


async def test_what_a_hostile_publisher_sends_has_no_effect_and_is_a_dead_letter_at_once(place, parcels, service_keys, caplog):
    await place.take()
    genuine = parcels.signed(named(parcels, "genuine"))
    hostile = {
        "Unsigned": named(parcels, "unsigned"),
        "NotItsAnnouncer": of_letters(service_keys, named(parcels, "another service's")),
        "SignatureInvalid": replace(genuine, id=uuid7(), workspace_id=uuid7()),
    }
    with caplog.at_level(logging.ERROR, "chassis.events.reactions"):
        await asyncio.gather(*(place.broker.publish(each) for each in (*hostile.values(), genuine)))
        await parcels.until(lambda: _is(parcels, ["genuine"]))
        letters = await place.died(3)

    assert {letter.id: (letter.error, letter.attempts) for letter in letters} == {each.id: (why, 1) for why, each in hostile.items()}
    assert await parcels.effects() == ["genuine"]
    assert [place.untrusted(why) for why in hostile] == [1, 1, 1]
    assert caplog.messages.count("an event is not signed by a service that may announce it") == 3


async def test_a_forged_event_among_those_taken_together_takes_none_of_them_along(place, parcels, service_keys):
    await place.take(together=True)
    genuine = [parcels.signed(named(parcels, f"{n}")) for n in range(5)]
    forged = of_letters(service_keys, named(parcels, "forged"))
    await asyncio.gather(*(place.broker.publish(each) for each in (*genuine[:2], forged, *genuine[2:])))

    await parcels.until(lambda: _is(parcels, ["0", "1", "2", "3", "4"]))
    (letter,) = await place.died(1)
    assert (letter.id, letter.error) == (forged.id, "NotItsAnnouncer")


async def test_a_row_of_the_outbox_that_somebody_changed_or_added_is_not_believed(place, parcels):
    await place.take()
    ids = await parcels.emit(StringValue(value="as written"), StringValue(value="changed"))
    payload = StringValue(value="forged").SerializeToString()
    await parcels.look("UPDATE parcels.outbox SET payload = $2 WHERE id = $1", ids[1], payload)
    ((proof,),) = await parcels.look("SELECT signature FROM parcels.outbox WHERE id = $1", ids[0])
    # By the service's own account, with what it may read and write, and without its key.
    added = replace(named(parcels, "added"), signature=proof)
    async with parcels.work() as work:
        await work.db.execute(
            "INSERT INTO parcels.outbox (workspace_id, id, type, payload, occurred_at, signature) VALUES ($1, $2, $3, $4, $5, $6)",
            added.workspace_id, added.id, added.type, added.payload, added.occurred_at, added.signature,
        )  # fmt: skip
    relay = Relay(parcels.relay_dsn, "parcels", place.broker, parcels.signer, poll=0.1)
    relaying = asyncio.create_task(relay.run())

    await parcels.until(lambda: _is(parcels, ["as written"]))
    letters = await place.died(2)
    await place.broker.drain(1.0)
    await relay.stop(grace=1.0)
    await relaying
    assert {(letter.id, letter.error) for letter in letters} == {(ids[1], "SignatureInvalid"), (added.id, "SignatureInvalid")}
    assert await parcels.effects() == ["as written"]


async def test_a_replay_makes_no_forged_event_genuine(place, parcels):
    await place.take()
    await place.broker.publish(named(parcels, "unsigned"))
    await place.died(1)
    relay = Relay(parcels.relay_dsn, "parcels", place.broker, parcels.signer, poll=0.1)
    relaying = asyncio.create_task(relay.run())

    assert await place._dead_letters([place.queue]).replay(place.queue) == 1

    await parcels.until(lambda: place.untrusted("Unsigned") == 2)
    await place.died(1)
    await place.broker.drain(1.0)
    await relay.stop(grace=1.0)
    await relaying
    assert await parcels.effects() == []


@pytest.mark.parametrize("place", ["rabbitmq"], indirect=True)
async def test_headers_that_are_no_signature_are_taken_for_none(rabbitmq, parcels, place):
    await place.take()
    genuine = parcels.signed(named(parcels, "genuine"))
    async with await aio_pika.connect(rabbitmq) as connection:
        channel = await connection.channel()
        for signature in ("text", 7, None, ["list"], bytearray(b"\x0a\x07parcels")):
            forged = messages.message(genuine)
            forged.headers["signature"] = signature
            await channel.default_exchange.publish(forged, place.queue, mandatory=True)

    letters = await place.died(5)
    assert {letter.error for letter in letters} == {"Malformed", "SignatureInvalid"}
    assert await parcels.effects() == []


async def test_a_genuine_event_is_not_taken_for_one_of_another_type(place, parcels):
    await place.take()
    other = parcels.signed(replace(named(parcels, "a number, perhaps"), type="google.protobuf.Int64Value"))
    await place.broker.send(place.queue, other)

    (letter,) = await place.died(1)
    assert letter.error == "Malformed"
    assert await parcels.effects() == []


async def _is(parcels, labels):
    return await parcels.effects() == labels

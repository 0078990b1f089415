"""The relay's own promises: nothing is lost, whoever dies and whatever commits late."""

import asyncio

import asyncpg
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from uuid_utils.compat import uuid7

from chassis.events.broker.errors import BrokerDown
from chassis.events.notifier import RelayNotifier
from chassis.events.relay import Relay
from chassis.work.envelope import Envelope


class Ledger:
    """A broker that keeps the order of what it was given, and can be away or slow."""

    def __init__(self):
        self.taken = []
        self.away = False
        self.asked_while_away = 0
        self.slow = {}

    async def publish(self, envelope):
        if self.away:
            self.asked_while_away += 1
            raise BrokerDown
        value = StringValue.FromString(envelope.payload).value
        if value in self.slow:
            await self.slow[value].wait()
        self.taken.append(value)

    async def send(self, queue, envelope):
        await self.publish(envelope)

    async def subscribe(self, subscription):
        raise NotImplementedError

    async def drain(self, grace=10.0):
        return

    async def close(self):
        return


@pytest.fixture
def ledger():
    return Ledger()


@pytest.fixture
async def relays(parcels, ledger):
    """Makes relays and stops whichever are left."""
    made = []

    def make(**but):
        relay = Relay(parcels.relay_dsn, "parcels", ledger, parcels.signer, **{"poll": 0.05, **but})
        task = asyncio.create_task(relay.run())
        made.append((relay, task))
        return relay, task

    yield make
    for relay, task in made:
        await relay.stop(grace=0.5)
        await asyncio.gather(task, return_exceptions=True)


async def test_a_transaction_that_commits_after_later_ones_loses_nothing(parcels, ledger, relays):
    relays()
    async with parcels.work() as early:
        early.emit(StringValue(value="began first, committed last"))
        await parcels.outbox.write(early.db, early._envelopes)
        early._envelopes.clear()
        await parcels.emit(StringValue(value="later"))
        await parcels.until(lambda: ledger.taken == ["later"])
        await parcels.until(parcels.is_sent)

    await parcels.until(lambda: len(ledger.taken) > 1)
    await parcels.until(parcels.is_sent)
    assert ledger.taken == ["later", "began first, committed last"]


async def test_events_leave_in_the_order_they_occurred(parcels, ledger, relays):
    for number in range(30):
        await parcels.emit(StringValue(value=f"{number:02}.0"), StringValue(value=f"{number:02}.1"))
    relays(batch=7)

    await parcels.until(parcels.is_sent)
    assert ledger.taken == [f"{number:02}.{part}" for number in range(30) for part in (0, 1)]


async def test_what_was_rolled_back_never_leaves(parcels, ledger, relays):
    relays()
    with pytest.raises(ZeroDivisionError):
        async with parcels.work() as work:
            work.emit(StringValue(value="regretted"))
            await parcels.outbox.write(work.db, work._envelopes)
            raise ZeroDivisionError
    await parcels.emit(StringValue(value="meant"))

    await parcels.until(lambda: ledger.taken == ["meant"])
    assert len(await parcels.look("SELECT 1 FROM parcels.outbox")) == 1


async def test_one_of_two_relays_works_and_the_other_takes_over_when_its_session_dies(parcels, ledger, relays):
    first, first_task = relays()
    await parcels.until(lambda: first.leading)
    second, _ = relays()
    await parcels.emit(StringValue(value="one"))
    await parcels.until(parcels.is_sent)
    assert not second.leading

    first_task.cancel()
    await asyncio.gather(first_task, return_exceptions=True)
    await parcels.emit(StringValue(value="two"))

    await parcels.until(lambda: second.leading)
    await parcels.until(parcels.is_sent)
    assert ledger.taken == ["one", "two"]


async def test_a_leader_cut_off_from_the_database_comes_back_by_itself(parcels, ledger, relays):
    relay, task = relays()
    await parcels.until(lambda: relay.leading)

    cut = await parcels.look(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'caseload-parcels-relay'"
        " AND datname = current_database()"
    )
    assert [row[0] for row in cut] == [True]
    await parcels.emit(StringValue(value="after the cut"))

    await parcels.until(lambda: ledger.taken == ["after the cut"])
    await parcels.until(parcels.is_sent)
    assert not task.done()


async def test_a_confirmation_that_arrives_while_the_database_is_away_is_marked_afterwards(parcels, ledger, relays):
    release = ledger.slow["slow"] = asyncio.Event()
    relay, _ = relays()
    await parcels.emit(StringValue(value="slow"))
    await parcels.until(lambda: relay._in_flight)
    await parcels.look(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'caseload-parcels-relay'"
        " AND datname = current_database()"
    )
    release.set()

    await parcels.until(parcels.is_sent)
    assert ledger.taken == ["slow"]


async def test_events_wait_for_a_broker_that_is_away_without_being_blamed(parcels, ledger, relays):
    ledger.away = True
    relays()
    await parcels.emit(StringValue(value="a"), StringValue(value="b"))
    await parcels.until(lambda: ledger.asked_while_away >= 4)
    assert await parcels.waiting() == 2
    assert {row["attempts"] for row in await parcels.look("SELECT attempts FROM parcels.outbox")} == {0}

    ledger.away = False

    await parcels.until(parcels.is_sent)
    assert ledger.taken == ["a", "b"]


async def test_a_full_hand_of_slow_deliveries_is_bounded(parcels, ledger, relays):
    for number in range(5):
        ledger.slow[str(number)] = asyncio.Event()
    relay, _ = relays(most_in_flight=3)
    await parcels.emit(*(StringValue(value=str(number)) for number in range(5)))
    await parcels.until(lambda: len(relay._in_flight) == 3)
    await asyncio.sleep(0.3)
    assert len(relay._in_flight) == 3, "there was time to take the others on"

    for event in ledger.slow.values():
        event.set()

    await parcels.until(parcels.is_sent)


async def test_the_commit_wakes_the_relay_long_before_it_would_look_by_itself(parcels, ledger, relays):
    relay, _ = relays(poll=30.0)
    await parcels.until(lambda: relay.leading)
    await asyncio.sleep(0.2)
    notifier = RelayNotifier(parcels.database)

    await parcels.emit(StringValue(value="urgent"))
    notifier.notify()

    await parcels.until(lambda: ledger.taken, seconds=3)
    assert ledger.taken == ["urgent"]
    await notifier.close()


async def test_the_relay_of_the_same_process_is_woken_without_a_notification(parcels, ledger, relays):
    heard = []
    listener = await asyncpg.connect(parcels.admin_dsn)
    await listener.add_listener("parcels_outbox", lambda *_: heard.append(1))
    relay, _ = relays(poll=30.0)
    await parcels.until(lambda: relay.leading)
    second, _ = relays(poll=30.0)

    for own, label, notifications in ((relay, "here", 0), (second, "elsewhere", 1)):
        notifier = RelayNotifier(parcels.database, own.wake)
        await parcels.emit(StringValue(value=label))
        notifier.notify()
        await parcels.until(lambda label=label: label in ledger.taken, seconds=3)
        await notifier.close()
        # They come in order: one for the first event would be among those counted after the second.
        await parcels.until(lambda notifications=notifications: len(heard) >= notifications, seconds=3)
        assert len(heard) == notifications
    await listener.close()


async def test_many_commits_share_one_notification(parcels):
    heard = []
    listener = await asyncpg.connect(parcels.admin_dsn)
    await listener.add_listener("parcels_outbox", lambda *_: heard.append(1))
    notifier = RelayNotifier(parcels.database, pause=0.1)
    for _ in range(50):
        notifier.notify()
    await asyncio.sleep(0.4)
    assert len(heard) == 1

    notifier.notify()
    await parcels.until(lambda: len(heard) == 2)
    await notifier.close()
    await listener.close()


async def test_the_outbox_takes_no_event_of_another_workspace(parcels):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with parcels.work() as work:
            foreign = Envelope(uuid7(), uuid7(), "google.protobuf.StringValue", b"", work.now)
            await parcels.outbox.write(work.db, [foreign])

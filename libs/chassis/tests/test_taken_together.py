"""In one process, too, events that arrive together are kept together by the reactions that can do so."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.events.broker.base import Subscription
from chassis.events.broker.errors import BrokerDown
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.broker.retry import Retries
from chassis.work.envelope import Envelope


class Taken:
    """A reaction that keeps what it was given, alone and together."""

    def __init__(self):
        self.alone, self.together, self.wrong = [], [], set()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def handle(self, envelope, _attempt):
        if envelope.id in self.wrong:
            raise ValueError("an event that cannot be kept")
        self.alone.append(envelope.id)

    async def handle_many(self, envelopes):
        await self.may_go_on.wait()
        if self.wrong & {each.id for each in envelopes}:
            raise ValueError("an event that cannot be kept")
        self.together.append([each.id for each in envelopes])

    async def broker(self, **limits):
        broker = InProcessBroker(Retries(delays=(0.01,)))
        self.dead = []

        async def keep_dead_letter(letter):
            self.dead.append(letter.envelope.id)

        await broker.subscribe(Subscription("q", "event", self.handle, keep_dead_letter, handle_many=self.handle_many, **limits))
        return broker


def event(number, workspace=1):
    return Envelope(UUID(int=number), UUID(int=workspace), "event", b"", datetime.now(UTC))


async def sent(broker, events):
    return await asyncio.gather(*(broker.publish(each) for each in events), return_exceptions=True)


async def test_events_that_are_sent_together_are_kept_together_by_workspace_and_no_more_than_two_hundred():
    taken = Taken()
    events = [event(n, workspace=1 + n % 2) for n in range(500)]
    assert set(await sent(await taken.broker(), events)) == {None}
    assert taken.alone == []
    assert Counter(map(len, taken.together)) == Counter({200: 2, 50: 2})
    assert sorted(each for group in taken.together for each in group) == [each.id for each in events]
    assert all(len({each.int % 2 for each in group}) == 1 for group in taken.together)


async def test_one_that_arrives_by_itself_waits_for_nobody():
    taken = Taken()
    broker = await taken.broker()
    await broker.publish(event(1))
    await broker.publish(event(2))
    assert (taken.alone, taken.together) == ([UUID(int=1), UUID(int=2)], [])


async def test_what_arrives_while_there_is_no_room_is_kept_together():
    taken = Taken()
    broker = await taken.broker(concurrency=1)
    taken.may_go_on.clear()
    first = asyncio.create_task(sent(broker, [event(1), event(2)]))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(broker.publish(event(n))) for n in range(3, 9)]
    await asyncio.sleep(0.01)
    taken.may_go_on.set()
    await asyncio.gather(first, *others)
    assert [len(group) for group in taken.together] == [2, 6]


async def test_one_that_cannot_be_kept_holds_up_no_other():
    taken = Taken()
    taken.wrong = {UUID(int=3)}
    assert set(await sent(await taken.broker(), [event(n) for n in range(6)])) == {None}
    assert (taken.dead, sorted(each.int for each in taken.alone)) == ([UUID(int=3)], [0, 1, 2, 4, 5])


@pytest.mark.parametrize("ends", ["close", "cancel"])
async def test_whoever_ends_in_the_middle_leaves_all_of_them_to_the_outbox(ends):
    taken = Taken()
    broker = await taken.broker()
    taken.may_go_on.clear()
    sending = [asyncio.create_task(broker.publish(event(n))) for n in range(4)]
    await asyncio.sleep(0.01)
    if ends == "close":
        await broker.close()
    else:
        sending[0].cancel()
    results = await asyncio.gather(*sending, return_exceptions=True)
    assert all(isinstance(each, BrokerDown | asyncio.CancelledError) for each in results), results
    assert (taken.together, taken.alone, taken.dead) == ([], [], [])

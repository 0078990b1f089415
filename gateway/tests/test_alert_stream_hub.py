"""How open streams are followed: no workspace waits for another, and nothing is read twice. No server."""

import asyncio
from collections import Counter
from contextlib import suppress
from uuid import uuid4

import pytest

from caseload.notifications.v1 import alert_feed_pb2 as pb
from chassis.errors import Unavailable
from gateway.streams import hub
from gateway.streams.stream import AlertStream

PROMPT, SLOW, BROKEN = uuid4(), uuid4(), uuid4()


class Feed:
    """Three workspaces, each a change ahead of its streams."""

    def __init__(self):
        self.reads = Counter()
        self.is_released = asyncio.Event()

    async def GetHeads(self, request, _context):
        return pb.Heads(items=[pb.Head(workspace_id=workspace_id, sequence=1) for workspace_id in request.workspace_ids])

    async def OpenFeed(self, _request, _context):
        return pb.Feed(generation=str(uuid4()), through=0)

    async def ReadFeed(self, request, context):
        self.reads[context.token] += 1
        if context.token == str(SLOW):
            await self.is_released.wait()
        if context.token == str(BROKEN):
            raise Unavailable("database_unavailable", "Not now.", retry_after=1.0)
        return pb.Feed(generation=request.generation, through=1)


class Verifier:
    async def caller(self, _token):
        """Everybody is still known."""


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


async def test_a_workspace_that_is_slow_or_fails_delays_nobody_and_is_read_once_at_a_time(monkeypatch):
    monkeypatch.setattr(hub, "_SECONDS_BETWEEN_LOOKS", 0)
    feed = Feed()
    streams = hub.AlertStreams(feed, Verifier(), seconds=60)
    opened = {each: AlertStream(workspace_id=each, user_id=uuid4(), token=str(each)) for each in (PROMPT, SLOW, BROKEN)}
    for stream in opened.values():
        await streams.open(stream, None, None)
    following = asyncio.create_task(streams.run())
    await until(lambda: feed.reads[str(BROKEN)] > 2)

    assert (opened[PROMPT].position, opened[SLOW].position) == (1, 0)
    assert feed.reads[str(SLOW)] == feed.reads[str(PROMPT)] == 1
    feed.is_released.set()
    await until(lambda: opened[SLOW].position == 1)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    assert feed.reads[str(SLOW)] == 1
    for stream in opened.values():
        streams.close(stream)


class CountedFeed(Feed):
    """One workspace whose changes the test makes."""

    def __init__(self):
        super().__init__()
        self.newest = 0
        self.asked = 0

    async def GetHeads(self, request, _context):
        self.asked += 1
        return pb.Heads(items=[pb.Head(workspace_id=workspace_id, sequence=self.newest) for workspace_id in request.workspace_ids])

    async def ReadFeed(self, request, _context):
        return pb.Feed(generation=request.generation, through=self.newest)


@pytest.fixture
async def followed(monkeypatch):
    """A hub that hears hints, asks by itself once an hour, and has asked all that its one stream needs; its feed and its stream."""
    monkeypatch.setattr(hub, "_SECONDS_BETWEEN_SAFE_LOOKS", 3600.0)
    monkeypatch.setattr(hub, "_SECONDS_BETWEEN_HINTED_LOOKS", 0.01)
    monkeypatch.setattr(hub, "_SECONDS_BETWEEN_LOOKS", 0.02)
    feed = CountedFeed()
    streams = hub.AlertStreams(feed, Verifier(), seconds=60, hears=lambda: True)
    stream = AlertStream(workspace_id=PROMPT, user_id=uuid4(), token="")
    following = asyncio.create_task(streams.run())
    await streams.open(stream, None, None)
    await until(lambda: feed.asked == 1)
    yield streams, feed, stream
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    streams.close(stream)


async def test_a_hint_has_its_workspace_asked_for_at_once_and_one_of_another_workspace_does_not(followed):
    streams, feed, stream = followed
    feed.newest = 7
    streams.hint(uuid4())
    await asyncio.sleep(0.1)
    assert (feed.asked, stream.position) == (1, 0)
    streams.hint(PROMPT)
    await until(lambda: stream.position == 7)
    assert feed.asked == 2


async def test_a_flood_of_hints_asks_so_many_times_a_second_and_no_more(followed):
    streams, feed, stream = followed
    began, hints = asyncio.get_running_loop().time(), 0
    while asyncio.get_running_loop().time() - began < 0.3:
        feed.newest += 1
        streams.hint(PROMPT)
        hints += 1
        await asyncio.sleep(0)
    await until(lambda: stream.position == feed.newest)
    passed = asyncio.get_running_loop().time() - began
    assert hints > 1_000
    assert 3 < feed.asked <= passed / 0.01 + 3


async def test_a_hint_that_comes_while_its_workspace_is_read_is_not_lost(followed):
    streams, feed, stream = followed
    is_released, is_read = asyncio.Event(), asyncio.Event()

    async def slowly(request, _context):
        through = feed.newest
        is_read.set()
        await is_released.wait()
        return pb.Feed(generation=request.generation, through=through)

    feed.ReadFeed = slowly
    feed.newest = 1
    streams.hint(PROMPT)
    await is_read.wait()
    feed.newest = 2
    streams.hint(PROMPT)
    asked = feed.asked
    await until(lambda: feed.asked > asked)
    is_released.set()
    await until(lambda: stream.position == 2)
    assert feed.asked > asked


@pytest.mark.parametrize("trouble", ["a change without a hint", "a read that fails", "no queue"])
async def test_where_hints_cannot_be_relied_on_it_is_asked_as_often_as_without_them(followed, trouble):
    streams, feed, stream = followed
    match trouble:
        case "a change without a hint":
            feed.newest = 1
            # Somebody else's stream has it asked.
            streams._is_due.set()
            await until(lambda: stream.position == 1)
        case "a read that fails":

            async def fails(_request, _context):
                raise Unavailable("database_unavailable", "Not now.", retry_after=1.0)

            reads, feed.ReadFeed = feed.ReadFeed, fails
            feed.newest = 1
            streams.hint(PROMPT)
            await until(lambda: feed.asked > 3)
            feed.ReadFeed = reads
        case "no queue":
            streams.hears = lambda: False
    feed.newest = 2
    await until(lambda: stream.position == 2)

"""How open streams are followed: no workspace waits for another, and nothing is read twice. No server."""

import asyncio
from collections import Counter
from contextlib import suppress
from uuid import uuid4

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

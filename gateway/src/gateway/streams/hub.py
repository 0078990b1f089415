"""Follows the alerts of every workspace that somebody streams, and tells each change to the streams whose users see it.

One question asks notifications which workspaces have moved: as soon as a hint says that one has, and every two seconds all the same; several
times a second where no hints are heard, or where one did not come. What is new there is read once for all streams that
are equally far and whose users see the same, under the token of one of them; notifications says at that moment who of them sees something else
by now, and these are read for on their own. Numbers are dense and in the order of commits, so nothing is left out and nothing comes twice.
A workspace is read once at a time and waits for no other: what is slow or fails in one delays nobody else's alerts.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from prometheus_client import Counter, Gauge
from uuid_utils.compat import uuid7

from caseload.notifications.v1 import alert_feed_pb2 as pb
from caseload.notifications.v1.alert_feed_rpc import AlertFeedStub
from chassis.auth.verifier import TokenVerifier
from chassis.context import RequestContext
from chassis.errors import Refusal, Unauthenticated
from gateway.mapping import dump, render
from gateway.streams.stream import AlertStream

log = logging.getLogger(__name__)

# Where hints tell what moves.
_SECONDS_BETWEEN_SAFE_LOOKS = 2.0
# Without hints.
_SECONDS_BETWEEN_LOOKS = 0.2
# However many hints there are.
_SECONDS_BETWEEN_HINTED_LOOKS = 0.05
# A change that is found so long after its hint was told by it.
_SECONDS_OF_A_HINT = 1.0
# For how long hints are not relied on after a change came without one, or could not be read.
_SECONDS_OF_DISTRUST = 10.0
_SECONDS_BETWEEN_CHECKS = 1.0
_SECONDS_TO_ANSWER = 5.0
_open = Gauge("caseload_alert_streams", "Open streams of alerts.")
_relied_on = Gauge("caseload_alert_hints_relied_on", "1 while changes of alerts are told by hints, 0 while they are asked for.")
_shed = Counter("caseload_alert_streams_shed_total", "Streams of alerts that were cut because their reader did not read.")


class AlertStreams:
    """All open streams of this gateway."""

    def __init__(self, feed: AlertFeedStub, verifier: TokenVerifier, *, seconds: float, hears: Callable[[], bool] = lambda: False) -> None:
        """A stream is ended after so many `seconds`, if nothing ends it before. `hears`: whether changes are told by `hint` at this moment."""
        self._feed = feed
        self._verifier = verifier
        self._seconds = seconds
        self.hears = hears
        # When a hint of each workspace with streams came last, by the loop's clock.
        self._hinted: dict[UUID, float] = {}
        self._is_due = asyncio.Event()
        self._distrusted_until = 0.0
        self._streams: dict[UUID | None, set[AlertStream]] = defaultdict(set)
        # The workspaces that are being read at this moment.
        self._followed: set[UUID] = set()
        self._is_draining = False

    async def open(self, stream: AlertStream, last_event_id: str | None, context: RequestContext) -> None:
        """Begins the stream with what came after the event, or else with all active alerts. Raises what notifications refuses with."""
        await self._begin(stream, last_event_id, context)
        self._streams[stream.workspace_id].add(stream)
        _open.inc()
        stream.timer = asyncio.get_running_loop().call_later(self._seconds, stream.end)
        # What changed since it was read, before hints of it were of any use here.
        self._is_due.set()
        if self._is_draining:
            stream.end()

    def hint(self, workspace_id: UUID) -> None:
        """Has the workspace looked at soon. It is a hint: of a workspace without streams it means nothing."""
        if workspace_id in self._streams:
            self._hinted[workspace_id] = asyncio.get_running_loop().time()
            self._is_due.set()

    def close(self, stream: AlertStream) -> None:
        """Forgets a stream whose reader is gone."""
        if stream.timer is not None:
            stream.timer.cancel()
        streams = self._streams[stream.workspace_id]
        if stream in streams:
            streams.remove(stream)
            _open.dec()
        if not streams:
            del self._streams[stream.workspace_id]
            if stream.workspace_id is not None:
                self._hinted.pop(stream.workspace_id, None)

    def drain(self) -> None:
        """Ends all streams, and those that are yet to be opened: their readers come back, to another gateway."""
        self._is_draining = True
        for stream in self._all():
            stream.end()

    async def run(self) -> None:
        """Follows until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_looking(tasks))
            tasks.create_task(_repeat(self._check, _SECONDS_BETWEEN_CHECKS))

    async def _keep_looking(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._is_due.clear()
            if not await _reported(self._look(tasks)):
                self._distrust()
            await self._pause()

    async def _pause(self) -> None:
        """Until the next look is due: by a hint, or because it is time. Hints may have gone silent meanwhile."""
        clock = asyncio.get_running_loop().time
        began = clock()
        await asyncio.sleep(_SECONDS_BETWEEN_HINTED_LOOKS)
        while clock() - began < (_SECONDS_BETWEEN_SAFE_LOOKS if self._relies_on_hints() else _SECONDS_BETWEEN_LOOKS):
            with suppress(TimeoutError):
                async with asyncio.timeout(_SECONDS_BETWEEN_LOOKS - _SECONDS_BETWEEN_HINTED_LOOKS):
                    await self._is_due.wait()
                    return

    def _relies_on_hints(self) -> bool:
        relies = self.hears() and asyncio.get_running_loop().time() >= self._distrusted_until
        _relied_on.set(relies)
        return relies

    def _distrust(self) -> None:
        """Has looks made as often as without hints, for a while."""
        self._distrusted_until = asyncio.get_running_loop().time() + _SECONDS_OF_DISTRUST

    async def _check(self) -> None:
        """Ends the streams of those who may not be told any more: revoked, expired, or not known not to be."""
        for stream in self._all():
            try:
                await self._verifier.caller(stream.token)
            except Refusal:
                stream.end()

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        """Has what is new read in every workspace that has moved."""
        asker = next((stream for stream in self._all() if not stream.has_ended), None)
        if asker is None:
            return
        asked = pb.GetHeadsRequest(workspace_ids=sorted(map(str, self._streams)))
        try:
            heads = await self._feed.GetHeads(asked, _context(asker.token))
        except Unauthenticated:
            # The next look asks under the token of another.
            asker.end()
            self._is_due.set()
            return
        for head in heads.items:
            workspace_id = UUID(head.workspace_id)
            if workspace_id in self._followed or not self._behind(workspace_id, head.sequence):
                continue
            if asyncio.get_running_loop().time() - self._hinted.get(workspace_id, -_SECONDS_OF_DISTRUST) > _SECONDS_OF_A_HINT:
                self._distrust()
            self._followed.add(workspace_id)
            tasks.create_task(self._follow_alone(workspace_id, head.sequence))

    def _behind(self, workspace_id: UUID, newest: int) -> list[AlertStream]:
        """The workspace's streams that have not been told of the newest change."""
        streams = self._streams.get(workspace_id, ())
        return [stream for stream in streams if not stream.has_ended and stream.position != newest]

    async def _follow_alone(self, workspace_id: UUID, newest: int) -> None:
        began = asyncio.get_running_loop().time()
        try:
            if not await _reported(self._follow(workspace_id, newest)):
                self._distrust()
            elif self._behind(workspace_id, newest) or self._hinted.get(workspace_id, 0.0) > began:
                # There was more than one read has, or hints came while it was read.
                self._is_due.set()
        finally:
            self._followed.discard(workspace_id)

    async def _follow(self, workspace_id: UUID, newest: int) -> None:
        groups: dict[tuple[object, ...], list[AlertStream]] = defaultdict(list)
        for stream in self._behind(workspace_id, newest):
            alone = stream if stream.audience is None else None
            groups[stream.generation, stream.position, stream.audience, alone].append(stream)
        outcomes = await asyncio.gather(*(self._read(streams) for streams in groups.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _read(self, streams: Sequence[AlertStream]) -> None:
        """Reads for streams that are equally far, under the token of one of them."""
        reader = streams[0]
        others = [str(stream.user_id) for stream in streams[1:]]
        request = pb.ReadFeedRequest(generation=reader.generation, after=reader.position, user_ids=sorted(set(others)))
        try:
            feed = await self._feed.ReadFeed(request, _context(reader.token))
        except Unauthenticated:
            # The others are read for at the next look, without this one.
            reader.end()
            return
        if feed.reset:
            await asyncio.gather(*(self._begin(stream, None, _context(stream.token)) for stream in streams))
            return
        elsewhere = set(feed.elsewhere)
        events = [(item.sequence, _event(feed.generation, item)) for item in feed.items]
        for stream in streams:
            if stream is not reader and str(stream.user_id) in elsewhere:
                stream.audience = None
            else:
                self._tell(stream, feed, events)

    async def _begin(self, stream: AlertStream, last_event_id: str | None, context: RequestContext) -> None:
        generation, after = _read_id(last_event_id)
        feed = await self._feed.OpenFeed(pb.OpenFeedRequest(generation=generation, after=after), context)
        if feed.reset:
            data = dump({"alerts": [render(item.alert) for item in feed.items]})
            self._tell(stream, feed, [(feed.through, _message("reset", feed.generation, feed.through, data))])
        else:
            self._tell(stream, feed, [(item.sequence, _event(feed.generation, item)) for item in feed.items])

    def _tell(self, stream: AlertStream, feed: pb.Feed, events: Iterable[tuple[int, bytes]]) -> None:
        stream.generation, stream.position, stream.audience = feed.generation, feed.through, feed.audience
        for _, event in events:
            if not stream.tell(event):
                _shed.inc()
                return

    def _all(self) -> list[AlertStream]:
        return [stream for streams in self._streams.values() for stream in streams]


async def _repeat(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        await _reported(work())
        await asyncio.sleep(seconds)


async def _reported(work: Awaitable[None]) -> bool:
    """Whether it succeeded. What fails is logged, and tried again at the next look."""
    try:
        await work
        return True
    except Refusal as refusal:
        log.warning("alerts cannot be followed", extra={"error": refusal.code})
    except Exception:
        log.exception("following alerts failed and goes on")
    return False


def _event(generation: str, item: pb.FeedItem) -> bytes:
    data = dump({"change": item.change, "alert": render(item.alert)})
    return _message("alert", generation, item.sequence, data)


def _message(name: str, generation: str, sequence: int, data: bytes) -> bytes:
    return b"id: %b.%d\nevent: %b\ndata: %b\n\n" % (generation.encode(), sequence, name.encode(), data)


def _read_id(text: str | None) -> tuple[str | None, int | None]:
    """The generation and the number of an event's id; None for what is no id of ours."""
    generation, _, number = (text or "").partition(".")
    try:
        known = str(UUID(generation))
    except ValueError:
        return None, None
    if known != generation or not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None, None
    return generation, int(number)


def _context(token: str) -> RequestContext:
    return RequestContext(token=token, request_id=str(uuid7())).within(_SECONDS_TO_ANSWER)

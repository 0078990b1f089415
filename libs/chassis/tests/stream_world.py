"""Both ends of a stream of calls over a wire that loses, delays, repeats, cuts and breaks what it carries, in virtual time.

The ends are the real ones. A message stays on the wire until it is told to go on, so every delay is possible.
"""

import asyncio
from collections import Counter, deque

import grpc

from caseload.transport.v1 import stream_pb2 as pb
from chassis.context import deadline_exceeded
from chassis.errors import Conflict, Refusal, Unavailable
from chassis.rpc import status
from chassis.rpc.client.stream import NotTakenError, StreamClient
from chassis.rpc.server.stream import Listener
from chassis.rpc.stream_frames import END

GREETING = object()
FAULTS = ("lost", "twice", "cut", "gibberish", "oversized")
LONGEST = 20.0


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes when it is told to."""

    now = 0.0

    def time(self):
        return self.now


class Wire:
    """One direction of a stream."""

    def __init__(self):
        self.waiting = deque()
        self.arrived = asyncio.Queue()

    def carry(self, fault=None):
        """Takes the next message on, with a fault or without. What is no message arrives as it is."""
        message = self.waiting.popleft()
        if not isinstance(message, bytes):
            self.arrived.put_nowait(message)
            return
        for arriving in {"lost": (), "twice": (message, message), "cut": (message[: len(message) // 2],), "gibberish": (b"\xff" * 9,)}.get(
            fault, (message,)
        ):
            self.arrived.put_nowait(arriving)


class Link:
    """One stream: what grpc.aio gives to the asking end. `Context` is what it gives to the answering one."""

    def __init__(self, listener):
        self.there, self.back = Wire(), Wire()
        self.ended = False
        self._greeted = asyncio.get_running_loop().create_future()
        self._error = None
        self.answering = asyncio.create_task(self._answer(listener))

    async def _answer(self, listener):
        try:
            await listener.serve(None, Context(self))
        except _AbortedError:
            self.break_off()
        else:
            self.back.waiting.append(END)

    # --- the asking end

    async def wait_for_connection(self):
        await asyncio.shield(self._greeted)

    async def initial_metadata(self):
        return (("stream", "taken"),)

    async def write(self, message):
        self._check()
        self.there.waiting.append(message)

    async def done_writing(self):
        self._check()
        self.there.waiting.append(END)

    async def read(self):
        self._check()
        message = await self.back.arrived.get()
        if isinstance(message, Exception):
            raise message
        if message is END:
            self.ended = True
        return message

    def cancel(self):
        self.break_off()

    def _check(self):
        if self._error is not None:
            raise self._error

    # --- the wire

    def break_off(self, code=grpc.StatusCode.UNAVAILABLE):
        """Both ends notice that the connection is gone."""
        if self.ended:
            return
        self.ended = True
        self._error = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata())
        self.back.arrived.put_nowait(self._error)
        if not self._greeted.done():
            self._greeted.set_exception(self._error)
            self._greeted.exception()
        self.answering.cancel()

    def carry(self, direction, fault=None):
        wire = self.there if direction == "there" else self.back
        if fault == "oversized" and isinstance(wire.waiting[0], bytes):
            self.break_off(grpc.StatusCode.RESOURCE_EXHAUSTED)
        elif wire.waiting[0] is GREETING:
            wire.waiting.popleft()
            if not self._greeted.done() and fault != "lost":
                self._greeted.set_result(None)
        else:
            wire.carry(fault)


class _AbortedError(Exception):
    pass


class Context:
    """What grpc.aio gives to the answering end."""

    def __init__(self, link):
        self._link = link

    async def send_initial_metadata(self, _metadata):
        self._link.back.waiting.append(GREETING)

    async def abort(self, _code, _details):
        raise _AbortedError

    async def read(self):
        return await self._link.there.arrived.get()

    async def write(self, message):
        self._link.back.waiting.append(message)


class Callee:
    """Begins what it is asked, and answers when it is told to."""

    name = "callee"

    def __init__(self):
        self.began = Counter()
        self.running = {}
        self.draining = False

    async def answer(self, path, raw, context, seconds):
        if self.draining:
            raise status.not_taken()
        number = int(raw)
        self.began[number] += 1
        answer = asyncio.get_running_loop().create_future()
        self.running[number] = answer
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            raise deadline_exceeded() from None
        finally:
            del self.running[number]


class World:
    """A caller, a callee that is replaced when it goes away, and the streams between them."""

    def __init__(self):
        self.loop = VirtualLoop()
        self.complaints = []
        self.loop.set_exception_handler(lambda _loop, context: self.complaints.append(context))
        self.asked = {}
        self.told = {}
        self.links = []
        self.callees = []
        self.run(self._open())

    def run(self, doing):
        return self.loop.run_until_complete(doing)

    def settle(self):
        """Lets everything happen that needs no time."""

        async def turns():
            for _ in range(60):
                await asyncio.sleep(0)

        self.run(turns())

    def pass_time(self, seconds):
        """Time passes in small steps, so that what is due happens in its order."""
        until = self.loop.now + seconds
        while self.loop.now < until:
            self.loop.now = min(until, self.loop.now + max(0.05, seconds / 50))
            self.settle()

    async def _open(self):
        self._serve()
        self.client = StreamClient("callee", self)
        self.client.open()

    def _serve(self):
        self.callees.append(Callee())
        self.listener = Listener(self.callees[-1])

    def stream_stream(self, _path):
        """As a channel's: a stream to whoever answers now."""

        def call():
            self.links.append(Link(self.listener))
            return self.links[-1]

        return call

    def comes_up(self):
        self.settle()
        for _ in range(100):
            if self.client.up:
                return
            self.deliver_all()
            self.pass_time(0.5)
        raise AssertionError("no stream comes up")

    # --- what may happen

    def ask(self, seconds):
        number = len(self.asked)

        async def ask():
            call = pb.Call(path="/a", request=str(number).encode(), seconds=seconds)
            return await self.client.send(call, seconds)

        self.asked[number] = self.loop.create_task(ask())
        self.settle()
        return number

    def cancel(self, number):
        self.asked[number].cancel()
        self.settle()

    @property
    def running(self):
        return {number: answer for callee in self.callees for number, answer in callee.running.items() if not answer.done()}

    @property
    def waiting(self):
        """The calls without an outcome."""
        return [number for number, task in self.asked.items() if not task.done()]

    def answer(self, number, outcome="reply"):
        answer = self.running[number]
        self.told[number] = outcome
        match outcome:
            case "reply":
                answer.set_result(f"reply {number}".encode())
            case "refusal":
                answer.set_exception(Conflict(f"refused_{number}"))
            case "fault":
                answer.set_exception(ZeroDivisionError(number))
        self.settle()

    def on_the_wire(self):
        """The directions on which something waits, by the number of the stream."""
        wires = [(place, way, wire) for place, link in enumerate(self.links) for way, wire in (("there", link.there), ("back", link.back))]
        return [(place, way) for place, way, wire in wires if wire.waiting]

    def deliver(self, place, way, fault=None):
        self.links[place].carry(way, fault)
        self.settle()

    def deliver_all(self):
        self.settle()
        while waiting := self.on_the_wire():
            for place, way in waiting:
                self.deliver(place, way)

    def break_stream(self, place):
        self.links[place].break_off()
        self.settle()

    def restart(self):
        """The answerer goes away; its successor answers new streams. What was asked is finished meanwhile."""
        leaving = self.listener
        self.callees[-1].draining = True
        leaving.go_away()
        self.closing = self.loop.create_task(leaving.close(30.0))
        self._serve()
        self.settle()

    # --- what must hold

    def check_outcomes(self):
        """Every call that is over has an outcome of its own, and nothing was begun twice or after it was said not to be."""
        began = sum((callee.began for callee in self.callees), Counter())
        assert not [number for number, count in began.items() if count > 1], "begun twice"
        for number, task in self.asked.items():
            if not task.done() or task.cancelled():
                continue
            match task.exception():
                case None:
                    self._check_answer(number, task.result())
                case NotTakenError():
                    assert not began[number], "begun, and said not to be"
                case Unavailable() as refusal:
                    assert refusal.code in {"deadline_exceeded", "callee_unavailable"}
                case other:
                    raise AssertionError(f"call {number}: {other!r}")

    def _check_answer(self, number, answer):
        match answer.WhichOneof("outcome"):
            case "reply":
                assert answer.reply == f"reply {number}".encode()
                assert self.told[number] == "reply"
            case "failed":
                assert self.told[number] == "fault"
            case "refused":
                refusal = status.unpacked(answer.refused)
                assert isinstance(refusal, Refusal)
                if refusal.code != "deadline_exceeded":
                    assert (refusal.code, self.told[number]) == (f"refused_{number}", "refusal")
            case other:
                raise AssertionError(f"call {number} was answered with {other}")

    def close(self):
        """Everything has its time, and then nothing is left: no call without outcome, no task, no complaint."""
        self.deliver_all()
        self.pass_time(LONGEST + 1)
        assert self.waiting == [], "calls without outcome"
        self.deliver_all()
        stream = self.client._stream
        assert stream is None or not (stream._waiting or stream._unsent or stream._cancelled)
        assert self.running == {}, "calls that nobody waits for go on"
        self.run(self.client.close())
        self.settle()
        for link in self.links:
            link.break_off()
        self.pass_time(31)
        self.check_outcomes()
        left = asyncio.all_tasks(self.loop)
        assert left == set(), left
        assert self.client._receiving == set()
        assert self.listener._exchanges == set()
        assert self.complaints == []
        self.loop.close()

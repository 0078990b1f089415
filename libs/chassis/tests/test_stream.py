"""Calls that share a stream: each is answered, refused, timed and given up by itself."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import grpc
import pytest
from grpc.aio import _channel

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.locations_rpc import LocationsServicer, LocationsStub
from caseload.transport.v1 import stream_pb2
from chassis.errors import Conflict, Fault, NotFound, Unauthenticated, Unavailable
from chassis.rpc.client.attempts import InternalFault
from chassis.rpc.client.peers import Peers
from chassis.rpc.client.stream import StreamClient
from chassis.rpc.server.stream import Listener
from chassis.rpc.stream_frames import LARGEST_SHARED, METHOD, SERVICE
from chassis.service.definition import Service
from chassis.testing.environment import start_environment
from scheduling.tables import metadata


class Rooms(LocationsServicer):
    """Says how it was asked; waits, refuses and fails where the name of a room tells it to."""

    def __init__(self):
        self.given_up = []
        self.names = []
        self.hold = asyncio.Event()

    async def CreateLocation(self, request, work):
        self.names.append(request.name)
        match request.name:
            case "taken":
                raise Conflict("taken", "Taken.", facts={"by": ["x", 1]}, faults=[Fault("/name", "is taken")])
            case "broken":
                raise ZeroDivisionError
            case "slow":
                try:
                    await self.hold.wait()
                except asyncio.CancelledError:
                    self.given_up.append(request.name)
                    raise
        return pb.Location(
            name=request.name[:100], address=work.context.request_id, details=f"{work.context.ip_address} {work.context.user_agent}"
        )

    async def GetLocation(self, request, work):
        raise NotFound("not_found")

    async def ListLocations(self, request, work):
        number = request.page
        return pb.LocationPage(items=[pb.Location(details=str(number) * (9_900 + place)) for place in range(500)], total=number)

    async def UpdateLocation(self, request, work):
        raise NotImplementedError

    async def DeleteLocation(self, request, work):
        raise NotImplementedError


@asynccontextmanager
async def talking(postgres, rooms=None):
    """A service, and a stub whose stream to it is up."""
    rooms = rooms or Rooms()
    async with start_environment(postgres, Service("scheduling", metadata, lambda _: [rooms])) as h:
        stub = h.stub(LocationsStub)
        await comes_up(h)
        yield h, rooms, stub


def stream_client(h, caller="gateway"):
    (connection,) = h._peers[caller]["scheduling"].instances._connections.values()
    return connection.stream


async def comes_up(h):
    async with asyncio.timeout(10):
        while not (await h.peer("scheduling").ready() and stream_client(h).up):
            await asyncio.sleep(0.02)


@pytest.fixture
def alone(monkeypatch):
    """How many calls went by themselves."""
    calls = []
    send = _channel.UnaryUnaryMultiCallable.__call__

    def counted(self, *arguments, **named):
        if b"Health" not in self._method:
            calls.append(1)
        return send(self, *arguments, **named)

    monkeypatch.setattr(_channel.UnaryUnaryMultiCallable, "__call__", counted)
    return calls


async def test_many_at_once_get_their_own_answers_and_none_goes_alone(postgres, alone):
    async with talking(postgres) as (h, _, stub):
        callers = [h.caller() for _ in range(200)]
        made = await asyncio.gather(*(stub.CreateLocation(pb.CreateLocationRequest(name=f"{n}"), c) for n, c in enumerate(callers)))
        assert [(m.name, m.address) for m in made] == [(f"{n}", c.request_id) for n, c in enumerate(callers)]
        assert {m.details for m in made} == {"192.0.2.7 tests"}
        assert alone == []


async def test_a_refusal_keeps_its_class_and_all_it_says(postgres):
    async with talking(postgres) as (h, _, stub):
        with pytest.raises(Conflict) as refused:
            await stub.CreateLocation(pb.CreateLocationRequest(name="taken"), h.caller())
        told = refused.value
        assert (told.code, told.message, told.facts, told.faults) == ("taken", "Taken.", {"by": ["x", 1]}, (Fault("/name", "is taken"),))


async def test_everyone_on_the_stream_is_verified(postgres):
    async with talking(postgres) as (h, _, stub):
        known = h.caller()
        forged = replace(known, token=known.token[:-4] + "AAAA")
        answers = await asyncio.gather(
            *(stub.CreateLocation(pb.CreateLocationRequest(name="x"), who) for who in (known, forged, h.nobody())), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [pb.Location, Unauthenticated, Unauthenticated]


async def test_a_fault_is_a_fault_and_the_others_go_on(postgres):
    async with talking(postgres) as (h, _, stub):
        answers = await asyncio.gather(
            *(stub.CreateLocation(pb.CreateLocationRequest(name=name), h.caller()) for name in ("broken", "sound")), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [InternalFault, pb.Location]


@pytest.mark.alone
async def test_who_takes_too_long_is_given_up_and_holds_up_nobody(postgres):
    async with talking(postgres) as (h, rooms, stub):
        hasty = h.caller().within(0.3)
        slow = asyncio.ensure_future(stub.CreateLocation(pb.CreateLocationRequest(name="slow"), hasty))
        await asyncio.sleep(0)
        began = time.monotonic()
        assert (await stub.CreateLocation(pb.CreateLocationRequest(name="quick"), h.caller())).name == "quick"
        assert time.monotonic() - began < 0.25
        with pytest.raises(Unavailable) as late:
            await slow
        assert late.value.code == "deadline_exceeded"
        await eventually(lambda: rooms.given_up == ["slow"])


async def test_a_caller_who_stops_waiting_stops_the_work(postgres):
    async with talking(postgres) as (h, rooms, stub):
        asking = asyncio.ensure_future(stub.CreateLocation(pb.CreateLocationRequest(name="slow"), h.caller()))
        await eventually(lambda: rooms.names == ["slow"])
        asking.cancel()
        await eventually(lambda: rooms.given_up)
        assert rooms.given_up == ["slow"]
        assert asking.cancelled()


async def test_a_stream_that_ends_fails_what_was_asked_on_it_at_once_and_comes_back(postgres):
    async with talking(postgres) as (h, rooms, stub):
        asking = asyncio.ensure_future(stub.CreateLocation(pb.CreateLocationRequest(name="slow"), h.caller()))
        await eventually(lambda: rooms.names == ["slow"])
        for stream in stream_client(h)._receiving:
            stream.cancel()
        with pytest.raises(Unavailable) as gone:
            await asking
        assert gone.value.code == "scheduling_unavailable"
        await eventually(lambda: rooms.given_up == ["slow"])
        # By itself at first, and on a stream again before long.
        assert (await stub.CreateLocation(pb.CreateLocationRequest(name="again"), h.caller())).name == "again"
        await comes_up(h)


async def test_a_stream_is_replaced_before_it_is_old_and_nobody_notices(postgres, alone, monkeypatch):
    monkeypatch.setattr("chassis.rpc.client.stream.SECONDS_ON_A_STREAM", 0.1)
    async with talking(postgres) as (h, rooms, stub):
        slow = asyncio.ensure_future(stub.CreateLocation(pb.CreateLocationRequest(name="slow"), h.caller()))
        await eventually(lambda: rooms.names == ["slow"])
        streams = [stream_client(h)._stream]
        while len(streams) < 5:
            made = await asyncio.gather(*(stub.CreateLocation(pb.CreateLocationRequest(name=f"{n}"), h.caller()) for n in range(4)))
            assert [m.name for m in made] == ["0", "1", "2", "3"]
            if stream_client(h)._stream is not streams[-1]:
                streams.append(stream_client(h)._stream)

        assert alone == []
        # Whoever was asked on the first of them answers on it; those on which nothing was left to answer have ended.
        await eventually(lambda: len(stream_client(h)._receiving) == 2)
        rooms.hold.set()
        assert (await slow).name == "slow"
        await eventually(lambda: len(stream_client(h)._receiving) == 1)


class Connections:
    """The connections of callers who reach scheduling where a cluster would choose an instance."""

    def __init__(self, listen):
        self.made, self.ended = [], []
        self._path = listen.removeprefix("unix:")

    async def lead(self, reader, writer):
        self.made.append(writer)
        far = await asyncio.open_unix_connection(self._path)
        await asyncio.gather(carry(reader, far[1]), carry(far[0], writer))
        self.ended.append(writer)


@asynccontextmanager
async def led_to_scheduling(h):
    """A stub and its connections."""
    connections = Connections(h.runtime("scheduling").settings.listen)
    async with await asyncio.start_server(connections.lead, "127.0.0.1", 0) as door:
        host, port = door.sockets[0].getsockname()
        peers = Peers(None, addresses={"scheduling": f"{host}:{port}"})
        yield LocationsStub(peers["scheduling"]), connections
        await peers.close()


@pytest.fixture
def connections_are_short(monkeypatch):
    """A server asks for new connections every 0.3 seconds, and streams last hardly longer."""
    monkeypatch.setattr("chassis.service.grpc_server.SECONDS_ON_A_CONNECTION", 0.3)
    monkeypatch.setattr("chassis.rpc.client.stream.SECONDS_ON_A_STREAM", 0.4)


@pytest.mark.usefixtures("connections_are_short")
async def test_callers_connect_anew_now_and_then_so_that_added_instances_get_their_share(postgres):
    async with talking(postgres) as (h, _, _):
        async with led_to_scheduling(h) as (stub, connections):
            async with asyncio.timeout(20):
                while len(connections.ended) < 3:
                    assert (await stub.CreateLocation(pb.CreateLocationRequest(name="x"), h.caller())).name == "x"
                    await asyncio.sleep(0.01)
            assert len(connections.made) - len(connections.ended) <= 2
        await eventually(lambda: len(connections.made) == len(connections.ended))


@pytest.mark.usefixtures("connections_are_short")
async def test_a_call_that_runs_when_its_connection_is_old_is_answered_on_it(postgres):
    async with talking(postgres) as (h, rooms, _), led_to_scheduling(h) as (stub, connections):
        # Its deadline is the longest of this test, and a write is not asked twice.
        slow = asyncio.ensure_future(stub.CreateLocation(pb.CreateLocationRequest(name="slow"), h.caller().within(60.0)))
        await eventually(lambda: rooms.names == ["slow"])
        (first,) = connections.made
        async with asyncio.timeout(30):
            while len(connections.made) < 3:
                assert (await stub.CreateLocation(pb.CreateLocationRequest(name="x"), h.caller())).name == "x"
                await asyncio.sleep(0.01)

        # The server has asked for a new connection twice since, and leaves the first one to the call that runs.
        assert not slow.done()
        assert first not in connections.ended
        rooms.hold.set()
        assert (await slow).name == "slow"
        assert rooms.names.count("slow") == 1
        await eventually(lambda: first in connections.ended)


async def carry(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def test_a_callee_that_knows_nothing_of_streams_is_asked_call_by_call(postgres, alone, monkeypatch):
    monkeypatch.setattr("chassis.rpc.server.stream.METHOD", "NotYet")
    async with start_environment(postgres, Service("scheduling", metadata, lambda _: [Rooms()])) as h:
        monkeypatch.setattr("chassis.rpc.server.stream.METHOD", METHOD)
        # The gateway's way there was opened with the environment; this one's is open by now.
        stub = h.stub(LocationsStub, as_service="audit")
        for _ in range(5):
            assert (await stub.CreateLocation(pb.CreateLocationRequest(name="x"), h.caller())).name == "x"
            await asyncio.sleep(0.1)
        assert not stream_client(h, "audit").up
        assert len(alone) == 5


async def test_a_large_request_does_not_stand_in_the_way_of_small_ones(postgres, alone):
    async with talking(postgres) as (h, _, stub):
        name = "x" * (LARGEST_SHARED + 1)
        assert (await stub.CreateLocation(pb.CreateLocationRequest(name=name), h.caller())).name == name[:100]
        assert len(alone) == 1


async def test_large_replies_share_the_stream_and_each_reaches_its_own_caller(postgres, alone):
    async with talking(postgres) as (h, _, stub):
        pages = await asyncio.gather(*(stub.ListLocations(pb.ListLocationsRequest(page=number), h.caller()) for number in range(4)))
        assert [page.total for page in pages] == [0, 1, 2, 3]
        # Every item of its own length and letter: what was cut, doubled or put together wrongly would not be this.
        wanted = [[str(number) * (9_900 + place) for place in range(500)] for number in range(4)]
        assert [[item.details for item in page.items] for page in pages] == wanted
        assert alone == []


async def test_a_service_that_stops_answers_what_it_was_asked_and_does_not_wait_for_more(postgres):
    rooms = Rooms()
    async with talking(postgres, rooms) as (h, _, stub):
        asking = asyncio.ensure_future(stub.CreateLocation(pb.CreateLocationRequest(name="slow"), h.caller()))
        await eventually(lambda: rooms.names == ["slow"])
        began = time.monotonic()
        stopping = asyncio.ensure_future(h.runtime("scheduling").stop())
        await asyncio.sleep(0.1)
        with pytest.raises(Unavailable):
            # Waits for a successor, of which there is none.
            await stub.CreateLocation(pb.CreateLocationRequest(name="late"), h.caller().within(0.5))
        rooms.hold.set()
        assert (await asking).name == "slow"
        await stopping
        assert time.monotonic() - began < 5
        assert "late" not in rooms.names


async def test_gibberish_ends_the_stream_and_nothing_else(postgres):
    async with talking(postgres) as (h, _, stub):
        async with grpc.aio.insecure_channel(h.runtime("scheduling").settings.listen) as channel:
            stream = channel.stream_stream(f"/{SERVICE}/{METHOD}")()
            await stream.wait_for_connection()
            await stream.write(b"\xff\xff\xff")
            async with asyncio.timeout(5):
                assert await stream.read() is grpc.aio.EOF
        assert (await stub.CreateLocation(pb.CreateLocationRequest(name="x"), h.caller())).name == "x"


async def test_a_method_that_is_not_there_is_a_fault_of_that_call_alone(postgres):
    async with talking(postgres) as (h, _, stub):
        peers = Peers(None, addresses={"scheduling": h.runtime("scheduling").settings.listen})
        assert await peers["scheduling"].ready()
        talk = (await peers["scheduling"].instances.take(asyncio.get_running_loop().time() + 5)).stream
        answer = await talk.send(stream_pb2.Call(path="/caseload.scheduling.v1.Locations/Burn", seconds=2), 2)
        assert answer.WhichOneof("outcome") == "failed"
        await peers.close()
        assert (await stub.CreateLocation(pb.CreateLocationRequest(name="x"), h.caller())).name == "x"


async def test_without_a_deadline_of_its_own_a_call_still_has_one(postgres, monkeypatch):
    async with talking(postgres) as (h, rooms, stub):
        asked = h.caller()
        assert asked.deadline is None
        monkeypatch.setattr("chassis.rpc.client.attempts.DEFAULT_SECONDS", 0.2)
        async with asyncio.timeout(5):
            with pytest.raises(Unavailable) as refused:
                await stub.CreateLocation(pb.CreateLocationRequest(name="slow"), asked)
        assert refused.value.code == "deadline_exceeded"
        await eventually(lambda: rooms.given_up == ["slow"])


async def eventually(condition, seconds=5.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_call_cancelled_in_the_message_that_sends_it_leaves_nothing_behind():
    class Slow:
        name = "slow"

        async def answer(self, path, raw, context, seconds):
            await asyncio.sleep(0.01)
            return b"ok"

    server = grpc.aio.server()
    listener = Listener(Slow())
    server.add_generic_rpc_handlers((listener.handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
    client = StreamClient("slow", channel)
    client.open()
    while not client.up:
        await asyncio.sleep(0.01)
    cancelled = asyncio.ensure_future(client.send(stream_pb2.Call(path="/a", seconds=5), 5))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    assert (await client.send(stream_pb2.Call(path="/a", seconds=5), 5)).reply == b"ok"

    # As when it is replaced: it ends by itself once everything is answered.
    client._stream.leave()
    async with asyncio.timeout(5):
        while client._receiving:
            await asyncio.sleep(0.01)
    await client.close()
    await channel.close()
    await server.stop(1)

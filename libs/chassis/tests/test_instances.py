"""Calls go to every instance of a service: to new ones, to none that is gone, and a restart costs nobody a call."""

import asyncio
import gc
import socket
import weakref
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.locations_rpc import LocationsServicer, LocationsStub
from chassis.errors import Unavailable
from chassis.rpc.admission import OVERLOADED, Admission, Admissions
from chassis.rpc.client.addresses import Address, Resolver
from chassis.rpc.client.peers import Peers
from chassis.service.definition import Service
from chassis.testing.environment import start_environment
from scheduling.tables import metadata


class Rooms(LocationsServicer):
    """One instance: counts what it is asked, and holds what is called slow."""

    def __init__(self):
        self.names = []
        self.hold = asyncio.Event()

    async def CreateLocation(self, request, work):
        self.names.append(request.name)
        await asyncio.sleep(0.002)
        if request.name.startswith("slow"):
            await self.hold.wait()
        return pb.Location(name=request.name[:100])

    async def GetLocation(self, request, work):
        self.names.append("get")
        await asyncio.sleep(0.002)
        return pb.Location(id=request.location_id)

    async def ListLocations(self, request, work):
        raise NotImplementedError

    async def UpdateLocation(self, request, work):
        raise NotImplementedError

    async def DeleteLocation(self, request, work):
        raise NotImplementedError


class Instances:
    """Instances of one service, and a caller that knows their addresses from the beginning."""

    def __init__(self, postgres, folder, stack):
        self._postgres, self._folder, self._stack = postgres, folder, stack
        self.environments = []

    def address(self, number):
        return f"unix:{self._folder}/{number}.sock"

    async def start(self, number, **settings):
        rooms = Rooms()
        service = Service("scheduling", metadata, lambda _: [rooms])
        beside = self.environments[0] if self.environments else None
        environment = await self._stack.enter_async_context(
            start_environment(self._postgres, service, beside=beside, relay=False, settings={"listen": self.address(number), **settings})
        )
        self.environments.append(environment)
        return environment.runtime("scheduling"), rooms

    async def stub(self, *numbers, address=None):
        peers = Peers(None, addresses={"scheduling": address or ",".join(map(self.address, numbers))})
        self._stack.push_async_callback(peers.close)
        return LocationsStub(peers["scheduling"]), peers["scheduling"]

    def caller(self, seconds=10.0):
        return self.environments[0].caller().within(seconds)


@pytest.fixture
async def instances(postgres, tmp_path):
    async with AsyncExitStack() as stack:
        yield Instances(postgres, tmp_path, stack)


def create(stub, instances, name, seconds=10.0):
    return stub.CreateLocation(pb.CreateLocationRequest(name=name), instances.caller(seconds))


def get(stub, instances):
    return stub.GetLocation(pb.GetLocationRequest(location_id=str(instances.environments[0].workspace())), instances.caller())


async def usable(peer, number):
    async with asyncio.timeout(10):
        while not (await peer.ready() and len(peer.instances.usable) == number):
            await asyncio.sleep(0.01)


async def eventually(condition, seconds=5.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def load(ask, workers=8):
    """Asks again and again; yields the outcomes, which are replies or what was raised."""
    outcomes, stop = [], asyncio.Event()

    async def work(number):
        count = 0
        while not stop.is_set():
            count += 1
            try:
                outcomes.append(await ask(f"{number}-{count}"))
            except Exception as error:  # noqa: BLE001 - every failure is an outcome
                outcomes.append(error)

    tasks = [asyncio.create_task(work(number)) for number in range(workers)]
    try:
        yield outcomes
    finally:
        stop.set()
        await asyncio.gather(*tasks)


def failed(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


async def test_three_instances_share_the_load_a_fourth_gets_its_share_and_a_dead_one_costs_no_read(instances):
    started = [await instances.start(number) for number in range(3)]
    stub, peer = await instances.stub(0, 1, 2, 3)
    await usable(peer, 3)
    async with load(lambda _: get(stub, instances)) as outcomes:
        await eventually(lambda: len(outcomes) > 300)
        shares = [len(rooms.names) for _, rooms in started]
        assert min(shares) > 0.2 * sum(shares)

        _, fourth = await instances.start(3)
        await usable(peer, 4)
        before = [len(rooms.names) for _, rooms in started]
        await eventually(lambda: len(fourth.names) > 100)
        gained = [len(rooms.names) - earlier for (_, rooms), earlier in zip(started, before, strict=True)]
        assert len(fourth.names) > 0.15 * (sum(gained) + len(fourth.names))

        runtime, dead = started[0]
        await runtime._grpc._grpc.stop(0)
        died = len(outcomes)
        await eventually(lambda: len(outcomes) > died + 50)  # what it had begun may still reach its method
        asked, so_far = len(dead.names), len(outcomes)
        await eventually(lambda: len(outcomes) > so_far + 200)
        assert len(dead.names) == asked
    assert failed(outcomes) == []


async def test_a_call_goes_where_the_fewest_are_under_way(instances):
    rooms = [(await instances.start(number))[1] for number in range(2)]
    stub, peer = await instances.stub(0, 1)
    await usable(peer, 2)
    slow = asyncio.ensure_future(create(stub, instances, "slow"))
    await eventually(lambda: any(room.names for room in rooms))
    free, busy = sorted(rooms, key=lambda room: len(room.names))
    for number in range(10):
        await create(stub, instances, f"{number}")
    assert (len(busy.names), len(free.names)) == (1, 10)
    busy.hold.set()
    await slow


async def test_a_server_that_was_stopped_is_freed(instances):
    # One that is left to the end of the interpreter makes gRPC report "Error in sys.excepthook" there.
    runtime, _ = await instances.start(0)
    server = weakref.ref(runtime._grpc)

    await runtime.stop()

    gc.collect()
    assert server() is None


async def test_a_restart_under_load_costs_no_write_and_repeats_none(instances):
    first, before = await instances.start(0)
    stub, peer = await instances.stub(0)
    await usable(peer, 1)
    async with load(lambda name: create(stub, instances, name)) as outcomes:
        await eventually(lambda: len(outcomes) > 50)
        slow = asyncio.ensure_future(create(stub, instances, "slow"))
        await eventually(lambda: "slow" in before.names)
        stopping = asyncio.ensure_future(first.stop())
        await asyncio.sleep(0.2)
        # One call keeps it up; the others wait for the successor.
        quiet = len(before.names)
        await asyncio.sleep(0.2)
        assert len(before.names) == quiet
        before.hold.set()
        assert (await slow).name == "slow"
        await stopping
        _, after = await instances.start(0)
        await eventually(lambda: len(after.names) > 50)
    assert failed(outcomes) == []
    answered = [outcome.name for outcome in outcomes]
    assert sorted(before.names + after.names) == sorted([*answered, "slow"])


async def test_one_of_two_drains_and_its_callers_move_on_at_once(instances):
    (first, before), (_, other) = await instances.start(0), await instances.start(1)
    stub, peer = await instances.stub(0, 1)
    await usable(peer, 2)
    async with load(lambda name: create(stub, instances, name)) as outcomes:
        await eventually(lambda: len(before.names) > 50)
        await first.stop()
        so_far = len(outcomes)
        await eventually(lambda: len(outcomes) > so_far + 50)
    assert failed(outcomes) == []
    assert sorted(before.names + other.names) == sorted(outcome.name for outcome in outcomes)


async def test_a_large_request_that_a_draining_instance_refuses_goes_to_another(instances):
    (first, before), (_, other) = await instances.start(0), await instances.start(1)
    stub, peer = await instances.stub(0, 1)
    await usable(peer, 2)
    # It drains, and its callers have not heard of it.
    first.server.draining = True
    large = [create(stub, instances, str(number) + "x" * 300_000) for number in range(6)]
    assert [made.name[0] for made in await asyncio.gather(*large)] == list("012345")
    assert (before.names, len(other.names)) == ([], 6)


async def test_an_instance_that_fails_at_once_does_not_draw_the_calls(instances):
    (sick, _), (_, two), (_, three) = [await instances.start(number) for number in range(3)]
    asked = 0

    async def refuse(*_):
        nonlocal asked
        asked += 1
        raise Unavailable("database_unavailable", retry_after=1.0)

    sick.server.answer = refuse
    stub, peer = await instances.stub(0, 1, 2)
    await usable(peer, 3)

    async with load(lambda name: create(stub, instances, name)) as outcomes:
        await eventually(lambda: len(outcomes) > 300)

    # Eight callers may have asked it at once; afterwards it is asked again every two seconds at most.
    assert len(failed(outcomes)) == asked < 40
    assert min(len(two.names), len(three.names)) > 80


async def test_a_service_that_starts_later_is_waited_for_and_one_that_is_long_gone_is_not(instances, monkeypatch):
    await instances.start(0)
    # As long as a busy machine needs, and after that as short as can be.
    monkeypatch.setattr("chassis.rpc.client.instances.SECONDS_TO_CONNECT", 10.0)
    monkeypatch.setattr("chassis.rpc.client.instances.SECONDS_OF_PATIENCE", 0.3)
    stub, _ = await instances.stub(1)
    early = asyncio.ensure_future(create(stub, instances, "early"))
    await asyncio.sleep(0.1)
    second, _ = await instances.start(1)
    assert (await early).name == "early"

    await second.stop()
    with pytest.raises(Unavailable) as gone:
        await create(stub, instances, "late")
    assert gone.value.code == "scheduling_unavailable"
    async with asyncio.timeout(0.2):
        with pytest.raises(Unavailable):
            await create(stub, instances, "later")


async def test_what_a_name_stands_for_is_looked_up_again(instances, monkeypatch):
    ports = [free_port(), free_port()]
    (_, one), (_, two) = await instances.start(0, listen=f"127.0.0.1:{ports[0]}"), await instances.start(1, listen=f"127.0.0.1:{ports[1]}")
    stands_for = {("127.0.0.1", ports[0])}
    lookups = []

    async def getaddrinfo(host, port, **options):
        lookups.append((host, port))
        if not stands_for:
            raise socket.gaierror
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in stands_for]
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 9, 0, 0)), *found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    monkeypatch.setattr("chassis.rpc.client.instances.SECONDS_BETWEEN_LOOKUPS", 0.02)
    stub, peer = await instances.stub(address="scheduling.test:50051")
    await create(stub, instances, "a")
    assert (one.names, two.names) == (["a"], [])
    stands_for.add(("127.0.0.1", ports[1]))
    await usable(peer, 2)
    await asyncio.gather(*(create(stub, instances, "b") for _ in range(10)))
    assert len(two.names) == 5
    stands_for.remove(("127.0.0.1", ports[0]))
    await usable(peer, 1)
    await create(stub, instances, "c")
    assert two.names[-1] == "c"
    # A name server that is away takes nobody's calls.
    stands_for.clear()
    known = len(lookups)
    await eventually(lambda: len(lookups) > known + 2)
    await create(stub, instances, "d")
    assert two.names[-1] == "d"
    assert set(lookups) == {("scheduling.test", "50051")}


@pytest.mark.parametrize(
    ("setting", "targets"),
    [
        ("unix:/run/a.sock", {"unix:/run/a.sock"}),
        ("unix:/run/a.sock, unix:/run/b.sock", {"unix:/run/a.sock", "unix:/run/b.sock"}),
        ("10.0.0.1:5,10.0.0.2:5", {"10.0.0.1:5", "10.0.0.2:5"}),
        ("dns:///10.0.0.1:5", {"10.0.0.1:5"}),
        ("[::1]:5", {"[::1]:5"}),
    ],
)
async def test_addresses_stand_for_themselves(setting, targets):
    resolver = Resolver(setting)
    assert await resolver.resolve() == {Address(target) for target in targets}
    assert not resolver.is_dynamic


async def test_what_is_more_than_a_server_can_take_is_refused_and_not_repeated(instances):
    _, rooms = await instances.start(0, calls_at_once=3)
    stub, peer = await instances.stub(0)
    await usable(peer, 1)
    slow = [asyncio.ensure_future(create(stub, instances, f"slow{number}")) for number in range(3)]
    await eventually(lambda: len(rooms.names) == 3)
    with pytest.raises(Unavailable) as refused:
        await get(stub, instances)
    assert (refused.value.code, refused.value.retry_after) == (OVERLOADED, 1.0)
    assert len(rooms.names) == 3
    rooms.hold.set()
    await asyncio.gather(*slow)
    await get(stub, instances)


async def test_what_is_more_than_a_caller_can_hold_is_refused_before_it_is_sent(instances):
    _, rooms = await instances.start(0)
    stub, peer = await instances.stub(0)
    await usable(peer, 1)
    peer._admissions = Admissions(most_calls=2)
    slow = [asyncio.ensure_future(create(stub, instances, f"slow{number}")) for number in range(2)]
    await eventually(lambda: len(rooms.names) == 2)
    with pytest.raises(Unavailable) as refused:
        await create(stub, instances, "more")
    assert refused.value.code == OVERLOADED
    rooms.hold.set()
    await asyncio.gather(*slow)
    assert rooms.names == ["slow0", "slow1"]


def test_vital_calls_have_room_that_others_do_not_take():
    admissions = Admissions(most_calls=1)
    with admissions.admit(b""), pytest.raises(Unavailable), admissions.admit(b""):
        raise AssertionError("a second")
    with admissions.admit(b""), admissions.admit(b"", vital=True):
        assert (admissions.common.calls, admissions.vital.calls) == (1, 1)


def test_calls_are_counted_by_number_and_by_bytes():
    admission = Admission(most_calls=3, most_bytes=100)
    with admission.admit(150), pytest.raises(Unavailable), admission.admit(1):
        raise AssertionError("a call beside one that takes all room")
    with admission.admit(60), admission.admit(40), admission.admit(0), pytest.raises(Unavailable), admission.admit(0):
        raise AssertionError("a fourth")
    assert (admission.calls, admission.bytes) == (0, 0)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]

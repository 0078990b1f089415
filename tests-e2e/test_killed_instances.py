"""Three instances of one service as processes of their own: whichever is killed, the others take its calls."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from uuid import UUID

import pytest
from drill.environment import until

from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1 import locations_pb2 as pb
from caseload.scheduling.v1.locations_rpc import LocationsStub
from chassis.auth.tokens import ServiceSigner
from chassis.errors import Unavailable
from chassis.rpc.client.peers import Peers
from chassis.testing.environment import start_environment
from clients.__main__ import SERVICE as CLIENTS
from identity.__main__ import SERVICE as IDENTITY
from scheduling.__main__ import SERVICE as SCHEDULING

READERS, WRITERS = 6, 2


@pytest.fixture
async def environment(postgres: str):
    """The databases, and the services that the instances ask. Its own scheduling is asked nothing."""
    async with start_environment(postgres, IDENTITY, CLIENTS, SCHEDULING, relay=False) as built:
        yield built


@pytest.fixture
async def instances(environment, tmp_path):
    """The processes, by address."""
    settings = environment.runtime("scheduling").settings
    processes: dict[str, Process] = {}
    for number in range(3):
        address = f"unix:{tmp_path}/{number}.sock"
        own = {
            "CASELOAD_ENVIRONMENT": "development",
            "CASELOAD_DATABASE_URL": settings.database_url.get_secret_value(),
            "CASELOAD_KEYRING_FILE": str(settings.keyring_file),
            "CASELOAD_SERVICE_KEYS_DIR": str(settings.service_keys_dir),
            "CASELOAD_LISTEN": address,
            "CASELOAD_PEERS": json.dumps(settings.peers),
        }
        processes[address] = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "scheduling", "serve", env={"PATH": os.environ["PATH"], **own}, stdout=DEVNULL, stderr=DEVNULL
        )
    yield processes
    for process in processes.values():
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_two_of_three_are_killed_under_load_and_no_read_fails(environment, instances):
    signer = ServiceSigner("gateway", (environment.folder / "service-keys" / "gateway.key").read_bytes())
    peers = Peers(signer, addresses={"scheduling": ",".join(instances)})
    peer, stub = peers["scheduling"], LocationsStub(peers["scheduling"])
    workspace = environment.workspace()
    read, written, refused = [], [], []
    stop = asyncio.Event()

    def caller():
        return environment.caller(workspace_id=workspace).within(10.0)

    async def usable(number: int) -> None:
        async def are_usable() -> bool:
            return await peer.ready() and len(peer.instances.usable) == number

        await until(are_usable, 60.0, f"{number} instances are usable")

    async def write() -> None:
        request = pb.CreateLocationRequest(name="Room", location_type=appointments_pb2.LOCATION_TYPE_CLINIC)
        while not stop.is_set():
            try:
                written.append((await stub.CreateLocation(request, caller())).id)
            except Unavailable as refusal:
                refused.append(refusal)

    async def keep_reading() -> None:
        while not stop.is_set():
            read.append((await stub.GetLocation(pb.GetLocationRequest(location_id=first), caller())).id)

    async def further(number: int) -> None:
        """Waits for so many further answers, or for a reader that failed."""
        enough = len(read) + number

        async def are_there() -> bool:
            return len(read) >= enough or any(task.done() for task in work)

        await until(are_there, 60.0, f"{number} further answers")

    await usable(3)
    first = (
        await stub.CreateLocation(pb.CreateLocationRequest(name="First", location_type=appointments_pb2.LOCATION_TYPE_CLINIC), caller())
    ).id
    work = [asyncio.ensure_future(keep_reading()) for _ in range(READERS)] + [asyncio.ensure_future(write()) for _ in range(WRITERS)]
    try:
        for killed, left in zip(list(instances.values())[:2], (2, 1), strict=True):
            await further(100)
            killed.send_signal(signal.SIGKILL)
            assert await killed.wait() == -signal.SIGKILL
            await further(100)
            await usable(left)
    finally:
        stop.set()
        # Raises what a reader was refused.
        await asyncio.gather(*work)
        await peers.close()

    assert set(read) == {first}
    # A write that was under way may have been done, so it is not asked again: that is for its caller, with its key.
    assert len(refused) <= 2 * WRITERS
    async with environment.superuser() as connection:
        kept = {row["id"] for row in await connection.fetch("SELECT id FROM scheduling.locations WHERE workspace_id = $1", workspace)}
    assert set(map(UUID, written)) <= kept
    assert len(kept) <= 1 + len(written) + len(refused)

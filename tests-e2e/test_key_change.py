"""The key of access tokens is changed over two processes of identity, restarted in turn while people sign in and work: nobody is refused."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

import pytest
from drill.environment import until
from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2, users_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.users_rpc import UsersStub
from chassis.auth.tokens import AccessKeys, ServiceSigner, generate_key
from chassis.context import RequestContext
from chassis.rpc.client.peers import Peers
from chassis.testing.environment import Environment, start_environment
from identity.__main__ import SERVICE as IDENTITY
from identity.workspaces.workflow import open_workspace

OLD, NEW = generate_key(), generate_key()
# What the file holds: prepared, promoted, and the previous one retired.
CHANGE = (OLD + NEW, NEW + OLD, NEW)
PASSWORD = "correct horse battery staple"
CHEAP = {"argon2_passes": 1, "argon2_memory_kib": 8}


class Instance:
    """One process of identity, with its file of keys."""

    def __init__(self, environment: Environment, folder: Path, number: int) -> None:
        self.address = f"unix:{folder}/{number}.sock"
        self._settings = environment.runtime("identity").settings
        self._file = folder / f"{number}.key"
        self._process: Process | None = None

    async def start(self, keys: bytes, addresses: str) -> None:
        self._file.write_bytes(keys)
        own = {
            "CASELOAD_ENVIRONMENT": "development",
            "CASELOAD_DATABASE_URL": self._settings.database_url.get_secret_value(),
            "CASELOAD_KEYRING_FILE": str(self._settings.keyring_file),
            "CASELOAD_SERVICE_KEYS_DIR": str(self._settings.service_keys_dir),
            "CASELOAD_ACCESS_KEY_FILE": str(self._file),
            "CASELOAD_LISTEN": self.address,
            "CASELOAD_PEERS": json.dumps({"identity": addresses}),
            **{f"CASELOAD_{name.upper()}": str(value) for name, value in CHEAP.items()},
        }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "identity", "serve", env={"PATH": os.environ["PATH"], **own}, stdout=DEVNULL, stderr=DEVNULL
        )

    async def end(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        assert await self._process.wait() == 0


@pytest.fixture
async def environment(postgres: str):
    async with start_environment(postgres, IDENTITY, settings={"identity": CHEAP}, relay=False) as built:
        yield built


async def test_nobody_is_refused_while_the_key_is_changed(environment, tmp_path):
    email = f"owner-{uuid7().hex}@example.com"
    await open_workspace(
        environment.runtime("identity"),
        name="Lakeside",
        kind="practice",
        time_zone="UTC",
        locale="en-GB",
        owner_email=email,
        owner_full_name="Olga Orlov",
        role="owner",
        password=PASSWORD,
    )
    instances = [Instance(environment, tmp_path, number) for number in range(2)]
    addresses = ",".join(instance.address for instance in instances)
    signer = ServiceSigner("gateway", (environment.folder / "service-keys" / "gateway.key").read_bytes())
    peers = Peers(signer, addresses={"identity": addresses})
    peer, sign_in, users = peers["identity"], SignInStub(peers["identity"]), UsersStub(peers["identity"])
    published: list[frozenset[str]] = []
    rounds = [0] * 3
    stop = asyncio.Event()

    async def sign_in_and_work(number: int) -> None:
        token = ""
        while not stop.is_set():
            if rounds[number] % 5 == 0:
                signed_in = await sign_in.Login(sign_in_pb2.LoginRequest(email=email, password=PASSWORD), environment.nobody().within(10.0))
                token = signed_in.signed_in.access_token
            caller = RequestContext(token=token, request_id=str(uuid7())).within(10.0)
            assert (await users.GetMe(users_pb2.GetMeRequest(), caller)).email == email
            rounds[number] += 1
            # People pause; a process that starts beside them needs the machine as well.
            await asyncio.sleep(0.02)

    async def further(number: int) -> None:
        """Waits until everybody has done so many rounds more, or somebody was refused. After six, all have tokens of the present keys."""
        enough = [done + number for done in rounds]

        async def are_done() -> bool:
            return all(done >= wanted for done, wanted in zip(rounds, enough, strict=True)) or any(task.done() for task in work)

        await until(are_done, 60.0, f"{number} further rounds")

    async def usable(number: int) -> None:
        async def are_usable() -> bool:
            return await peer.ready() and len(peer.instances.usable) == number

        await until(are_usable, 60.0, f"{number} instances are usable")

    work: list[asyncio.Task[None]] = []
    try:
        for instance in instances:
            await instance.start(OLD, addresses)
        await usable(2)
        work = [asyncio.create_task(sign_in_and_work(number)) for number in range(len(rounds))]
        await further(10)
        for keys in CHANGE:
            for instance in instances:
                await instance.end()
                await further(10)
                await instance.start(keys, addresses)
                await usable(2)
                await further(10)
            trust = await sign_in.GetTrust(sign_in_pb2.GetTrustRequest(), environment.nobody().within(10.0))
            published.append(frozenset(key.kid for key in trust.keys))
    finally:
        stop.set()
        try:
            # Raises what somebody was refused.
            await asyncio.gather(*work)
        finally:
            await peers.close()
            for instance in instances:
                await instance.end()

    assert published == [frozenset(AccessKeys(keys).published) for keys in CHANGE]

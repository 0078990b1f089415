"""The gateway in front of the real services, called over HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter
from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE as AUDIT
from caseload.identity.v1 import users_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.encryption import key_store
from chassis.rpc.client.peers import Peers
from chassis.rpc.server.server import Server
from chassis.testing.environment import Environment, start_environment
from clients.__main__ import SERVICE as CLIENTS
from clinical.__main__ import SERVICE as CLINICAL
from gateway.app import build
from gateway.settings import GatewaySettings
from identity.__main__ import SERVICE as IDENTITY
from identity.people.registration import add_user
from identity.workspaces.workflow import open_workspace
from notifications.__main__ import SERVICE as NOTIFICATIONS
from scheduling.__main__ import SERVICE as SCHEDULING

PASSWORD = "correct horse battery"
_numbers = count(1)
PUBLIC_URL = "http://127.0.0.1:8000"
# The cheapest Argon2: these tests are about what the gateway does with a sign-in.
CHEAP = {"argon2_passes": 1, "argon2_memory_kib": 8}


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    user_id: UUID
    workspace_id: UUID


class TestedGateway:
    """A gateway and the environment behind it."""

    # Where the running test asks from, unless it says otherwise.
    address = ""

    def __init__(
        self,
        built: Environment,
        peers: Peers,
        settings: GatewaySettings,
        routers: Sequence[APIRouter] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.environment = built
        self.settings = settings
        self.app = build(peers, settings, routers, clock=clock)

    @property
    def servers(self) -> dict[str, Server]:
        """The services of this process by name, which are reached without a socket."""
        return {name: runtime.server for name, runtime in self.environment.runtimes.items()}

    def anonymous(self, *, address: str = "", **headers: str) -> httpx.AsyncClient:
        """HTTP without credentials, from this address or the test's own, and with a cookie jar of its own."""
        transport = httpx.ASGITransport(self.app, client=(address or TestedGateway.address, 50000))
        return httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL, headers=headers)

    def colleague(self, person: Person, **claims: object) -> httpx.AsyncClient:
        """HTTP with a token of the person's workspace, for any role and scopes."""
        call = self.environment.caller(workspace_id=person.workspace_id, **{"user_id": person.user_id, **claims})
        return self.anonymous(Authorization=f"Bearer {call.token}")

    async def open_workspace(self, kind: str = "practice") -> Person:
        """A new workspace with the person who runs it."""
        email = f"head-{uuid7().hex}@example.com"
        workspace_id, user_id = await open_workspace(
            self.environment.runtime("identity"),
            name="Lakeside",
            kind=kind,
            time_zone="America/New_York",
            locale="en",
            owner_email=email,
            owner_full_name="Henrietta Castellanos",
            role="owner" if kind == "practice" else "admin",
            password=PASSWORD,
        )
        return Person(email, user_id, workspace_id)

    async def add_user(self, workspace_id: UUID, role: str, *, full_name: str = "Nora Quist", email: str = "") -> str:
        """Another user of the workspace, without a password; with this address, which counts as proved. Returns the id."""
        runtime = self.environment.runtime("identity")
        user = users_pb2.User(id=str(uuid7()), email=email or f"{role}-{uuid7().hex}@example.com", full_name=full_name)
        keys = await runtime.keys.of(workspace_id)
        async with runtime.background(workspace_id) as work:
            await add_user(work, runtime.keyring, keys, user, role=role, is_proved=bool(email))
        return user.id

    async def suspended_long_ago(self, workspace_id: UUID | str) -> None:
        """Lets it be five seconds since the workspace was suspended: reactivating waits until everybody knows of that."""
        async with self.environment.superuser() as connection:
            earlier = "UPDATE identity.revocations SET created_at = created_at - interval '5 seconds' WHERE subject_id = $1::text::uuid"
            await connection.execute(earlier, str(workspace_id))

    def reconfigured(
        self,
        *,
        peers: Peers | None = None,
        routers: Sequence[APIRouter] = (),
        clock: Callable[[], float] = time.time,
        **settings: object,
    ) -> "TestedGateway":
        """A second gateway in front of the same services, with other settings or another clock for its rate limits."""
        peers = self.app.state.peers if peers is None else peers
        return TestedGateway(self.environment, peers, self.settings.model_copy(update=settings), routers, clock)


@pytest.fixture(autouse=True)
def _address_of_its_own() -> None:
    """Many tests in one minute are more than one address may ask for."""
    number = next(_numbers)
    TestedGateway.address = f"198.18.{number >> 8 & 255}.{number & 255}"


@pytest.fixture(scope="session")
async def gateway(postgres: str) -> AsyncIterator[TestedGateway]:
    services = (IDENTITY, CLIENTS, SCHEDULING, CLINICAL, NOTIFICATIONS, AUDIT)
    async with start_environment(postgres, *services, settings={"identity": CHEAP, "public_url": PUBLIC_URL}) as built:
        clinical = built.runtime("clinical").settings
        settings = GatewaySettings(
            environment="development",
            public_url=PUBLIC_URL,
            blob_url=clinical.blob_url,
            blob_secret=clinical.blob_secret,
        )
        peers = Peers(None, addresses={name: runtime.settings.listen for name, runtime in built.runtimes.items()})
        try:
            yield TestedGateway(built, peers, settings)
        finally:
            await peers.close()


@dataclass(frozen=True, slots=True)
class Practice:
    """A workspace of its own, and HTTP as its owner."""

    person: Person
    http: httpx.AsyncClient

    async def add_client(self, **but: object) -> dict[str, Any]:
        reply = await self.http.post("/api/v1/clients", json={"first_name": "Ada", "last_name": "Lovelace", **but})
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def book(self, client_id: str, /, hour: int = 9, *, query: str = "", **but: object) -> httpx.Response:
        body = {
            "client_id": client_id,
            "scheduled_start": f"2027-03-01T{hour:02}:00:00Z",
            "scheduled_end": f"2027-03-01T{hour + 1:02}:00:00Z",
            "location_type": "clinic",
            **but,
        }
        return await self.http.post(f"/api/v1/appointments{query}", json=body)

    async def booked(self, client_id: str, hour: int = 9, **but: object) -> dict[str, Any]:
        reply = await self.book(client_id, hour, **but)
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def write_note(self, client_id: str, **but: object) -> dict[str, Any]:
        body = {"client_id": client_id, "session_date": "2026-11-02T10:00:00Z", "subjective": "Slept badly.", **but}
        reply = await self.http.post("/api/v1/sessions", json=body)
        assert reply.status_code == 201, reply.text
        return reply.json()


@pytest.fixture
async def person(gateway: TestedGateway) -> Person:
    return await gateway.open_workspace()


@pytest.fixture
async def practice(gateway: TestedGateway, person: Person) -> AsyncIterator[Practice]:
    async with gateway.colleague(person) as http:
        yield Practice(person, http)


@pytest.fixture
async def elsewhere(gateway: TestedGateway) -> AsyncIterator[Practice]:
    """Another workspace."""
    person = await gateway.open_workspace()
    async with gateway.colleague(person) as http:
        yield Practice(person, http)


@pytest.fixture
async def platform(gateway: TestedGateway) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP as a platform administrator who has signed in."""
    email = f"platform-{uuid7().hex}@example.com"
    await open_workspace(
        gateway.environment.runtime("identity"),
        name="The platform",
        kind="practice",
        time_zone="UTC",
        locale="en",
        owner_email=email,
        owner_full_name="Petra Lang",
        role="owner",
        password=PASSWORD,
        is_platform_admin=True,
    )
    async with gateway.anonymous() as http:
        token = (await http.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})).json()["access_token"]
    async with gateway.anonymous(Authorization=f"Bearer {token}") as http:
        yield http


@pytest.fixture
def login() -> Callable[[httpx.AsyncClient, Person], Awaitable[httpx.Response]]:
    """`await login(http, person)` shows the person's password, and lets what the browser then sends be the login session's."""

    async def login(http: httpx.AsyncClient, person: Person) -> httpx.Response:
        reply = await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
        assert reply.status_code == 200, reply.text
        if (csrf := http.cookies.get("csrf_token")) is not None:
            http.headers["X-CSRF-Token"] = csrf
        return reply

    return login


@pytest.fixture
async def browser(gateway: TestedGateway, person: Person, login: Callable[..., Any]) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which the person has signed in by password."""
    async with gateway.anonymous() as http:
        await login(http, person)
        yield http


@pytest.fixture
def let_pass(gateway: TestedGateway) -> Callable[[httpx.AsyncClient, UUID | str, int], Awaitable[None]]:
    """`await let_pass(http, user_id, minutes)`: the user's sign-ins are so much older, and the browser's next request renews its tokens."""

    async def let_pass(http: httpx.AsyncClient, user_id: UUID | str, minutes: int) -> None:
        async with gateway.environment.superuser() as database:
            earlier = """UPDATE identity.login_sessions SET created_at = created_at - make_interval(mins => $2)
                         WHERE user_id = $1::text::uuid"""
            assert await database.execute(earlier, str(user_id), minutes) != "UPDATE 0"
        http.cookies.delete("access_token")

    return let_pass


@pytest.fixture
def mailed_link(gateway: TestedGateway) -> Callable[[Person], Awaitable[str]]:
    """`await mailed_link(person)` is the token of a link like the newest one that this user has asked for.

    Not of that one: notifications mints its secret anew when it mails it, at a moment of its own.
    """

    async def mailed_link(person: Person) -> str:
        token = OpaqueToken.generate(person.workspace_id, uuid7())
        async with gateway.environment.superuser() as database:
            copied = """INSERT INTO identity.magic_links (workspace_id, id, purpose, user_id, hash, created_at, expires_at)
                        SELECT workspace_id, $3, purpose, user_id, $4, created_at, expires_at FROM identity.magic_links
                        WHERE workspace_id = $1 AND user_id = $2 ORDER BY created_at DESC LIMIT 1"""
            assert await database.execute(copied, person.workspace_id, person.user_id, token.row_id, token.hash) == "INSERT 0 1"
        return str(token)

    return mailed_link


@pytest.fixture
def check_problem() -> Callable[[httpx.Response, int, str], dict[str, Any]]:
    """Checks that a reply is this problem, whole; returns its members."""

    def check(reply: httpx.Response, status: int, code: str) -> dict[str, Any]:
        assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json"), reply.text
        problem = reply.json()
        assert problem.keys() >= {"type", "title", "status", "detail", "instance", "request_id", "code"}
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["type"].endswith(f"/problems/{code}")
        assert problem["request_id"] == reply.headers["x-request-id"]
        asked, told = (path.split("/") for path in (reply.request.url.path, problem["instance"]))
        assert all(part in {there, "-"} for there, part in zip(asked, told, strict=True))
        assert isinstance(problem["detail"], str)
        assert problem["detail"]
        return problem

    return check


SECONDS_KEYS_ARE_KEPT = 0.05


@pytest.fixture
def quick_keys(monkeypatch):
    """Processes read keys anew after a moment; what had begun with older ones is waited for in the tests."""
    monkeypatch.setattr(key_store, "_SECONDS_KEPT", SECONDS_KEYS_ARE_KEPT)
    monkeypatch.setattr(key_store, "UNTIL_EVERYWHERE", key_store.timedelta(0))


@asynccontextmanager
async def _going_on(people: Any) -> AsyncIterator[Callable[..., Any]]:
    tasks = [asyncio.create_task(people.go_on(place)) for place in range(len(people.rounds))]

    async def further(number: int = 1) -> None:
        await asyncio.sleep(2 * SECONDS_KEYS_ARE_KEPT)
        enough = [done + number for done in people.rounds]
        async with asyncio.timeout(120):
            while not all(done >= wanted for done, wanted in zip(people.rounds, enough, strict=True)):
                for task in tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.02)

    try:
        yield further
    finally:
        people.stopped = True
        # Raises what somebody was refused, or did not find.
        await asyncio.gather(*tasks)


@pytest.fixture
def going_on():
    """`async with going_on(people) as further`: each of `people.rounds` does `people.go_on(place)` until they are `stopped`. `further(number)`
    waits until everybody has done so many rounds more, with keys that were read after it was called.
    """
    return _going_on

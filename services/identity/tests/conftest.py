"""The identity service for real, with a practice and a hospital in it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, sign_in_pb2, users_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from chassis.context import RequestContext
from chassis.db.statement import Statement
from chassis.db.transaction import Transaction
from chassis.errors import Unauthenticated
from chassis.service.runtime import Runtime
from chassis.testing.environment import House, house
from identity.__main__ import SERVICE
from identity.sign_in.passwords import Passwords
from identity.sign_in.rules import normal_email
from identity.users import people
from identity.users import store as users_store
from identity.workspaces import store as workspaces_store
from identity.workspaces.workflow import open_workspace

PASSWORD = "correct horse battery"
# The least Argon2 there is: these tests are about who is let in, not about how long it takes.
CHEAP = {"argon2_passes": 1, "argon2_memory_kib": 8}


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    workspace_id: UUID
    email: str


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace and the people a test puts into it."""

    runtime: Runtime
    workspace_id: UUID
    head: Person

    async def hire(self, role: str, *, full_name: str = "Nora Quist", password: str | None = PASSWORD) -> Person:
        person = users_pb2.User(id=str(uuid7()), email=f"{role}-{uuid7().hex}@example.com", full_name=full_name)
        keys = await self.runtime.keys.of(self.workspace_id)
        account = self.runtime.keyring.deployment_index("email", normal_email(person.email))
        password_hash = await Passwords(self.runtime.settings).hash(password) if password else None
        async with self.runtime.background(self.workspace_id) as call:
            await call.db.run(
                users_store.add,
                id=person.id,
                sealed=people.seal(person, keys, revision=1),
                version=1,
                role=role,
                is_platform_admin=False,
                password_hash=password_hash,
            )
            await call.db.run(workspaces_store.add_sign_in, email_index=account, user_id=person.id)
        return Person(UUID(person.id), self.workspace_id, person.email)


@dataclass(frozen=True, slots=True)
class Door:
    """Identity as the gateway reaches it."""

    house: House
    sign_in: SignInStub
    users: UsersStub
    workspaces: WorkspacesStub
    notifications: SignInStub

    async def open(self, kind: str = "practice", **but: object) -> Place:
        email = f"head-{uuid7().hex}@example.com"
        values = {
            "name": "Lakeside",
            "kind": kind,
            "time_zone": "Europe/London",
            "locale": "en-GB",
            "owner_email": email,
            "owner_full_name": "Henrietta Castellanos",
            "role": "owner" if kind == "practice" else "admin",
            "password": PASSWORD,
            **but,
        }
        runtime = self.house.runtime("identity")
        workspace_id, user_id = await open_workspace(runtime, **values)  # type: ignore[arg-type]
        return Place(runtime, workspace_id, Person(user_id, workspace_id, str(values["owner_email"])))

    def from_(self, address: str, agent: str = "tests") -> RequestContext:
        return RequestContext(request_id=str(uuid7()), ip_address=address, user_agent=agent)

    def bearer(self, signed_in: sign_in_pb2.SignedIn) -> RequestContext:
        """The person, signed in."""
        return RequestContext(token=signed_in.access_token, request_id=str(uuid7()), ip_address="192.0.2.7", user_agent="tests")

    async def enter(self, person: Person) -> RequestContext:
        return self.bearer(await self.login(person))

    async def refresh(self, refresh_token: str) -> sign_in_pb2.SignedIn:
        return await self.sign_in.Refresh(sign_in_pb2.RefreshRequest(refresh_token=refresh_token), self.house.nobody())

    async def verify(self, token: str) -> sign_in_pb2.SignedIn:
        return await self.sign_in.VerifyMagicLink(sign_in_pb2.VerifyMagicLinkRequest(token=token), self.house.nobody())

    async def until_refused(self, caller: RequestContext) -> str:
        """The code with which an access token is refused, at the latest after the five seconds that revocation may take."""
        async with asyncio.timeout(5):
            while True:
                (outcome,) = await asyncio.gather(self.users.GetMe(users_pb2.GetMeRequest(), caller), return_exceptions=True)
                if isinstance(outcome, Unauthenticated):
                    return outcome.code
                await asyncio.sleep(0.05)

    async def tamper(self, sql: str, *arguments: object) -> None:
        """Changes rows from outside: for time that a test will not wait for."""
        async with self.house.superuser() as connection:
            status = await connection.execute(sql, *arguments)
        assert not status.endswith(" 0"), "nothing was tampered with"

    async def login(self, person: Person, password: str = PASSWORD, *, address: str = "192.0.2.7", device: str | None = None):
        request = sign_in_pb2.LoginRequest(email=person.email, password=password, device_token=device)
        return await self.sign_in.Login(request, self.from_(address))

    async def request_link(self, person: Person) -> str:
        """Asks for a magic link and issues it as notifications would; the token that is mailed."""
        before = await self.house.emitted(events_pb2.MagicLinkRequested, person.workspace_id)
        await self.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=person.email), self.house.nobody())
        asked = await self.house.emitted(events_pb2.MagicLinkRequested, person.workspace_id)
        assert len(asked) == len(before) + 1
        return (await self.issue(person.workspace_id, asked[-1].magic_link_id)).token

    async def issue(self, workspace_id: UUID, magic_link_id: str) -> sign_in_pb2.MagicLink:
        request = sign_in_pb2.IssueMagicLinkRequest(magic_link_id=magic_link_id)
        return await self.notifications.IssueMagicLink(request, self.house.on_behalf_of(workspace_id))


@pytest.fixture(scope="session")
async def door(postgres: str) -> AsyncIterator[Door]:
    async with house(postgres, SERVICE, settings={"identity": CHEAP}) as h:
        yield Door(h, h.stub(SignInStub), h.stub(UsersStub), h.stub(WorkspacesStub), h.stub(SignInStub, as_service="notifications"))


@pytest.fixture
async def practice(door: Door) -> Place:
    return await door.open()


@pytest.fixture
async def hospital(door: Door) -> Place:
    return await door.open("hospital")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is asked from here on, but for the polling of revocations and what loops do by themselves."""
    asked: list[str] = []
    ask = Transaction._ask

    async def counted(self: Transaction, how: str, stmt: Statement, params: dict[str, object]) -> object:
        task = asyncio.current_task()
        by_itself = task is not None and "_for_ever" in str(task.get_coro())
        if "revocations" not in stmt.sql and not by_itself:
            asked.append(stmt.sql)
        return await ask(self, how, stmt, params)

    monkeypatch.setattr(Transaction, "_ask", counted)
    return asked

"""A running installation as its administrator reaches it: creates workspaces and users, calls services directly, reads the database."""

import itertools
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg
import httpx
import jwt
from uuid_utils.compat import uuid7

from caseload.identity.v1 import users_pb2
from chassis.auth.tokens import AccessSigner, ServiceSigner
from chassis.events.broker.in_process import InProcessBroker
from chassis.events.signatures import EventSigner
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import socket_directory
from chassis.rpc.client.peers import Peers
from chassis.service.runtime import Runtime
from identity.credentials.passwords import PasswordHasher
from identity.demo import PASSWORD as DEMO_PASSWORD
from identity.people.registration import add_user
from identity.workspaces.workflow import open_workspace
from standalone.home import Home
from standalone.installation import trust
from standalone.services import NAMES, SERVICES

PASSWORD = "correct horse battery"
# The cheapest passwords that an installation takes, for tests that are about other things: a sweep over every operation signs hundreds of people in.
QUICK_PASSWORDS = {"CASELOAD_ARGON2_PASSES": "2", "CASELOAD_ARGON2_MEMORY_KIB": "19456"}


@dataclass(frozen=True, slots=True)
class Person:
    """A user of a workspace who signs in with a password."""

    email: str
    user_id: str
    workspace_id: str
    password: str = PASSWORD


class Owners(httpx.Auth):
    """Owners of one workspace who take turns, each with an access token as identity would sign it.

    As the `auth` of an HTTP client they ask for everything but what is about the client's own sign-ins.
    """

    def __init__(self, signer, token, user_ids):
        claims = jwt.decode(token, options={"verify_signature": False})
        self._claims = {name: claims[name] for name in ("ws", "role", "scope", "amr", "auth_time", "epoch") if name in claims}
        self.user_ids = user_ids
        self._signer, self._turns = signer, itertools.cycle(user_ids)
        self._signed = {}

    def next_token(self):
        """The token of whoever's turn it is."""
        return self.token_of(next(self._turns))

    def token_of(self, user_id):
        """The user's token, signed anew before it expires after five minutes."""
        since, token = self._signed.get(user_id, (float("-inf"), ""))
        if time.monotonic() - since > 200:
            token = self.sign_in(user_id)
            self._signed[user_id] = (time.monotonic(), token)
        return token

    def sign_in(self, user_id, **lasting):
        """A token of another sign-in of the user."""
        claims = self._claims | {"auth_time": int(time.time())}
        return self._signer.sign({"sub": user_id, "sid": str(uuid7()), **claims}, **lasting)

    def auth_flow(self, request):
        if not request.url.path.startswith("/api/v1/auth/"):
            request.headers["Authorization"] = f"Bearer {self.next_token()}"
        yield request


class AttackedInstallation:
    """Access to a running installation with its keys."""

    def __init__(self, installation):
        self.installation = installation
        self.home = Home(installation.home)
        self.logs = installation.home / "logs"

    @property
    def admin_dsn(self):
        return LocalPostgres(self.home.postgres).dsn

    @asynccontextmanager
    async def superuser(self):
        connection = await asyncpg.connect(self.admin_dsn)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def identity(self):
        """Identity's parts in this process, on the installation's own database."""
        settings, given = self.home.settings(SERVICES[0], self.admin_dsn), self.installation.environment
        cost = {name.removeprefix("CASELOAD_").lower(): int(given[name]) for name in QUICK_PASSWORDS if name in given}
        runtime = Runtime(SERVICES[0], settings.model_copy(update=cost), broker=InProcessBroker())
        try:
            yield runtime
        finally:
            await runtime.stop()

    async def open_practice(self, *, email=None, full_name="Henrietta Castellanos"):
        """Creates a practice. Returns its owner."""
        return await self.open_workspace("practice", email=email, full_name=full_name)

    async def open_workspace(self, kind, *, email=None, full_name="Henrietta Castellanos", is_platform_admin=False):
        """Creates a practice or a hospital. Returns its first user, who may do everything in it."""
        email = email or f"head-{uuid7().hex}@example.com"
        async with self.identity() as runtime:
            workspace_id, user_id = await open_workspace(
                runtime,
                name="Lakeside",
                kind=kind,
                time_zone="Europe/London",
                locale="en-GB",
                owner_email=email,
                owner_full_name=full_name,
                role={"practice": "owner", "hospital": "admin"}[kind],
                password=PASSWORD,
                is_platform_admin=is_platform_admin,
            )
        return Person(email, str(user_id), str(workspace_id))

    async def add_user(self, workspace_id, role="therapist", *, password=PASSWORD):
        """Creates another user in the workspace. With password=None the user cannot sign in with a password."""
        person = users_pb2.User(id=str(uuid7()), email=f"{role}-{uuid7().hex}@example.com", full_name="Nora Quist")
        async with self.identity() as runtime:
            keys = await runtime.keys.of(UUID(workspace_id))
            password_hash = await PasswordHasher(runtime.settings, runtime.keyring).hash(password) if password else None
            async with runtime.background(UUID(workspace_id)) as work:
                await add_user(work, runtime.keyring, keys, person, role=role, password_hash=password_hash)
        return Person(person.email, person.id, str(workspace_id))

    async def owners(self, person, count):
        """So many more owners of the person's workspace, to ask in turn: one user may not do in a minute all that a test does."""
        token = self.sign_in(person).json()["access_token"]
        async with self.identity() as runtime:
            keys = await runtime.keys.of(UUID(person.workspace_id))
            users = [
                users_pb2.User(id=str(uuid7()), email=f"owner-{uuid7().hex}@example.com", full_name="Nora Quist") for _ in range(count)
            ]
            async with runtime.background(UUID(person.workspace_id)) as work:
                for user in users:
                    await add_user(work, runtime.keyring, keys, user, role="owner", password_hash=None)
        return Owners(AccessSigner(self.home.access_key.read_bytes()), token, [user.id for user in users])

    def demo_owner(self):
        """The owner of the practice that is there from the start."""
        owner = Person("owner@example.com", "", "", DEMO_PASSWORD)
        user = self.sign_in(owner).json()["user"]
        return replace(owner, user_id=user["id"], workspace_id=user["workspace_id"])

    def sign_in(self, person):
        """The reply to a sign-in with a password, including its cookies."""
        url = f"{self.installation.gateway_url}/api/v1/auth/login"
        reply = httpx.post(url, json={"email": person.email, "password": person.password}, timeout=30, verify=trust())
        assert reply.status_code == 200, reply.text
        return reply

    def api_as(self, person):
        """An HTTP client of the API with the person's access token."""
        api = self.api_with_token(self.sign_in(person).json()["access_token"])
        api.user = {"id": person.user_id, "workspace_id": person.workspace_id}
        return api

    def api_with_token(self, token):
        """An HTTP client of the API with this access token."""
        headers = {"Authorization": f"Bearer {token}"}
        api = httpx.Client(base_url=f"{self.installation.gateway_url}/api/v1", headers=headers, timeout=30, verify=trust())
        api.token = token
        return api

    @property
    def addresses(self):
        """The gRPC address of each service of a suite."""
        folder = socket_directory(self.home.directory / "suite")
        return {name: f"unix:{folder}/{name}.sock" for name in NAMES}

    def event_signer(self, service):
        """Signs events as a service that was taken over would."""
        return EventSigner(ServiceSigner(service, (self.home.service_keys / f"{service}.key").read_bytes()))

    @asynccontextmanager
    async def peers(self, *, as_service="gateway"):
        """Channels to every service, called as `as_service`."""
        signer = ServiceSigner(as_service, (self.home.service_keys / f"{as_service}.key").read_bytes())
        peers = Peers(signer, addresses=self.addresses)
        try:
            yield peers
        finally:
            await peers.close()

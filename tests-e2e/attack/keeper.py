"""An installation as its keeper has it: workspaces opened in it, people hired, every service's own door, the database seen from above."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
from uuid_utils.compat import uuid7

from caseload.identity.v1 import users_pb2
from chassis.auth.tokens import ServiceSigner
from chassis.events.broker.in_process import InProcessBroker
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import socket_directory
from chassis.rpc.client.peers import Peers
from chassis.service.runtime import Runtime
from identity.sign_in.passwords import Passwords
from identity.sign_in.rules import normal_email
from identity.users import people
from identity.users import store as users_store
from identity.workspaces import store as workspaces_store
from identity.workspaces.workflow import open_workspace
from standalone.home import Home
from standalone.services import NAMES, SERVICES

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    user_id: str
    workspace_id: str


class Keeper:
    """Beside a running trial, with its keys."""

    def __init__(self, trial):
        self.trial = trial
        self.home = Home(trial.home)
        self.logs = trial.home / "logs"

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
    async def _identity(self):
        runtime = Runtime(SERVICES[0], self.home.settings(SERVICES[0], self.admin_dsn), broker=InProcessBroker())
        try:
            yield runtime
        finally:
            await runtime.stop()

    async def open_practice(self, *, email=None, full_name="Henrietta Castellanos"):
        """A new workspace; the person who runs it."""
        email = email or f"head-{uuid7().hex}@example.com"
        async with self._identity() as runtime:
            workspace_id, user_id = await open_workspace(
                runtime,
                name="Lakeside",
                kind="practice",
                time_zone="Europe/London",
                locale="en-GB",
                owner_email=email,
                owner_full_name=full_name,
                role="owner",
                password=PASSWORD,
            )
        return Person(email, str(user_id), str(workspace_id))

    async def hire(self, workspace_id, role="therapist", *, password=PASSWORD):
        """One more person in the workspace; without a password they cannot sign in by one."""
        person = users_pb2.User(id=str(uuid7()), email=f"{role}-{uuid7().hex}@example.com", full_name="Nora Quist")
        async with self._identity() as runtime:
            keys = await runtime.keys.of(UUID(workspace_id))
            password_hash = await Passwords(runtime.settings).hash(password) if password else None
            account = runtime.keyring.deployment_index("email", normal_email(person.email))
            async with runtime.background(UUID(workspace_id)) as call:
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
        return Person(person.email, person.id, str(workspace_id))

    def sign_in(self, person, password=PASSWORD):
        """The answer to a sign-in by password, with the cookies it set."""
        url = f"{self.trial.gateway_url}/api/v1/auth/login"
        reply = httpx.post(url, json={"email": person.email, "password": password}, timeout=30)
        assert reply.status_code == 200, reply.text
        return reply

    def api(self, person):
        """HTTP as the person, by access token, under the API's root."""
        api = self.as_bearer(self.sign_in(person).json()["access_token"])
        api.user = {"id": person.user_id, "workspace_id": person.workspace_id}
        return api

    def as_bearer(self, token):
        """The same for whoever holds the token."""
        api = httpx.Client(base_url=f"{self.trial.gateway_url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        api.token = token
        return api

    @property
    def doors(self):
        """Where each service of a suite answers over gRPC."""
        folder = socket_directory(self.home.directory / "suite")
        return {name: f"unix:{folder}/{name}.sock" for name in NAMES}

    @asynccontextmanager
    async def peers(self, *, speaking_as="gateway"):
        """Every service asked directly, past the gateway."""
        signer = ServiceSigner(speaking_as, (self.home.service_keys / f"{speaking_as}.key").read_bytes())
        peers = Peers(signer, addresses=self.doors)
        try:
            yield peers
        finally:
            await peers.close()

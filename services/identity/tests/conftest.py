"""The identity service on a real database, with a practice and a hospital for each test that asks for one."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyotp
import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb2
from caseload.identity.v1 import events_pb2, memberships_pb2, passkeys_pb2, second_factors_pb2, sign_in_pb2, users_pb2
from caseload.identity.v1.memberships_rpc import MembershipsStub
from caseload.identity.v1.passkeys_rpc import PasskeysStub
from caseload.identity.v1.second_factors_rpc import SecondFactorsStub
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from chassis.context import RequestContext
from chassis.db.statement import Statement
from chassis.db.transaction import Transaction
from chassis.errors import Unauthenticated
from chassis.service.runtime import Runtime
from chassis.testing.environment import Environment, start_environment
from identity.__main__ import SERVICE
from identity.credentials.passwords import PasswordHasher
from identity.people.registration import add_user
from identity.workspaces.workflow import open_workspace
from standalone.selftest.software_authenticator import SoftPasskey

PASSWORD = "correct horse battery"
# Of the gateway's own pages, by the settings' default.
ORIGIN = "http://localhost:8000"
# The weakest Argon2 there is: these tests are not about how long a sign-in takes.
CHEAP_ARGON2 = {"argon2_passes": 1, "argon2_memory_kib": 8}


@dataclass(frozen=True, slots=True)
class User:
    id: UUID
    workspace_id: UUID
    email: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace to which a test adds users."""

    runtime: Runtime
    workspace_id: UUID
    administrator: User

    async def add_user(self, role: str, *, full_name: str = "Nora Quist", password: str | None = PASSWORD, email: str = "") -> User:
        """With this address the user counts as one who has proved it."""
        user = users_pb2.User(id=str(uuid7()), email=email or f"{role}-{uuid7().hex}@example.com", full_name=full_name)
        keys = await self.runtime.keys.of(self.workspace_id)
        password_hash = await PasswordHasher(self.runtime.settings, self.runtime.keyring).hash(password) if password else None
        async with self.runtime.background(self.workspace_id) as call:
            await add_user(call, self.runtime.keyring, keys, user, role=role, password_hash=password_hash, is_proved=bool(email))
        return User(UUID(user.id), self.workspace_id, user.email)


@dataclass(frozen=True, slots=True)
class IdentityService:
    """The stubs of the running service, called as the gateway calls them, and shorthands for what most tests do."""

    environment: Environment
    sign_in: SignInStub
    users: UsersStub
    workspaces: WorkspacesStub
    notifications: SignInStub
    second_factors: SecondFactorsStub
    passkeys: PasskeysStub

    async def open_workspace(self, kind: str = "practice", **but: object) -> Workspace:
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
        runtime = self.environment.runtime("identity")
        workspace_id, user_id = await open_workspace(runtime, **values)  # type: ignore[arg-type]
        return Workspace(runtime, workspace_id, User(user_id, workspace_id, str(values["owner_email"])))

    def caller_from(self, address: str, agent: str = "tests") -> RequestContext:
        return RequestContext(request_id=str(uuid7()), ip_address=address, user_agent=agent)

    def bearer(self, signed_in: sign_in_pb2.SignedIn) -> RequestContext:
        """The user with this access token as the caller."""
        return RequestContext(token=signed_in.access_token, request_id=str(uuid7()), ip_address="192.0.2.7", user_agent="tests")

    async def signed_in(self, user: User) -> RequestContext:
        return self.bearer(await self.login(user))

    async def refresh(self, refresh_token: str) -> sign_in_pb2.SignedIn:
        return await self.sign_in.Refresh(sign_in_pb2.RefreshRequest(refresh_token=refresh_token), self.environment.nobody())

    async def switch(self, caller: RequestContext, workspace_id: UUID) -> sign_in_pb2.SignedIn:
        request = memberships_pb2.SwitchWorkspaceRequest(workspace_id=str(workspace_id))
        return (await self.environment.stub(MembershipsStub).SwitchWorkspace(request, caller)).signed_in

    async def verify(self, token: str) -> sign_in_pb2.SignedIn:
        reply = await self.sign_in.VerifyMagicLink(sign_in_pb2.VerifyMagicLinkRequest(token=token), self.environment.nobody())
        return reply.signed_in

    def code_of(self, secret: str, *, drift: int = 0) -> str:
        """What an authenticator with this secret shows now, or so many steps later or earlier."""
        return pyotp.TOTP(secret).at(int(time.time()) + 30 * drift)

    async def enroll(self, user: User) -> "Enrolled":
        """Give the user a second factor."""
        caller = await self.signed_in(user)
        made = await self.second_factors.EnrollTotp(second_factors_pb2.EnrollTotpRequest(), caller)
        await self.confirm(made.secret, user, caller)
        return Enrolled(user, made.secret, list(made.backup_codes), caller)

    async def confirm(self, secret: str, user: User, caller: RequestContext) -> None:
        """Confirm with the code of this moment, and let it count as unused: the next one would take half a minute."""
        request = second_factors_pb2.ConfirmTotpRequest(code=self.code_of(secret))
        await self.second_factors.ConfirmTotp(request, caller)
        await self.tamper("UPDATE identity.second_factors SET last_step = 0 WHERE user_id = $1", user.id)

    async def first_step(self, user: User, *, address: str = "192.0.2.7") -> str:
        """The token of a first step by password that asks for a second one."""
        request = sign_in_pb2.LoginRequest(email=user.email, password=PASSWORD)
        reply = await self.sign_in.Login(request, self.caller_from(address))
        assert reply.WhichOneof("outcome") == "second_step"
        return reply.second_step.token

    async def second_step(self, token: str, code: str, *, address: str = "192.0.2.7", device: str | None = None) -> sign_in_pb2.SignedIn:
        request = second_factors_pb2.VerifySecondStepRequest(token=token, code=code, device_token=device)
        return await self.second_factors.VerifySecondStep(request, self.caller_from(address))

    async def creation_options(self, caller: RequestContext) -> dict[str, Any]:
        begun = await self.passkeys.BeginPasskeyRegistration(passkeys_pb2.BeginPasskeyRegistrationRequest(), caller)
        return json.loads(begun.options)

    async def register(self, credential: dict[str, Any], caller: RequestContext, *, name: str = "Phone") -> passkeys_pb2.Passkey:
        request = passkeys_pb2.FinishPasskeyRegistrationRequest(credential=json.dumps(credential), name=name)
        return (await self.passkeys.FinishPasskeyRegistration(request, caller)).passkey

    async def passkey_of(self, user: User, caller: RequestContext | None = None, *, count: int = 0, **but: Any) -> SoftPasskey:
        """A passkey of the user's, registered."""
        caller = caller or await self.signed_in(user)
        options = await self.creation_options(caller)
        passkey = SoftPasskey.of(options, **but)
        await self.register(passkey.attest(options, ORIGIN, count=count), caller)
        return passkey

    async def request_options(self, token: str | None = None) -> dict[str, Any]:
        request = passkeys_pb2.BeginPasskeySignInRequest(token=token)
        return json.loads((await self.passkeys.BeginPasskeySignIn(request, self.environment.nobody())).options)

    async def show(
        self, credential: dict[str, Any], token: str | None = None, *, address: str = "192.0.2.7", device: str | None = None
    ) -> sign_in_pb2.SignedIn:
        """Sign in with what a passkey replied."""
        request = passkeys_pb2.FinishPasskeySignInRequest(credential=json.dumps(credential), token=token, device_token=device)
        return await self.passkeys.FinishPasskeySignIn(request, self.caller_from(address))

    async def signed_in_by(self, passkey: SoftPasskey) -> RequestContext:
        return self.bearer(await self.show(passkey.sign(await self.request_options(), ORIGIN)))

    async def until_refused(self, caller: RequestContext) -> str:
        """Poll until an access token is refused, for at most the five seconds that revocation may take. Returns the refusal's code."""
        async with asyncio.timeout(5):
            while True:
                (outcome,) = await asyncio.gather(self.users.GetMe(users_pb2.GetMeRequest(), caller), return_exceptions=True)
                if isinstance(outcome, Unauthenticated):
                    return outcome.code
                await asyncio.sleep(0.05)

    async def tamper(self, sql: str, *arguments: object) -> None:
        """Change rows as a superuser, instead of waiting until they expire."""
        async with self.environment.superuser() as connection:
            status = await connection.execute(sql, *arguments)
        assert not status.endswith(" 0"), "no row was changed"

    async def login(
        self, user: User, password: str = PASSWORD, *, address: str = "192.0.2.7", device: str | None = None
    ) -> sign_in_pb2.SignedIn:
        request = sign_in_pb2.LoginRequest(email=user.email, password=password, device_token=device)
        return (await self.sign_in.Login(request, self.caller_from(address))).signed_in

    async def request_link(self, user: User) -> str:
        """Request a magic link and issue it as notifications does. Returns the token that would be mailed."""
        before = await self.environment.emitted(events_pb2.MagicLinkRequested, user.workspace_id)
        await self.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=user.email), self.environment.nobody())
        asked = await self.environment.emitted(events_pb2.MagicLinkRequested, user.workspace_id)
        assert len(asked) == len(before) + 1
        return (await self.issue(user.workspace_id, asked[-1].magic_link_id)).token

    async def request_reset(self, user: User) -> str:
        """Request a link to reset the password and issue it. Returns the token that would be mailed."""
        await self.sign_in.RequestPasswordReset(sign_in_pb2.RequestPasswordResetRequest(email=user.email), self.environment.nobody())
        asked = await self.environment.emitted(events_pb2.PasswordResetRequested, user.workspace_id)
        return (await self.issue(user.workspace_id, asked[-1].magic_link_id)).token

    async def reset(self, token: str, password: str) -> None:
        request = sign_in_pb2.ResetPasswordRequest(token=token, new_password=password)
        await self.sign_in.ResetPassword(request, self.environment.nobody())

    async def notices(self, user: User) -> list[int]:
        """What the user was told by mail, oldest first."""
        raised = await self.environment.emitted(events_pb2.SecurityNoticeRaised, user.workspace_id)
        return [event.notice for event in raised if event.user_id == str(user.id)]

    async def lines(self, event_type: str, workspace_id: UUID, *outcomes: int) -> list[audit_pb2.AuditRecorded]:
        """The lines of a type that the workspace's trail has, oldest first; of these outcomes, where some are given."""
        lines = await self.environment.emitted(audit_pb2.AuditRecorded, workspace_id)
        return [line for line in lines if line.event_type == event_type and (not outcomes or line.outcome in outcomes)]

    async def issue(self, workspace_id: UUID, magic_link_id: str) -> sign_in_pb2.MagicLink:
        request = sign_in_pb2.IssueMagicLinkRequest(magic_link_id=magic_link_id)
        return await self.notifications.IssueMagicLink(request, self.environment.on_behalf_of(workspace_id))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A user with a second factor."""

    user: User
    secret: str
    backup_codes: list[str]
    # The login session that it was enrolled in.
    caller: RequestContext


@pytest.fixture
async def enrolled(service: IdentityService, practice: Workspace) -> Enrolled:
    return await service.enroll(practice.administrator)


@pytest.fixture(scope="session")
async def service(postgres: str) -> AsyncIterator[IdentityService]:
    async with start_environment(postgres, SERVICE, settings={"identity": CHEAP_ARGON2}) as h:
        yield IdentityService(
            h,
            h.stub(SignInStub),
            h.stub(UsersStub),
            h.stub(WorkspacesStub),
            h.stub(SignInStub, as_service="notifications"),
            h.stub(SecondFactorsStub),
            h.stub(PasskeysStub),
        )


@pytest.fixture
async def practice(service: IdentityService) -> Workspace:
    return await service.open_workspace()


@pytest.fixture
async def hospital(service: IdentityService) -> Workspace:
    return await service.open_workspace("hospital")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that run from here on, except the polling of revocations and those of background loops."""
    executed: list[str] = []
    ask = Transaction._ask

    async def recorded(self: Transaction, how: str, stmt: Statement, params: dict[str, object]) -> object:
        task = asyncio.current_task()
        in_loop = task is not None and "_for_ever" in str(task.get_coro())
        if "revocations" not in stmt.sql and not in_loop:
            executed.append(stmt.sql)
        return await ask(self, how, stmt, params)

    monkeypatch.setattr(Transaction, "_ask", recorded)
    return executed

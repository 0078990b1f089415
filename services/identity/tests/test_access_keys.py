"""The key that signs access tokens is changed while instances of identity are restarted one after the other, and nobody is refused."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise

import pytest

from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.passkeys_rpc import PasskeysStub
from caseload.identity.v1.second_factors_rpc import SecondFactorsStub
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from chassis.auth.tokens import AccessKeys, generate_key
from chassis.auth.verifier import TokenVerifier
from chassis.context import RequestContext
from chassis.errors import Unauthenticated
from chassis.testing.environment import Environment, start_environment
from identity.__main__ import SERVICE

from .conftest import CHEAP_ARGON2, PASSWORD, IdentityService, User

OLD, NEW = generate_key(), generate_key()
# What the file of keys holds before, after each step of the change, and after the last.
STEPS = (OLD, OLD + NEW, NEW + OLD, NEW)


@dataclass
class Instance:
    """One instance of identity."""

    environment: Environment

    @property
    def sign_in(self) -> SignInStub:
        return self.environment.stub(SignInStub)

    async def open_practice(self) -> User:
        """The administrator of a new practice."""
        stubs = [self.environment.stub(kind) for kind in (SignInStub, UsersStub, WorkspacesStub)]
        notifications = self.environment.stub(SignInStub, as_service="notifications")
        factors = [self.environment.stub(kind) for kind in (SecondFactorsStub, PasskeysStub)]
        service = IdentityService(self.environment, *stubs, notifications, *factors)
        return (await service.open_workspace()).administrator

    async def login(self, email: str) -> str:
        request = pb.LoginRequest(email=email, password=PASSWORD)
        return (await self.sign_in.Login(request, self.environment.nobody())).signed_in.access_token

    def verifier(self) -> TokenVerifier:
        """What another service that asks this instance believes."""
        return TokenVerifier(self._poll, audience="clients", service_keys={})

    async def answers(self, token: str) -> bool:
        """Whether the instance itself believes the token."""
        me = self.environment.stub(UsersStub).GetMe(users_pb2.GetMeRequest(), RequestContext(token=token, request_id="1"))
        return bool((await me).id)

    async def _poll(self) -> pb.Trust:
        return await self.sign_in.GetTrust(pb.GetTrustRequest(), self.environment.nobody())


@pytest.fixture(scope="module")
async def instances(postgres, tmp_path_factory):
    """An instance for each step, all on one database."""
    folder = tmp_path_factory.mktemp("keys")
    async with AsyncExitStack() as stack:
        started: list[Instance] = []
        for number, keys in enumerate(STEPS):
            file = folder / str(number)
            file.write_bytes(keys)
            settings = {"identity": CHEAP_ARGON2 | {"access_key_file": file}}
            beside = started[0].environment if started else None
            environment = start_environment(postgres, SERVICE, settings=settings, beside=beside, relay=False)
            started.append(Instance(await stack.enter_async_context(environment)))
        yield started


async def test_during_each_step_tokens_of_either_instance_are_believed_by_all_who_ask_either(instances):
    owner = await instances[0].open_practice()

    for before, after in pairwise(instances):
        tokens = [await instance.login(owner.email) for instance in (before, after)]
        for asked in (before, after):
            verifier = asked.verifier()
            for token in tokens:
                assert (await verifier.caller(token)).user_id == owner.id
                assert await asked.answers(token)


async def test_a_key_that_is_retired_is_believed_no_longer(instances):
    owner = await instances[0].open_practice()
    token = await instances[0].login(owner.email)

    with pytest.raises(Unauthenticated) as refused:
        await instances[-1].verifier().caller(token)

    assert refused.value.code == "token_invalid"


async def test_who_asks_first_one_and_then_the_other_instance_learns_a_new_key_at_once(instances):
    """Without any preparation, from the old key to the new one: the token itself tells that there is a key to ask for."""
    owner = await instances[0].open_practice()
    asked = [instances[0], *[instances[-1]] * 10]

    async def poll() -> pb.Trust:
        return await asked.pop(0).sign_in.GetTrust(pb.GetTrustRequest(), instances[0].environment.nobody())

    verifier = TokenVerifier(poll, audience="clients", service_keys={})
    await verifier.caller(await instances[0].login(owner.email))

    assert (await verifier.caller(await instances[-1].login(owner.email))).user_id == owner.id


@pytest.mark.parametrize("content", [b"", b"no key", OLD * 4])
def test_a_file_without_a_key_or_with_too_many_is_refused(content):
    with pytest.raises(ValueError, match="1 to 3 private keys"):
        AccessKeys(content)

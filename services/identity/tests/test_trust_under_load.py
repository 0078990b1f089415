"""Which tokens are void is told although identity has no room left for anything else."""

import asyncio

import pytest

from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.errors import Refusal, Unavailable
from chassis.rpc.admission import OVERLOADED
from chassis.testing.environment import start_environment
from identity.__main__ import SERVICE

from .conftest import CHEAP_ARGON2

CALLS = 3


@pytest.fixture
async def crowded(postgres):
    """Identity with as many connections as it answers calls."""
    async with start_environment(
        postgres, SERVICE, settings={"calls_at_once": CALLS, "pool_max": CALLS, "identity": CHEAP_ARGON2}
    ) as environment:
        yield environment


async def sign_in(environment):
    request = sign_in_pb2.LoginRequest(email="nobody@example.com", password="wrong horse")
    return await environment.stub(SignInStub).Login(request, environment.nobody())


async def test_trust_is_told_while_strangers_take_every_call_and_every_connection(crowded):
    admission = crowded.runtime("identity").server._admissions.common
    async with crowded.superuser() as connection, connection.transaction():
        await connection.execute("LOCK TABLE identity.login_attempts IN ACCESS EXCLUSIVE MODE")
        strangers = [asyncio.ensure_future(sign_in(crowded)) for _ in range(CALLS)]
        async with asyncio.timeout(10):
            while admission.calls < CALLS:
                await asyncio.sleep(0.01)

        trust = await crowded.stub(SignInStub).GetTrust(sign_in_pb2.GetTrustRequest(), crowded.nobody())

        assert [key.kid for key in trust.keys]
        with pytest.raises(Unavailable) as refused:
            await sign_in(crowded)
        assert refused.value.code == OVERLOADED
    assert all(isinstance(answer, Refusal) for answer in await asyncio.gather(*strangers, return_exceptions=True))

"""Which tokens are void is told although identity has no room left for anything else."""

import asyncio

import pytest
from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.errors import Refusal
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
    """As a stranger whom nobody has seen before: attempts for one account would wait for each other without a connection."""
    request = sign_in_pb2.LoginRequest(email=f"nobody-{uuid7().hex}@example.com", password="wrong horse")
    return await environment.stub(SignInStub).Login(request, environment.nobody())


async def waiting_for_locks(connection):
    return await connection.fetchval(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT l.granted AND d.datname = current_database()"
    )


async def test_trust_is_told_while_strangers_take_every_call_and_every_connection(crowded):
    admission = crowded.runtime("identity").server._admissions.common
    for _ in range(5):
        async with crowded.superuser() as connection, connection.transaction():
            await connection.execute("LOCK TABLE identity.login_attempts IN ACCESS EXCLUSIVE MODE")
            strangers = [asyncio.ensure_future(sign_in(crowded)) for _ in range(CALLS)]
            async with asyncio.timeout(10):
                while admission.calls < CALLS or await waiting_for_locks(connection) < CALLS:
                    await asyncio.sleep(0.01)
            trust = await crowded.stub(SignInStub).GetTrust(sign_in_pb2.GetTrustRequest(), crowded.nobody())
            assert [key.kid for key in trust.keys]
            still_crowded = admission.calls == CALLS
        assert all(isinstance(answer, Refusal) for answer in await asyncio.gather(*strangers, return_exceptions=True))
        # The database ends their wait after five seconds, which a busy machine may take for the rest.
        if still_crowded:
            return
    raise AssertionError("trust was told only when the strangers had gone")

"""The blacklist at the service: second steps, concurrency, and what is kept where. What people meet of it is in test_gateway_blacklist.py."""

import asyncio

import pytest

from caseload.identity.v1 import blacklist_pb2 as pb
from caseload.identity.v1.blacklist_rpc import BlacklistStub
from chassis.errors import Unauthenticated


@pytest.fixture
def blacklist(service):
    return service.environment.stub(BlacklistStub)


@pytest.fixture
async def administrator(service):
    """Whoever runs the installation, from a workspace of their own."""
    return await service.signed_in((await service.open_workspace(is_platform_admin=True)).administrator)


def entry(email, reason="Left with a laptop."):
    return pb.AddToBlacklistRequest(email=email, reason=reason)


async def listed(blacklist, administrator):
    return {entry.id for entry in (await blacklist.ListBlacklist(pb.ListBlacklistRequest(), administrator)).items}


async def test_a_second_step_that_waits_is_over(service, practice, blacklist, administrator):
    enrolled = await service.enroll(practice.administrator)
    waiting = await service.first_step(enrolled.user)
    await blacklist.AddToBlacklist(entry(enrolled.user.email), administrator)

    with pytest.raises(Unauthenticated) as refused:
        await service.second_step(waiting, service.code_of(enrolled.secret))
    assert refused.value.code == "second_step_over"


async def test_a_passkey_lets_nobody_in_until_the_address_is_taken_off(service, practice, blacklist, administrator):
    user = practice.administrator
    passkey = await service.passkey_of(user)
    await blacklist.AddToBlacklist(entry(user.email), administrator)
    with pytest.raises(Unauthenticated) as refused:
        await service.signed_in_by(passkey)
    assert refused.value.code == "passkey_not_accepted"

    await blacklist.RemoveFromBlacklist(pb.RemoveFromBlacklistRequest(email=user.email), administrator)
    await service.signed_in_by(passkey)


async def test_whoever_signs_in_while_the_address_is_listed_is_out_in_five_seconds_too(service, practice, blacklist, administrator):
    user = practice.administrator
    _, *begun = await asyncio.gather(
        blacklist.AddToBlacklist(entry(user.email), administrator),
        *(service.login(user) for _ in range(3)),
        return_exceptions=True,
    )
    for signed_in in begun:
        if isinstance(signed_in, BaseException):
            assert signed_in.code == "invalid_credentials"
        else:
            await service.until_refused(service.bearer(signed_in))
            with pytest.raises(Unauthenticated):
                await service.refresh(signed_in.refresh_token)


async def test_administrators_of_several_workspaces_keep_one_blacklist(service, practice, blacklist, administrator):
    other = await service.signed_in((await service.open_workspace(is_platform_admin=True)).administrator)
    email = practice.administrator.email
    added = await blacklist.AddToBlacklist(entry(email), administrator)

    assert await blacklist.AddToBlacklist(entry(email, "Another."), other) == added
    assert added.id in await listed(blacklist, other)
    removed = await blacklist.RemoveFromBlacklist(pb.RemoveFromBlacklistRequest(email=email), other)
    assert removed.id == added.id
    assert added.id not in await listed(blacklist, administrator)

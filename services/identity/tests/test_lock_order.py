"""What two do at the same moment to one account, lined up behind a row that somebody else holds: both are answered, and no rule is got around."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from uuid_utils.compat import uuid7

from caseload.identity.v1 import invitations_pb2, passkeys_pb2, users_pb2
from caseload.identity.v1 import second_factors_pb2 as pb
from caseload.identity.v1.invitations_rpc import InvitationsStub
from chassis.errors import Refusal

ORIGIN = "http://localhost:8000"


@asynccontextmanager
async def held(service, sql, *arguments):
    """Holds the rows of a SELECT … FOR UPDATE. Returns a function that waits until so many others wait for a lock."""
    async with service.environment.superuser() as connection, service.environment.superuser() as watching:
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

        async def waiting(number):
            async with asyncio.timeout(5):
                while await watching.fetchval(count) < number:
                    await asyncio.sleep(0.01)

        async with connection.transaction():
            assert await connection.fetch(sql, *arguments)
            yield waiting


async def in_turn(service, sql, argument, *calls):
    """Begins the calls one after the other while somebody holds the row, and lets go of it when all of them wait. The code of each, or ok."""
    async with held(service, sql, argument) as waiting:
        begun = []
        for number, call in enumerate(calls, 1):
            begun.append(asyncio.create_task(call))
            await waiting(number)
    outcomes = await asyncio.gather(*begun, return_exceptions=True)
    return [each.code if isinstance(each, Refusal) else "ok" if not isinstance(each, BaseException) else repr(each) for each in outcomes]


def deactivate(service, user, administrator):
    return service.users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(user.id)), administrator)


@pytest.mark.parametrize("first", ["passkey", "totp"])
async def test_of_two_required_second_factors_that_are_removed_at_once_one_stays(service, practice, enrolled, first):
    user = practice.administrator
    passkey = await service.passkey_of(user, enrolled.caller)
    caller = await service.signed_in_by(passkey)
    (listed,) = (await service.passkeys.ListPasskeys(passkeys_pb2.ListPasskeysRequest(), caller)).items
    required = "UPDATE identity.workspaces SET settings = '{\"second_factor_required\": true}' WHERE workspace_id = $1"
    await service.tamper(required, user.workspace_id)

    calls = {
        "passkey": service.passkeys.RemovePasskey(passkeys_pb2.RemovePasskeyRequest(passkey_id=listed.id), caller),
        "totp": service.second_factors.RemoveTotp(pb.RemoveTotpRequest(code=enrolled.backup_codes[0]), caller),
    }
    order = sorted(calls, key=lambda name: name != first)
    outcomes = await in_turn(service, "SELECT FROM identity.users WHERE id = $1 FOR UPDATE", user.id, *(calls[name] for name in order))
    assert outcomes == ["ok", "second_factor_required"]


async def test_whoever_is_deactivated_with_the_second_step_half_done_is_signed_out(service, practice, enrolled):
    other = await service.signed_in(await practice.add_user("owner"))
    token = await service.first_step(enrolled.user)

    step = service.second_step(token, enrolled.backup_codes[0])
    hold = "SELECT FROM identity.second_steps WHERE user_id = $1 FOR UPDATE"
    assert await in_turn(service, hold, enrolled.user.id, step, deactivate(service, enrolled.user, other)) == ["ok", "ok"]
    await assert_signed_out(service, enrolled.user)


async def test_whoever_is_deactivated_while_a_second_factor_is_confirmed_is_signed_out(service, practice):
    user, other = practice.administrator, await service.signed_in(await practice.add_user("owner"))
    caller = await service.signed_in(user)
    made = await service.second_factors.EnrollTotp(pb.EnrollTotpRequest(), caller)

    confirm = service.second_factors.ConfirmTotp(pb.ConfirmTotpRequest(code=service.code_of(made.secret)), caller)
    hold = "SELECT FROM identity.login_sessions WHERE user_id = $1 FOR UPDATE"
    outcomes = await in_turn(service, hold, user.id, confirm, deactivate(service, user, other))
    assert outcomes == ["ok", "ok"]
    await assert_signed_out(service, user)


async def test_a_passkey_is_removed_while_it_signs_in(service, practice):
    user = practice.administrator
    passkey = await service.passkey_of(user)
    caller = await service.signed_in_by(passkey)
    (listed,) = (await service.passkeys.ListPasskeys(passkeys_pb2.ListPasskeysRequest(), caller)).items
    sign_in = service.show(passkey.sign(await service.request_options(), ORIGIN))
    remove = service.passkeys.RemovePasskey(passkeys_pb2.RemovePasskeyRequest(passkey_id=listed.id), caller)

    assert await in_turn(service, "SELECT FROM identity.passkeys WHERE user_id = $1 FOR UPDATE", user.id, sign_in, remove) == ["ok", "ok"]


async def test_an_invitation_is_accepted_while_another_is_sent(service, hospital):
    head, invitations = await service.signed_in(hospital.administrator), service.environment.stub(InvitationsStub)
    new = users_pb2.CreateUserRequest(email=f"new-{uuid7().hex}@example.com", full_name="Nora Quist", role=users_pb2.ROLE_NURSE)
    resend = invitations_pb2.ResendInvitationRequest(user_id=(await service.users.CreateUser(new, head)).id)
    shown = (await invitations.ResendInvitation(resend, head)).token

    accept = invitations.AcceptInvitation(invitations_pb2.AcceptInvitationRequest(token=shown), service.environment.nobody())
    hold = "SELECT FROM identity.invitations WHERE user_id = $1::text::uuid FOR UPDATE"
    outcomes = await in_turn(service, hold, resend.user_id, accept, invitations.ResendInvitation(resend, head))
    assert outcomes == ["ok", "invitation_accepted"]


async def assert_signed_out(service, user):
    async with service.environment.superuser() as connection:
        open_ones = "SELECT count(*) FROM identity.login_sessions WHERE user_id = $1 AND ended_at IS NULL"
        assert await connection.fetchval(open_ones, user.id) == 0

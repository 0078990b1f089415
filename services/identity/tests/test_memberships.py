"""One person, several workspaces, as other services see it: passkeys, providers that are required, and what is told to whom."""

import asyncio

import jwt
import pytest

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import invitations_pb2, sign_in_pb2, users_pb2
from caseload.identity.v1 import passkeys_pb2 as pb
from caseload.identity.v1.invitations_rpc import InvitationsStub
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import Forbidden, NotFound, Refusal, Unauthenticated
from standalone.selftest.software_authenticator import SoftPasskey

ORIGIN = "http://localhost:8000"


def claims(signed_in):
    return jwt.decode(signed_in.access_token, options={"verify_signature": False})


async def refused_code(awaitable, kind):
    with pytest.raises(kind) as refused:
        await awaitable
    return refused.value.code


@pytest.fixture
async def nurse(practice, hospital):
    """The owner of the practice as a nurse of the hospital."""
    return await hospital.add_user("nurse", email=practice.administrator.email, password=None)


@pytest.fixture
async def there(service, practice, hospital, nurse):
    """The owner, signed in with the password and gone to the hospital."""
    switched = await service.switch(await service.signed_in(practice.administrator), hospital.workspace_id)
    assert switched.user.id == str(nurse.id)
    return service.bearer(switched)


async def suspend(service, workspace):
    await service.tamper("UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1", workspace.workspace_id)


async def test_a_passkey_that_is_added_elsewhere_is_that_of_the_persons_home(service, practice, hospital, nurse, there):
    owner = practice.administrator
    passkey = await service.passkey_of(owner, there)

    alone = await service.show(passkey.sign(await service.request_options(), ORIGIN))
    assert (alone.user.id, claims(alone)["amr"]) == (str(owner.id), ["passkey"])
    assert (await service.switch(service.bearer(alone), hospital.workspace_id)).user.id == str(nurse.id)
    token = await service.first_step(owner)
    assert claims(await service.show(passkey.sign(await service.request_options(token), ORIGIN), token))["amr"] == ["pwd", "passkey"]
    (line,) = await service.lines("finish_passkey_registration", practice.workspace_id, audit.OUTCOME_SUCCESS)
    assert line.user_id == str(owner.id)
    (line,) = await service.lines("finish_passkey_registration", hospital.workspace_id, audit.OUTCOME_SUCCESS)
    assert line.user_id == str(nurse.id)

    others = service.environment.caller(workspace_id=nurse.workspace_id, user_id=nurse.id, amr=["sso"])
    assert not (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), others)).items

    await suspend(service, practice)
    away = await service.show(passkey.sign(await service.request_options(), ORIGIN))
    assert away.user.id == str(nurse.id)
    token = await service.first_step(owner)
    assert (await service.show(passkey.sign(await service.request_options(token), ORIGIN), token)).user.id == str(nurse.id)
    caller = service.bearer(away)
    (listed,) = (await service.passkeys.ListPasskeys(pb.ListPasskeysRequest(), caller)).items
    await service.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=listed.id), caller)
    assert (await service.login(owner)).user.id == str(nurse.id)


async def test_of_many_who_show_one_reply_of_a_passkey_elsewhere_one_wins(service, practice, nurse, there):
    passkey = await service.passkey_of(practice.administrator, there)
    await suspend(service, practice)
    credential = passkey.sign(await service.request_options(), ORIGIN)

    outcomes = await asyncio.gather(*(service.show(credential) for _ in range(20)), return_exceptions=True)

    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Refusal) for outcome in outcomes if isinstance(outcome, BaseException))


async def test_a_passkey_from_before_the_proof_lets_nobody_in(service, practice, hospital):
    """Whoever invites gets in by the link they are shown, adds a passkey of their own, and waits."""
    email = "victim@" + practice.administrator.email.partition("@")[0] + ".example"
    invitations = service.environment.stub(InvitationsStub)
    head = await service.signed_in(hospital.administrator)
    new = users_pb2.CreateUserRequest(email=email, full_name="Nora Quist", role=users_pb2.ROLE_NURSE)
    user = await service.users.CreateUser(new, head)
    shown = await invitations.ResendInvitation(invitations_pb2.ResendInvitationRequest(user_id=user.id), head)
    request = invitations_pb2.AcceptInvitationRequest(token=shown.token)
    evil = service.bearer(await invitations.AcceptInvitation(request, service.environment.nobody()))
    options = await service.creation_options(evil)
    passkey = SoftPasskey.of(options)
    await service.register(passkey.attest(options, ORIGIN), evil)
    assert (await service.show(passkey.sign(await service.request_options(), ORIGIN))).user.id == user.id

    member = await practice.add_user("therapist", email=email, password=None)

    credential = passkey.sign(await service.request_options(), ORIGIN)
    assert await refused_code(service.show(credential), Unauthenticated) == "passkey_not_accepted"
    # Invited once more, because another workspace has shut them out, the person gets in by mail; what was there is gone.
    await invitations.ResendInvitation(invitations_pb2.ResendInvitationRequest(user_id=user.id), head)
    token = OpaqueToken.generate(hospital.workspace_id, (await invitation_of(service, user.id)))
    await service.tamper("UPDATE identity.invitations SET mailed_hash = $2 WHERE id = $1", token.row_id, token.hash)
    accept = invitations_pb2.AcceptInvitationRequest(token=str(token))
    accepted = await invitations.AcceptInvitation(accept, service.environment.nobody())
    assert (await service.switch(service.bearer(accepted), practice.workspace_id)).user.id == str(member.id)
    async with service.environment.superuser() as connection:
        assert await connection.fetchval("SELECT count(*) FROM identity.passkeys WHERE user_id::text = $1", user.id) == 0


async def invitation_of(service, user_id):
    async with service.environment.superuser() as connection:
        return await connection.fetchval(
            "SELECT id FROM identity.invitations WHERE user_id::text = $1 ORDER BY created_at DESC, id DESC LIMIT 1", user_id
        )


async def test_a_sign_in_without_the_second_factor_adds_no_passkey(service, practice, hospital, enrolled, nurse):
    await service.tamper("UPDATE identity.sign_ins SET proved_at = NULL WHERE user_id = $1", nurse.id)
    await service.tamper(
        "INSERT INTO identity.invitations (workspace_id, id, user_id, shown_hash, created_at, expires_at)"
        " VALUES ($1, gen_random_uuid(), $2, 'never shown', now(), now() + interval '1 day')",
        hospital.workspace_id, nurse.id,
    )  # fmt: skip
    token = OpaqueToken.generate(hospital.workspace_id, await invitation_of(service, str(nurse.id)))
    await service.tamper("UPDATE identity.invitations SET mailed_hash = $2 WHERE id = $1", token.row_id, token.hash)
    request = invitations_pb2.AcceptInvitationRequest(token=str(token))
    thief = service.bearer(await service.environment.stub(InvitationsStub).AcceptInvitation(request, service.environment.nobody()))

    options = await service.creation_options(thief)
    credential = SoftPasskey.of(options).attest(options, ORIGIN)
    assert await refused_code(service.register(credential, thief), Forbidden) == "own_sign_in_required"
    assert await refused_code(service.switch(thief, practice.workspace_id), NotFound) == "not_found"
    assert await service.passkey_of(practice.administrator, enrolled.caller)


async def test_a_provider_that_one_workspace_requires_keeps_nobody_out_of_another(service, practice, hospital):
    """The person's home requires a provider; the other workspace asks for what the person has."""
    nurse = await hospital.add_user("nurse", email=f"n-{practice.workspace_id}@example.com")
    therapist = await practice.add_user("therapist", email=nurse.email, password=None)
    await service.tamper(
        "INSERT INTO identity.sso_providers (workspace_id, is_enabled, is_required, version, sealed, updated_at)"
        " VALUES ($1, true, true, 1, 'sealed', now())",
        hospital.workspace_id,
    )
    signed_in = await service.login(nurse)
    assert signed_in.user.id == str(therapist.id)
    assert await refused_code(service.switch(service.bearer(signed_in), hospital.workspace_id), Forbidden) == "sso_required"
    assert (await service.users.GetMe(users_pb2.GetMeRequest(), service.bearer(signed_in))).id == str(therapist.id)
    link = await service.request_link(therapist)
    reply = await service.sign_in.VerifyMagicLink(sign_in_pb2.VerifyMagicLinkRequest(token=link), service.environment.nobody())
    assert reply.signed_in.user.id == str(therapist.id)

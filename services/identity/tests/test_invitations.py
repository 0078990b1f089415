import asyncio
from uuid import UUID

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, users_pb2
from caseload.identity.v1 import invitations_pb2 as pb
from caseload.identity.v1.invitations_rpc import InvitationsStub
from chassis.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany


@pytest.fixture
def invitations(service):
    return service.environment.stub(InvitationsStub)


@pytest.fixture
async def caller(service, hospital):
    return await service.signed_in(hospital.administrator)


def new(role=users_pb2.ROLE_NURSE, **but):
    return users_pb2.CreateUserRequest(**{"email": f"new-{uuid7().hex}@example.com", "full_name": "Nora Quist", "role": role, **but})


async def mailed(service, user):
    """The token of the mail that was announced last for the user's workspace."""
    announced = await service.environment.emitted(events_pb2.UserInvited, user.workspace_id)
    notifications = service.environment.stub(InvitationsStub, as_service="notifications")
    request = pb.IssueInvitationRequest(invitation_id=announced[-1].invitation_id)
    return await notifications.IssueInvitation(request, service.environment.on_behalf_of(user.workspace_id))


async def accept(service, invitations, token):
    return await invitations.AcceptInvitation(pb.AcceptInvitationRequest(token=token), service.environment.nobody())


async def test_a_user_is_added_with_everything_that_is_known_and_gets_in_by_the_mailed_invitation(service, hospital, invitations, caller):
    shifts = ParseDict({"sun": [{"start": "22:00", "end": "06:00"}]}, Struct())
    doctor = await hospital.add_user("head_doctor")
    known = {"license_number": "RN-1", "specialization": "Knees", "supervisor_id": str(doctor.id), "shift_schedule": shifts}

    made = await service.users.CreateUser(new(email=" Nora.Quist@example.com ", full_name=" Nora Quist ", **known), caller)
    assert (made.email, made.full_name, made.role) == ("Nora.Quist@example.com", "Nora Quist", users_pb2.ROLE_NURSE)
    assert {name: getattr(made, name) for name in known} == known
    assert (made.is_active, made.HasField("last_login_at")) == (True, False)
    mail = await mailed(service, made)
    assert (mail.email, mail.full_name, mail.workspace_name, mail.locale) == (made.email, made.full_name, "Lakeside", "en-GB")

    signed_in = await accept(service, invitations, mail.token)
    assert signed_in.user.id == made.id
    me = await service.users.GetMe(users_pb2.GetMeRequest(), service.bearer(signed_in))
    assert me.HasField("last_login_at")


async def test_an_address_is_not_flooded_with_invitations(service, hospital, invitations, caller):
    made = await service.users.CreateUser(new(), caller)
    request = pb.ResendInvitationRequest(user_id=made.id)
    for _ in range(9):
        await invitations.ResendInvitation(request, caller)
    with pytest.raises(TooMany) as refused:
        await invitations.ResendInvitation(request, caller)
    assert refused.value.code == "too_many_invitations"

    age = "UPDATE identity.invitations SET created_at = created_at - interval '1 day' WHERE user_id = $1"
    await service.tamper(age, UUID(made.id))
    await invitations.ResendInvitation(request, caller)


async def test_no_invitation_is_mailed_to_an_address_that_passes_for_anothers(service, hospital, invitations, caller, monkeypatch):
    """Of a user whom a release before decision 113 added."""
    with monkeypatch.context() as before:
        for module in ("users.rpc", "people.registration"):
            before.setattr(f"identity.{module}.check_new_email", str)
        made = await service.users.CreateUser(new(email=f"doc@fa\u00df-{uuid7().hex}.example"), caller)
    with pytest.raises(NotFound):
        await mailed(service, made)


async def test_an_invitation_is_good_once_however_many_try_at_the_same_moment(service, invitations, caller):
    mail = await mailed(service, await service.users.CreateUser(new(), caller))

    outcomes = await asyncio.gather(*(accept(service, invitations, mail.token) for _ in range(10)), return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, BaseException)} == {"invitation_over"}
    with pytest.raises(Gone):
        await accept(service, invitations, mail.token)


async def test_a_newer_invitation_replaces_earlier_ones_and_its_shown_link_is_as_good_as_the_mailed_one(service, invitations, caller):
    user = await service.users.CreateUser(new(), caller)
    old = await mailed(service, user)
    resent = await invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=user.id), caller)
    mail = await mailed(service, user)

    with pytest.raises(Gone):
        await accept(service, invitations, old.token)
    assert mail.token != resent.token
    accepted = await accept(service, invitations, resent.token)
    assert accepted.user.id == user.id
    # Whoever invited could have accepted: from where that was done is no device of the person's.
    assert not accepted.HasField("device_token")
    with pytest.raises(Gone):
        await accept(service, invitations, mail.token)
    with pytest.raises(Conflict) as refused:
        await invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=user.id), caller)
    assert refused.value.code == "invitation_accepted"


async def test_invitations_that_are_too_old_or_unknown_are_told_apart(service, invitations, caller):
    user = await service.users.CreateUser(new(), caller)
    mail = await mailed(service, user)
    await service.tamper("UPDATE identity.invitations SET expires_at = now() - interval '1 second' WHERE user_id = $1", user.id)

    with pytest.raises(Gone):
        await accept(service, invitations, mail.token)
    for unknown in ("", "nonsense", mail.token[:-4] + "AAAA"):
        with pytest.raises(NotFound) as refused:
            await accept(service, invitations, unknown)
        assert refused.value.code == "invitation_unknown"


async def test_a_deactivated_user_and_one_of_a_suspended_workspace_do_not_get_in(service, hospital, invitations, caller):
    deactivated, suspended = [await service.users.CreateUser(new(), caller) for _ in range(2)]
    await service.users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=deactivated.id), caller)
    tokens = [(await mailed(service, suspended)).token]
    with pytest.raises(Conflict) as refused:
        await invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=deactivated.id), caller)
    assert refused.value.code == "user_inactive"

    await service.tamper("UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1", hospital.workspace_id)
    for token in tokens:
        with pytest.raises(Gone):
            await accept(service, invitations, token)
    with pytest.raises(NotFound):
        await mailed(service, suspended)


async def test_a_user_is_added_with_values_that_fit_or_not_at_all(service, hospital, caller):
    taken = await service.users.CreateUser(new(), caller)
    before = len(await service.environment.emitted(events_pb2.UserInvited, hospital.workspace_id))
    for request, kind, code in (
        (new(email=taken.email.upper()), Conflict, "email_taken"),
        (new(email="nobody"), Invalid, "email_invalid"),
        (new(full_name="x"), Invalid, "user_invalid"),
        (new(users_pb2.ROLE_THERAPIST), Invalid, "user_invalid"),
        (new(users_pb2.ROLE_UNSPECIFIED), Invalid, "unknown_choice"),
        (new(license_number="x" * 101), Invalid, "user_invalid"),
        (new(department_id=str(uuid7())), NotFound, "department_not_found"),
        (new(supervisor_id=str(uuid7())), NotFound, "supervisor_not_found"),
    ):
        with pytest.raises(kind) as refused:
            await service.users.CreateUser(request, caller)
        assert refused.value.code == code
    listed = await service.users.ListUsers(users_pb2.ListUsersRequest(), caller)
    assert listed.total == 2
    assert len(await service.environment.emitted(events_pb2.UserInvited, hospital.workspace_id)) == before


async def test_only_administrators_add_and_invite_and_only_in_their_own_workspace(service, hospital, invitations, caller):
    nurse = await service.signed_in(await hospital.add_user("nurse"))
    user = await service.users.CreateUser(new(), caller)
    with pytest.raises(Forbidden):
        await service.users.CreateUser(new(), nurse)
    with pytest.raises(Forbidden):
        await invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=user.id), nurse)
    elsewhere = await service.signed_in((await service.open_workspace("hospital")).administrator)
    with pytest.raises(NotFound):
        await invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=user.id), elsewhere)


async def test_the_secrets_of_an_invitation_are_stored_as_hashes_alone(service, invitations, caller):
    user = await service.users.CreateUser(new(), caller)
    resent, mail = await invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=user.id), caller), await mailed(service, user)
    async with service.environment.superuser() as connection:
        for table in ("invitations", "outbox", "idempotency"):
            text = str(await connection.fetch(f"SELECT t::text FROM identity.{table} t"))
            assert resent.token not in text
            assert mail.token not in text


async def test_whoever_got_in_by_a_sign_in_link_needs_no_invitation_any_more(service, invitations, caller):
    user = await service.users.CreateUser(new(), caller)
    mail = await mailed(service, user)
    await service.verify(await service.request_link(user))

    with pytest.raises(Gone):
        await accept(service, invitations, mail.token)
    with pytest.raises(Conflict) as refused:
        await invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=user.id), caller)
    assert refused.value.code == "invitation_accepted"

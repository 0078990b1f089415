"""Second factors: enrolled, asked for, used once, removed, and required."""

import asyncio
import base64
import io
import re

import jwt
import pytest
from PIL import Image

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import events_pb2, sign_in_pb2, users_pb2, workspaces_pb2
from caseload.identity.v1 import second_factors_pb2 as pb
from chassis.errors import Conflict, Forbidden, Invalid, TooMany, Unauthenticated
from identity.second_factors.workflow import remove_for_operator


def claims(signed_in):
    return jwt.decode(signed_in.access_token, options={"verify_signature": False})


async def test_nothing_is_asked_for_until_a_first_code_is_confirmed(service, practice):
    caller = await service.signed_in(practice.administrator)
    made = await service.second_factors.EnrollTotp(pb.EnrollTotpRequest(), caller)

    assert re.fullmatch(r"[A-Z2-7]{32}", made.secret)
    assert len(set(made.backup_codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{8}", code) for code in made.backup_codes)
    kind, _, data = made.qr_code.partition(",")
    assert kind == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).format == "PNG"
    assert not (await service.login(practice.administrator)).user.two_factor_enabled

    with pytest.raises(Invalid) as refused:
        await service.second_factors.ConfirmTotp(pb.ConfirmTotpRequest(code=service.code_of(made.secret, drift=5)), caller)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("second_factor_wrong", "/code")
    assert not (await service.login(practice.administrator)).user.two_factor_enabled

    await service.second_factors.ConfirmTotp(pb.ConfirmTotpRequest(code=service.code_of(made.secret)), caller)
    await service.first_step(practice.administrator)
    assert (await service.users.GetMe(users_pb2.GetMeRequest(), caller)).two_factor_enabled
    assert await service.notices(practice.administrator) == [events_pb2.SECURITY_NOTICE_SECOND_FACTOR_ENABLED]
    assert len(await service.lines("confirm_totp", practice.workspace_id, audit.OUTCOME_SUCCESS)) == 1


async def test_enrolling_again_before_the_first_code_begins_anew_and_after_it_is_refused(service, practice):
    caller = await service.signed_in(practice.administrator)
    first, second = [await service.second_factors.EnrollTotp(pb.EnrollTotpRequest(), caller) for _ in range(2)]
    with pytest.raises(Invalid):
        await service.second_factors.ConfirmTotp(pb.ConfirmTotpRequest(code=service.code_of(first.secret)), caller)
    await service.confirm(second.secret, practice.administrator, caller)

    with pytest.raises(Conflict) as refused:
        await service.second_factors.EnrollTotp(pb.EnrollTotpRequest(), caller)
    assert refused.value.code == "second_factor_enabled"
    with pytest.raises(Unauthenticated):
        await service.second_step(await service.first_step(practice.administrator), first.backup_codes[0])
    await service.second_step(await service.first_step(practice.administrator), service.code_of(second.secret))


async def test_a_second_step_follows_a_password_and_a_link(service, enrolled):
    before = (await service.users.GetMe(users_pb2.GetMeRequest(), enrolled.caller)).last_login_at
    token = await service.first_step(enrolled.user)
    # The first step is no sign-in.
    assert (await service.users.GetMe(users_pb2.GetMeRequest(), enrolled.caller)).last_login_at == before

    by_password = await service.second_step(token, service.code_of(enrolled.secret))
    assert claims(by_password)["amr"] == ["pwd", "otp"]
    assert by_password.user.two_factor_enabled
    assert by_password.user.last_login_at.ToNanoseconds() > before.ToNanoseconds()
    renewed = await service.refresh(by_password.refresh_token)
    assert claims(renewed)["amr"] == ["pwd", "otp"]

    link = sign_in_pb2.VerifyMagicLinkRequest(token=await service.request_link(enrolled.user))
    reply = await service.sign_in.VerifyMagicLink(link, service.environment.nobody())
    assert reply.WhichOneof("outcome") == "second_step"
    by_link = await service.second_step(reply.second_step.token, enrolled.backup_codes[0])
    assert claims(by_link)["amr"] == ["link", "otp"]
    (line,) = await service.lines("verify_magic_link", enrolled.user.workspace_id)
    assert (line.resource_id, line.facts["second_step"]) == (str(enrolled.user.id), "needed")
    lines = await service.lines("verify_second_step", enrolled.user.workspace_id, audit.OUTCOME_SUCCESS)
    assert [line.facts["amr"] for line in lines] == ["pwd otp", "link otp"]


async def test_of_fifty_who_show_one_code_at_once_one_wins(service, enrolled):
    tokens = [await service.first_step(enrolled.user) for _ in range(50)]
    code = service.code_of(enrolled.secret)
    racers = [service.second_step(token, code, address=f"198.51.100.{number}") for number, token in enumerate(tokens)]
    outcomes = await asyncio.gather(*racers, return_exceptions=True)

    assert sum(isinstance(outcome, sign_in_pb2.SignedIn) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes} <= {sign_in_pb2.SignedIn, Unauthenticated, TooMany}


async def test_a_code_and_those_before_it_are_not_good_again(service, enrolled):
    before, now = [service.code_of(enrolled.secret, drift=drift) for drift in (-1, 0)]
    await service.second_step(await service.first_step(enrolled.user), now)
    for code in (now, before):
        with pytest.raises(Unauthenticated) as refused:
            await service.second_step(await service.first_step(enrolled.user), code)
        assert refused.value.code == "second_factor_wrong"


async def test_of_many_who_show_one_backup_code_at_once_one_wins_and_the_others_stay_good(service, enrolled):
    tokens = [await service.first_step(enrolled.user) for _ in range(8)]
    used, *others = enrolled.backup_codes
    racers = [service.second_step(token, used, address=f"198.51.100.{number}") for number, token in enumerate(tokens)]
    outcomes = await asyncio.gather(*racers, return_exceptions=True)
    assert sum(isinstance(outcome, sign_in_pb2.SignedIn) for outcome in outcomes) == 1

    assert len(others) == 9
    for code in (others[0], f"{others[1][:4]}-{others[1][4:]} ", others[2].upper(), *others[3:]):
        await service.second_step(await service.first_step(enrolled.user), code)
    for code in enrolled.backup_codes[::3]:
        with pytest.raises(Unauthenticated) as refused:
            await service.second_step(await service.first_step(enrolled.user), code)
        assert refused.value.code == "second_factor_wrong"


async def test_a_first_step_is_good_for_one_second_step_and_in_time(service, enrolled):
    token = await service.first_step(enrolled.user)
    with pytest.raises(Unauthenticated) as refused:
        await service.second_step(token, "000000" if service.code_of(enrolled.secret) != "000000" else "000001")
    assert refused.value.code == "second_factor_wrong"
    await service.second_step(token, enrolled.backup_codes[0])
    late = await service.first_step(enrolled.user)
    await service.tamper("UPDATE identity.second_steps SET expires_at = now() WHERE user_id = $1 AND used_at IS NULL", enrolled.user.id)

    for over in (token, late, "nonsense", "A" * 86):
        with pytest.raises(Unauthenticated) as refused:
            await service.second_step(over, enrolled.backup_codes[1])
        assert refused.value.code == "second_step_over"
    await service.second_step(await service.first_step(enrolled.user), enrolled.backup_codes[1])


async def test_guessing_codes_is_slowed_down_from_everywhere_together(service, enrolled):
    token = await service.first_step(enrolled.user)
    codes = []
    for number in range(24):
        with pytest.raises((Unauthenticated, TooMany)) as refused:
            await service.second_step(token, "zzzzzzzz", address=f"198.51.100.{number}")
        codes.append(refused.value.code)

    assert codes[:20] == ["second_factor_wrong"] * 20
    assert "too_many_attempts" in codes[20:]


async def test_the_operator_removes_the_second_factor_of_whoever_no_administrator_can_help(service, practice, enrolled):
    runtime, owner = service.environment.runtime("identity"), practice.administrator
    elsewhere = await service.open_workspace()
    other = await elsewhere.add_user("therapist", email=owner.email)
    there = service.bearer(await service.second_step(await service.first_step(owner), enrolled.backup_codes[0]))
    switched = service.bearer(await service.switch(there, elsewhere.workspace_id))
    assert await remove_for_operator(runtime, "nobody@example.com") is False

    assert await remove_for_operator(runtime, f" {owner.email.upper()}") is True

    assert await service.until_refused(enrolled.caller)
    assert await service.until_refused(switched)
    assert (await service.login(owner)).user.two_factor_enabled is False
    assert (await service.notices(owner))[-1] == events_pb2.SECURITY_NOTICE_SECOND_FACTOR_REMOVED
    (line,) = await service.lines("remove_second_factor", practice.workspace_id)
    assert (line.service, line.resource_id, line.facts["by"]) == ("identity", str(owner.id), "operator")
    (line,) = await service.lines("end_login_sessions", elsewhere.workspace_id)
    assert (line.service, line.resource_id, line.facts["reason"]) == ("identity", str(other.id), "second_factor_removed")
    assert await remove_for_operator(runtime, owner.email) is False


async def test_a_second_factor_is_removed_with_a_code(service, enrolled):
    for code in ("zzzzzzzz", service.code_of(enrolled.secret, drift=7)):
        with pytest.raises(Invalid) as refused:
            await service.second_factors.RemoveTotp(pb.RemoveTotpRequest(code=code), enrolled.caller)
        assert (refused.value.code, refused.value.faults[0].pointer) == ("second_factor_wrong", "/totp_code")

    await service.second_factors.RemoveTotp(pb.RemoveTotpRequest(code=service.code_of(enrolled.secret)), enrolled.caller)

    assert not (await service.login(enrolled.user)).user.two_factor_enabled
    told = await service.notices(enrolled.user)
    assert told == [events_pb2.SECURITY_NOTICE_SECOND_FACTOR_ENABLED, events_pb2.SECURITY_NOTICE_SECOND_FACTOR_DISABLED]
    with pytest.raises(Conflict) as refused:
        await service.second_factors.RemoveTotp(pb.RemoveTotpRequest(code=enrolled.backup_codes[0]), enrolled.caller)
    assert refused.value.code == "second_factor_not_enrolled"
    again = await service.enroll(enrolled.user)
    with pytest.raises(Unauthenticated):
        await service.second_step(await service.first_step(enrolled.user), enrolled.backup_codes[0])
    await service.second_step(await service.first_step(enrolled.user), again.backup_codes[0])


async def test_neither_secret_nor_backup_codes_are_stored_in_the_clear(service, enrolled):
    async with service.environment.superuser() as connection:
        factor = await connection.fetchrow("SELECT secret_sealed FROM identity.second_factors WHERE user_id = $1", enrolled.user.id)
        codes = await connection.fetch("SELECT hash FROM identity.backup_codes WHERE user_id = $1", enrolled.user.id)
    assert enrolled.secret.encode() not in factor["secret_sealed"]
    assert len(codes) == 10
    assert not any(code.encode() in row["hash"] for code in enrolled.backup_codes for row in codes)


# --- required ---


async def require(service, workspace, required):
    request = workspaces_pb2.UpdateWorkspaceRequest()
    request.mask.paths.append("settings")
    request.settings.update({"second_factor_required": required})
    await service.workspaces.UpdateWorkspace(request, await service.signed_in(workspace.administrator))


async def test_where_a_second_factor_is_required_a_sign_in_without_one_is_good_for_enrolling_alone(service, hospital):
    await require(service, hospital, ["nurse", "doctor"])
    nurse, operator = await hospital.add_user("nurse"), await hospital.add_user("operator")
    await service.users.ListUsers(users_pb2.ListUsersRequest(), await service.signed_in(operator))
    signed_in = await service.login(nurse)
    caller = service.bearer(signed_in)

    assert claims(signed_in)["scope"] == ""
    with pytest.raises(Forbidden):
        await service.users.ListUsers(users_pb2.ListUsersRequest(), caller)
    with pytest.raises(Forbidden):
        await service.users.ListUsers(users_pb2.ListUsersRequest(), service.bearer(await service.refresh(signed_in.refresh_token)))

    made = await service.second_factors.EnrollTotp(pb.EnrollTotpRequest(), caller)
    await service.confirm(made.secret, nurse, caller)

    # This sign-in has made its second step; the next ones are asked for it.
    full = await service.second_step(await service.first_step(nurse), service.code_of(made.secret))
    for able in (full, await service.refresh((await service.refresh(signed_in.refresh_token)).refresh_token)):
        assert "otp" in claims(able)["amr"]
        await service.users.ListUsers(users_pb2.ListUsersRequest(), service.bearer(able))
    with pytest.raises(Conflict) as refused:
        await service.second_factors.RemoveTotp(pb.RemoveTotpRequest(code=made.backup_codes[0]), service.bearer(full))
    assert refused.value.code == "second_factor_required"


async def test_a_workspace_requires_it_of_everybody_of_some_roles_or_of_nobody(service, hospital):
    for wrong in ("yes", 1, ["surgeon"]):
        with pytest.raises(Invalid):
            await require(service, hospital, wrong)
    for required, scopes in ((True, False), (["nurse"], True), ([], True), (False, True)):
        await service.tamper(
            "UPDATE identity.workspaces SET settings = '{}' WHERE workspace_id = $1", hospital.workspace_id
        )  # or the administrator could not change it
        await require(service, hospital, required)
        assert bool(claims(await service.login(hospital.administrator))["scope"]) is scopes

import time

import jwt
import pytest
from argon2 import PasswordHasher

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import sign_in_pb2, users_pb2
from chassis.errors import Forbidden, Unauthenticated
from identity.roles import ALL_SCOPES

PASSWORD = "correct horse battery"


async def test_the_correct_password_starts_a_login_session(service, practice):
    signed_in = await service.login(practice.administrator)

    claims = jwt.decode(signed_in.access_token, options={"verify_signature": False})
    header = jwt.get_unverified_header(signed_in.access_token)
    assert header["typ"] == "at+jwt"
    assert header["alg"] == "EdDSA"
    assert claims["sub"] == str(practice.administrator.id)
    assert claims["ws"] == str(practice.workspace_id)
    assert set(claims["scope"].split()) == ALL_SCOPES
    assert claims["amr"] == ["pwd"]
    assert claims["exp"] - claims["iat"] == signed_in.expires_in == 300
    me = await service.users.GetMe(users_pb2.GetMeRequest(), service.bearer(signed_in))
    assert me == signed_in.user
    assert (me.email, me.full_name, me.role) == (practice.administrator.email, "Henrietta Castellanos", users_pb2.ROLE_OWNER)
    assert not me.is_locked
    assert me.last_login_at.seconds >= time.time() - 60


async def test_addresses_match_in_any_case_and_with_surrounding_blanks(service, practice):
    request = sign_in_pb2.LoginRequest(email=f" {practice.administrator.email.upper()} ", password=PASSWORD)
    signed_in = (await service.sign_in.Login(request, service.environment.nobody())).signed_in

    assert signed_in.user.email == practice.administrator.email


async def test_a_wrong_password_an_unknown_address_and_a_deactivated_user_get_the_same_refusal(service, practice):
    gone = await practice.add_user("therapist")
    request = users_pb2.DeactivateUserRequest(user_id=str(gone.id))
    await service.users.DeactivateUser(request, await service.signed_in(practice.administrator))
    linked = await practice.add_user("assistant", password=None)

    replies = []
    for email, password in [
        (practice.administrator.email, "not the password at all"),
        ("nobody-here@example.com", PASSWORD),
        (gone.email, PASSWORD),
        (linked.email, PASSWORD),
        ("not an address", PASSWORD),
    ]:
        with pytest.raises(Unauthenticated) as refused:
            await service.sign_in.Login(sign_in_pb2.LoginRequest(email=email, password=password), service.environment.nobody())
        replies.append((refused.value.code, refused.value.message, refused.value.facts, refused.value.faults, refused.value.retry_after))

    assert len(set(map(repr, replies))) == 1
    assert replies[0][0] == "invalid_credentials"


async def test_an_unknown_address_runs_the_same_statements_as_a_known_one(service, practice, statements):
    costs = []
    for email in (practice.administrator.email, "somebody-unknown@example.com"):
        statements.clear()
        with pytest.raises(Unauthenticated):
            await service.sign_in.Login(
                sign_in_pb2.LoginRequest(email=email, password="wrong for list_users"), service.caller_from("198.51.100.77")
            )
        costs.append(list(statements))

    assert costs[0] == costs[1]
    assert len(costs[0]) >= 4


async def test_a_hash_with_outdated_parameters_is_replaced_at_sign_in(service, practice):
    async with service.environment.superuser() as connection:
        read = "SELECT password_hash FROM identity.users WHERE id = $1"
        old = PasswordHasher(time_cost=3, memory_cost=64, parallelism=1).hash(PASSWORD)
        await service.tamper("UPDATE identity.users SET password_hash = $2 WHERE id = $1", practice.administrator.id, old)
        await service.login(practice.administrator)
        renewed = await connection.fetchval(read, practice.administrator.id)
        assert renewed != old
        assert "m=8,t=1,p=1" in renewed
        await service.login(practice.administrator)
        assert await connection.fetchval(read, practice.administrator.id) == renewed


async def test_successful_and_failed_sign_ins_are_audited(service, practice):
    signed_in = await service.login(practice.administrator)
    with pytest.raises(Unauthenticated):
        await service.login(practice.administrator, "not the password at all")

    lines = await service.environment.emitted(audit.AuditRecorded, practice.workspace_id)
    good, bad = [line for line in lines if line.event_type == "login"]
    assert (good.outcome, good.resource_id) == (audit.OUTCOME_SUCCESS, signed_in.user.id)
    assert good.facts["amr"] == "pwd"
    assert (bad.outcome, bad.code, bad.user_id) == (audit.OUTCOME_FAILURE, "invalid_credentials", str(practice.administrator.id))


async def test_platform_administrators_have_no_scope_in_a_workspace(service):
    platform = await service.open_workspace(is_platform_admin=True)
    signed_in = await service.login(platform.administrator)

    assert signed_in.user.is_platform_admin
    assert jwt.decode(signed_in.access_token, options={"verify_signature": False})["scope"] == "platform:admin"
    with pytest.raises(Forbidden):
        await service.users.ListUsers(users_pb2.ListUsersRequest(), service.bearer(signed_in))


async def test_nobody_signs_in_to_a_suspended_workspace(service, practice):
    signed_in = await service.login(practice.administrator)
    token = await service.request_link(practice.administrator)
    await service.tamper("UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1", practice.workspace_id)

    with pytest.raises(Unauthenticated):
        await service.login(practice.administrator)
    with pytest.raises(Unauthenticated):
        await service.verify(token)
    with pytest.raises(Unauthenticated):
        await service.refresh(signed_in.refresh_token)


async def test_the_published_keys_verify_access_tokens(service, practice):
    signed_in = await service.login(practice.administrator)
    trust = await service.sign_in.GetTrust(sign_in_pb2.GetTrustRequest(), service.environment.nobody())

    kid = jwt.get_unverified_header(signed_in.access_token)["kid"]
    (key,) = [key for key in trust.keys if key.kid == kid]
    jwk = jwt.PyJWK({"kty": "OKP", "crv": "Ed25519", "x": key.x}, "EdDSA")
    assert jwt.decode(signed_in.access_token, jwk, ["EdDSA"], audience="caseload")["sub"] == str(practice.administrator.id)

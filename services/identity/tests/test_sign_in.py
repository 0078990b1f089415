import time

import jwt
import pytest
from argon2 import PasswordHasher

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import sign_in_pb2, users_pb2
from chassis.errors import Forbidden, Unauthenticated
from identity.roles import ALL_SCOPES

PASSWORD = "correct horse battery"


async def test_the_right_password_opens_a_sign_in(door, practice):
    signed_in = await door.login(practice.head)

    claims = jwt.decode(signed_in.access_token, options={"verify_signature": False})
    header = jwt.get_unverified_header(signed_in.access_token)
    assert header["typ"] == "at+jwt"
    assert header["alg"] == "EdDSA"
    assert claims["sub"] == str(practice.head.id)
    assert claims["ws"] == str(practice.workspace_id)
    assert set(claims["scope"].split()) == ALL_SCOPES
    assert claims["amr"] == ["pwd"]
    assert claims["exp"] - claims["iat"] == signed_in.expires_in == 300
    me = await door.users.GetMe(users_pb2.GetMeRequest(), door.bearer(signed_in))
    assert me == signed_in.user
    assert (me.email, me.full_name, me.role) == (practice.head.email, "Henrietta Castellanos", users_pb2.ROLE_OWNER)
    assert not me.is_locked
    assert me.last_login_at.seconds >= time.time() - 60


async def test_addresses_are_the_same_in_any_case_and_with_blanks_around(door, practice):
    request = sign_in_pb2.LoginRequest(email=f" {practice.head.email.upper()} ", password=PASSWORD)
    signed_in = await door.sign_in.Login(request, door.house.nobody())

    assert signed_in.user.email == practice.head.email


async def test_nobody_can_tell_a_wrong_password_from_an_unknown_address_or_a_person_switched_off(door, practice):
    gone = await practice.hire("therapist")
    request = users_pb2.DeactivateUserRequest(user_id=str(gone.id))
    await door.users.DeactivateUser(request, await door.enter(practice.head))
    linked = await practice.hire("assistant", password=None)

    replies = []
    for email, password in [
        (practice.head.email, "not the password at all"),
        ("nobody-here@example.com", PASSWORD),
        (gone.email, PASSWORD),
        (linked.email, PASSWORD),
        ("not an address", PASSWORD),
    ]:
        with pytest.raises(Unauthenticated) as refused:
            await door.sign_in.Login(sign_in_pb2.LoginRequest(email=email, password=password), door.house.nobody())
        replies.append((refused.value.code, refused.value.message, refused.value.facts, refused.value.faults, refused.value.retry_after))

    assert len(set(map(repr, replies))) == 1
    assert replies[0][0] == "invalid_credentials"


async def test_an_unknown_address_costs_as_many_statements_as_a_known_one(door, practice, statements):
    costs = []
    for email in (practice.head.email, "somebody-unknown@example.com"):
        statements.clear()
        with pytest.raises(Unauthenticated):
            await door.sign_in.Login(sign_in_pb2.LoginRequest(email=email, password="wrong for everybody"), door.from_("198.51.100.77"))
        costs.append(list(statements))

    assert costs[0] == costs[1]
    assert len(costs[0]) >= 4


async def test_a_hash_of_older_parameters_is_renewed_at_sign_in(door, practice):
    async with door.house.superuser() as connection:
        read = "SELECT password_hash FROM identity.users WHERE id = $1"
        old = PasswordHasher(time_cost=3, memory_cost=64, parallelism=1).hash(PASSWORD)
        await door.tamper("UPDATE identity.users SET password_hash = $2 WHERE id = $1", practice.head.id, old)
        await door.login(practice.head)
        renewed = await connection.fetchval(read, practice.head.id)
        assert renewed != old
        assert "m=8,t=1,p=1" in renewed
        await door.login(practice.head)
        assert await connection.fetchval(read, practice.head.id) == renewed


async def test_signing_in_and_failing_to_are_on_record(door, practice):
    signed_in = await door.login(practice.head)
    with pytest.raises(Unauthenticated):
        await door.login(practice.head, "not the password at all")

    lines = await door.house.emitted(audit.AuditRecorded, practice.workspace_id)
    good, bad = [line for line in lines if line.event_type == "login"]
    assert (good.outcome, good.resource_id) == (audit.OUTCOME_SUCCESS, signed_in.user.id)
    assert (bad.outcome, bad.code, bad.user_id) == (audit.OUTCOME_FAILURE, "invalid_credentials", str(practice.head.id))


async def test_platform_admins_carry_no_scope(door):
    platform = await door.open(is_platform_admin=True)
    signed_in = await door.login(platform.head)

    assert signed_in.user.is_platform_admin
    assert jwt.decode(signed_in.access_token, options={"verify_signature": False})["scope"] == ""
    with pytest.raises(Forbidden):
        await door.users.ListUsers(users_pb2.ListUsersRequest(), door.bearer(signed_in))


async def test_a_suspended_workspace_lets_nobody_in(door, practice):
    signed_in = await door.login(practice.head)
    token = await door.request_link(practice.head)
    await door.tamper("UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1", practice.workspace_id)

    with pytest.raises(Unauthenticated):
        await door.login(practice.head)
    with pytest.raises(Unauthenticated):
        await door.verify(token)
    with pytest.raises(Unauthenticated):
        await door.refresh(signed_in.refresh_token)


async def test_the_public_keys_verify_what_is_signed(door, practice):
    signed_in = await door.login(practice.head)
    trust = await door.sign_in.GetTrust(sign_in_pb2.GetTrustRequest(), door.house.nobody())

    kid = jwt.get_unverified_header(signed_in.access_token)["kid"]
    (key,) = [key for key in trust.keys if key.kid == kid]
    jwk = jwt.PyJWK({"kty": "OKP", "crv": "Ed25519", "x": key.x}, "EdDSA")
    assert jwt.decode(signed_in.access_token, jwk, ["EdDSA"], audience="caseload")["sub"] == str(practice.head.id)

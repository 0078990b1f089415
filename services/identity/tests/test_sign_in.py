import asyncio
import time

import jwt
import pytest
from argon2 import PasswordHasher

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import events_pb2, sign_in_pb2, users_pb2
from chassis.db import Transaction
from chassis.errors import Forbidden, Invalid, NotFound, TooMany, Unauthenticated
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


async def test_an_unknown_address_costs_as_many_statements_as_a_known_one(door, practice, monkeypatch):
    asked: list[str] = []
    ask = Transaction._ask

    async def counted(self, how, stmt, params):
        asked.append(stmt.sql)
        return await ask(self, how, stmt, params)

    monkeypatch.setattr(Transaction, "_ask", counted)
    statements = []
    for email in (practice.head.email, "somebody-unknown@example.com"):
        asked.clear()
        with pytest.raises(Unauthenticated):
            await door.sign_in.Login(sign_in_pb2.LoginRequest(email=email, password="wrong for everybody"), door.from_("198.51.100.77"))
        statements.append([sql for sql in asked if "revocations" not in sql])

    assert statements[0] == statements[1]
    assert len(statements[0]) >= 4


async def test_wrong_passwords_make_a_source_wait_longer_and_longer(door, practice):
    waits = []
    for _ in range(12):
        try:
            await door.login(practice.head, "guess after guess", address="198.51.100.1")
        except TooMany as refused:
            waits.append(refused.retry_after)
            # The wait is over, but not forgotten.
            await door.tamper(
                "UPDATE identity.login_attempts SET blocked_until = clock_timestamp() WHERE blocked_until > clock_timestamp()"
                " AND account = (SELECT email_index FROM identity.sign_ins WHERE user_id = $1)",
                practice.head.id,
            )
        except Unauthenticated:
            continue

    assert len(waits) >= 3
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


async def test_guesses_at_the_same_moment_are_all_counted(door, practice):
    guesses = [door.login(practice.head, "guess after guess", address="198.51.100.2") for _ in range(20)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {Unauthenticated, TooMany}
    assert sum(isinstance(outcome, Unauthenticated) for outcome in outcomes) == 5


async def test_honest_sign_ins_at_the_same_moment_all_pass(door, practice):
    signed_in = await asyncio.gather(*(door.login(practice.head) for _ in range(12)))

    assert len({each.refresh_token for each in signed_in}) == 12


async def test_guessing_elsewhere_locks_nobody_out(door, practice):
    for _ in range(7):
        with pytest.raises((Unauthenticated, TooMany)):
            await door.login(practice.head, "guess after guess", address="198.51.100.3")

    signed_in = await door.login(practice.head, address="198.51.100.4")
    assert signed_in.user.is_locked


async def test_a_known_device_passes_while_all_strangers_wait(door, practice):
    device = (await door.login(practice.head)).device_token
    for _ in range(7):
        with pytest.raises((Unauthenticated, TooMany)):
            await door.login(practice.head, "guess after guess", address="198.51.100.5")
    with pytest.raises(TooMany):
        await door.login(practice.head, address="198.51.100.5")

    # The owner sits behind the same address as whoever is guessing.
    again = await door.login(practice.head, address="198.51.100.5", device=device)
    assert again.user.id == str(practice.head.id)
    # Somebody else's mark opens no lane, and neither does a made-up one.
    colleague = await practice.hire("therapist")
    foreign = (await door.login(colleague)).device_token
    for mark in (foreign, device[:-2] + "AA", "x"):
        with pytest.raises(TooMany):
            await door.login(practice.head, address="198.51.100.5", device=mark)


async def test_success_clears_what_was_counted(door, practice):
    for _ in range(4):
        for _ in range(4):
            with pytest.raises(Unauthenticated):
                await door.login(practice.head, "mistyped password", address="198.51.100.6")
        await door.login(practice.head, address="198.51.100.6")


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


# --- passwords ----------------------------------------------------------------------------------------------------


async def test_a_new_password_ends_every_other_sign_in(door, practice):
    here, there = await door.login(practice.head), await door.login(practice.head)
    request = sign_in_pb2.ChangePasswordRequest(current_password=PASSWORD, new_password="a wholly new phrase")
    await door.sign_in.ChangePassword(request, door.bearer(here))

    with pytest.raises(Unauthenticated):
        await door.refresh(there.refresh_token)
    await door.refresh(here.refresh_token)
    with pytest.raises(Unauthenticated):
        await door.login(practice.head)
    await door.login(practice.head, "a wholly new phrase")


async def test_a_wrong_current_password_changes_nothing_and_cannot_be_guessed_at(door, practice):
    caller = await door.enter(practice.head)
    codes = []
    for _ in range(7):
        with pytest.raises((Invalid, TooMany)) as refused:
            await door.sign_in.ChangePassword(
                sign_in_pb2.ChangePasswordRequest(current_password="surely not this", new_password="a wholly new phrase"), caller
            )
        codes.append(refused.value.code)

    assert codes[0] == "wrong_password"
    assert codes[-1] == "too_many_attempts"
    await door.login(practice.head)


@pytest.mark.parametrize("weak", ["too short", "aaaaaaaaaaaaaaaa", "x" * 257])
async def test_a_weak_password_is_refused(door, practice, weak):
    request = sign_in_pb2.ChangePasswordRequest(current_password=PASSWORD, new_password=weak)
    with pytest.raises(Invalid) as refused:
        await door.sign_in.ChangePassword(request, await door.enter(practice.head))

    assert refused.value.code == "password_too_weak"
    assert refused.value.faults[0].pointer == "/new_password"


# --- magic links --------------------------------------------------------------------------------------------------


async def test_a_magic_link_signs_in_once(door, practice):
    token = await door.request_link(practice.head)
    signed_in = await door.verify(token)

    assert signed_in.user.id == str(practice.head.id)
    assert jwt.decode(signed_in.access_token, options={"verify_signature": False})["amr"] == ["link"]
    with pytest.raises(Unauthenticated) as refused:
        await door.verify(token)
    assert refused.value.code == "link_invalid"


async def test_a_link_opened_twice_at_the_same_moment_signs_in_once(door, practice):
    token = await door.request_link(practice.head)
    outcomes = await asyncio.gather(*(door.verify(token) for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(outcome, sign_in_pb2.SignedIn) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Exception)} == {"link_invalid"}


async def test_a_link_is_too_old_after_ten_minutes(door, practice):
    token = await door.request_link(practice.head)
    await door.tamper("UPDATE identity.magic_links SET expires_at = now() - interval '1 second' WHERE user_id = $1", practice.head.id)

    with pytest.raises(Unauthenticated):
        await door.verify(token)
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    with pytest.raises(NotFound):
        await door.issue(practice.workspace_id, asked.magic_link_id)


async def test_a_link_lives_ten_minutes_and_names_whom_to_write_to(door, practice):
    await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    issued = await door.issue(practice.workspace_id, asked.magic_link_id)

    assert (issued.email, issued.full_name, issued.locale) == (practice.head.email, "Henrietta Castellanos", "en-GB")
    assert 590 < issued.expires_at.seconds - time.time() <= 600


async def test_issuing_a_link_again_voids_the_one_before(door, practice):
    await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    first = await door.issue(practice.workspace_id, asked.magic_link_id)
    second = await door.issue(practice.workspace_id, asked.magic_link_id)

    with pytest.raises(Unauthenticated):
        await door.verify(first.token)
    await door.verify(second.token)
    with pytest.raises(NotFound):
        await door.issue(practice.workspace_id, asked.magic_link_id)


async def test_only_notifications_may_have_a_link_issued(door, practice):
    await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    request = sign_in_pb2.IssueMagicLinkRequest(magic_link_id=asked.magic_link_id)

    with pytest.raises(Forbidden):
        await door.sign_in.IssueMagicLink(request, door.house.on_behalf_of(practice.workspace_id))
    with pytest.raises(Forbidden):
        await door.sign_in.IssueMagicLink(request, await door.enter(practice.head))
    with pytest.raises(NotFound):
        await door.notifications.IssueMagicLink(request, door.house.on_behalf_of(door.house.workspace()))


async def test_asking_for_a_link_says_the_same_of_any_address(door, practice, monkeypatch):
    asked: list[str] = []
    ask = Transaction._ask

    async def counted(self, how, stmt, params):
        asked.append(stmt.sql)
        return await ask(self, how, stmt, params)

    monkeypatch.setattr(Transaction, "_ask", counted)
    seen = []
    for email in (practice.head.email, "somebody-unknown@example.com"):
        asked.clear()
        reply = await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=email), door.house.nobody())
        seen.append((reply, [sql for sql in asked if "revocations" not in sql]))

    assert seen[0] == seen[1]
    assert len(seen[0][1]) >= 3


async def test_a_mailbox_cannot_be_flooded(door, practice):
    for _ in range(12):
        await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())

    assert len(await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)) == 5


async def test_a_link_that_was_used_makes_room_for_the_next(door, practice):
    for _ in range(8):
        await door.verify(await door.request_link(practice.head))


@pytest.mark.parametrize("garbage", ["", "x", "Ä" * 86, "A" * 86, "-_" * 43])
async def test_garbage_is_no_ticket(door, garbage):
    with pytest.raises(Unauthenticated):
        await door.verify(garbage)
    with pytest.raises(Unauthenticated):
        await door.refresh(garbage)


# --- refresh ------------------------------------------------------------------------------------------------------


async def test_refreshing_rotates_the_token(door, practice):
    first = await door.login(practice.head)
    second = await door.refresh(first.refresh_token)
    third = await door.refresh(second.refresh_token)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert not third.HasField("device_token")
    me = await door.users.GetMe(users_pb2.GetMeRequest(), door.bearer(third))
    assert me.id == str(practice.head.id)


async def test_requests_racing_on_one_token_get_the_same_successor(door, practice):
    first = await door.login(practice.head)
    renewed = await asyncio.gather(*(door.refresh(first.refresh_token) for _ in range(8)))

    assert len({each.refresh_token for each in renewed}) == 1
    assert renewed[0].refresh_token != first.refresh_token
    await door.refresh(renewed[0].refresh_token)


async def test_a_token_used_again_after_the_grace_ends_the_sign_in_for_everybody(door, practice):
    first = await door.login(practice.head)
    second = await door.refresh(first.refresh_token)
    await door.tamper(
        "UPDATE identity.refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE workspace_id = $1 AND used_at IS NOT NULL",
        practice.workspace_id,
    )

    with pytest.raises(Unauthenticated) as refused:
        await door.refresh(first.refresh_token)
    assert refused.value.code == "session_ended"
    with pytest.raises(Unauthenticated):
        await door.refresh(second.refresh_token)
    assert await door.until_refused(door.bearer(second)) == "token_revoked"


async def test_an_idle_sign_in_ends(door, practice):
    signed_in = await door.login(practice.head)
    assert 29 * 60 < signed_in.refresh_expires_at.seconds - time.time() <= 30 * 60
    await door.tamper("UPDATE identity.login_sessions SET idle_at = now() WHERE workspace_id = $1", practice.workspace_id)

    with pytest.raises(Unauthenticated):
        await door.refresh(signed_in.refresh_token)


async def test_no_activity_keeps_a_sign_in_beyond_its_absolute_limit(door, practice):
    signed_in = await door.login(practice.head)
    shortly = "UPDATE identity.login_sessions SET expires_at = now() + interval '100 seconds' WHERE workspace_id = $1"
    await door.tamper(shortly, practice.workspace_id)
    last = await door.refresh(signed_in.refresh_token)
    assert last.expires_in <= 100
    assert last.refresh_expires_at.seconds <= time.time() + 100

    await door.tamper("UPDATE identity.login_sessions SET expires_at = now() WHERE workspace_id = $1", practice.workspace_id)
    with pytest.raises(Unauthenticated):
        await door.refresh(last.refresh_token)


async def test_successors_are_not_kept_beyond_their_grace(door, practice):
    first = await door.login(practice.head)
    second = await door.refresh(first.refresh_token)
    await door.tamper(
        "UPDATE identity.refresh_tokens SET used_at = used_at - interval '1 hour' WHERE workspace_id = $1 AND used_at IS NOT NULL",
        practice.workspace_id,
    )
    await door.refresh(second.refresh_token)

    async with door.house.superuser() as connection:
        kept = "SELECT generation FROM identity.refresh_tokens WHERE workspace_id = $1 AND successor_sealed IS NOT NULL"
        assert [row["generation"] for row in await connection.fetch(kept, practice.workspace_id)] == [2]


# --- the end ------------------------------------------------------------------------------------------------------


async def test_logging_out_voids_the_tokens_within_five_seconds(door, practice):
    other, signed_in = await door.login(practice.head), await door.login(practice.head)
    await door.sign_in.Logout(sign_in_pb2.LogoutRequest(), door.bearer(signed_in))

    assert await door.until_refused(door.bearer(signed_in)) == "token_revoked"
    with pytest.raises(Unauthenticated):
        await door.refresh(signed_in.refresh_token)
    await door.users.GetMe(users_pb2.GetMeRequest(), door.bearer(other))


async def test_a_person_sees_and_ends_their_own_sign_ins_only(door, practice):
    colleague = await practice.hire("therapist")
    theirs = await door.login(colleague)
    here = await door.login(practice.head, address="203.0.113.9")
    there = await door.login(practice.head)
    listed = await door.sign_in.ListLoginSessions(sign_in_pb2.ListLoginSessionsRequest(), door.bearer(here))

    assert len(listed.items) == 2
    (current,) = [item for item in listed.items if item.current]
    assert current.ip_address == "203.0.113.9"
    (other,) = [item for item in listed.items if not item.current]
    await door.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=other.id), door.bearer(here))
    with pytest.raises(Unauthenticated):
        await door.refresh(there.refresh_token)
    with pytest.raises(NotFound):
        await door.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=other.id), door.bearer(here))
    foreign = jwt.decode(theirs.access_token, options={"verify_signature": False})["sid"]
    with pytest.raises(NotFound):
        await door.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=foreign), door.bearer(here))

import asyncio

import pytest

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import events_pb2, sign_in_pb2, users_pb2
from chassis.errors import Invalid, TooMany, Unauthenticated

PASSWORD = "correct horse battery"


async def test_wrong_passwords_from_one_source_wait_longer_each_time(service, practice):
    waits = []
    for _ in range(12):
        try:
            await service.login(practice.administrator, "guess after guess", address="198.51.100.1")
        except TooMany as refused:
            waits.append(refused.retry_after)
            # Ends the wait without resetting the count.
            await service.tamper(
                "UPDATE identity.login_attempts SET blocked_until = clock_timestamp() WHERE blocked_until > clock_timestamp()"
                " AND account = (SELECT email_index FROM identity.sign_ins WHERE user_id = $1)",
                practice.administrator.id,
            )
        except Unauthenticated:
            continue

    assert len(waits) >= 3
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


async def test_guesses_at_the_same_moment_are_all_counted(service, practice):
    guesses = [service.login(practice.administrator, "guess after guess", address="198.51.100.2") for _ in range(20)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {Unauthenticated, TooMany}
    assert sum(isinstance(outcome, Unauthenticated) for outcome in outcomes) == 5


async def test_correct_passwords_at_the_same_moment_all_succeed(service, practice):
    signed_in = await asyncio.gather(*(service.login(practice.administrator) for _ in range(12)))

    assert len({each.refresh_token for each in signed_in}) == 12


async def test_guesses_from_another_source_do_not_lock_the_user_out(service, practice):
    for _ in range(7):
        with pytest.raises((Unauthenticated, TooMany)):
            await service.login(practice.administrator, "guess after guess", address="198.51.100.3")

    signed_in = await service.login(practice.administrator, address="198.51.100.4")
    assert signed_in.user.is_locked


async def test_a_known_device_signs_in_while_unknown_ones_must_wait(service, practice):
    device = (await service.login(practice.administrator)).device_token
    for _ in range(7):
        with pytest.raises((Unauthenticated, TooMany)):
            await service.login(practice.administrator, "guess after guess", address="198.51.100.5")
    with pytest.raises(TooMany):
        await service.login(practice.administrator, address="198.51.100.5")

    # The owner signs in from the same address as the guesses.
    again = await service.login(practice.administrator, address="198.51.100.5", device=device)
    assert again.user.id == str(practice.administrator.id)
    # Another user's device token has no effect, nor has a forged one.
    colleague = await practice.add_user("therapist")
    foreign = (await service.login(colleague)).device_token
    for device_token in (foreign, device[:-2] + "AA", "x"):
        with pytest.raises(TooMany):
            await service.login(practice.administrator, address="198.51.100.5", device=device_token)


async def test_a_successful_sign_in_resets_the_count(service, practice):
    for _ in range(4):
        for _ in range(4):
            with pytest.raises(Unauthenticated):
                await service.login(practice.administrator, "mistyped password", address="198.51.100.6")
        await service.login(practice.administrator, address="198.51.100.6")


async def test_changing_the_password_ends_every_other_login_session(service, practice):
    here, there = await service.login(practice.administrator), await service.login(practice.administrator)
    request = sign_in_pb2.ChangePasswordRequest(current_password=PASSWORD, new_password="a wholly new phrase")
    await service.sign_in.ChangePassword(request, service.bearer(here))

    with pytest.raises(Unauthenticated):
        await service.refresh(there.refresh_token)
    await service.refresh(here.refresh_token)
    with pytest.raises(Unauthenticated):
        await service.login(practice.administrator)
    await service.login(practice.administrator, "a wholly new phrase")


async def test_a_wrong_current_password_changes_nothing_and_is_throttled(service, practice):
    caller = await service.signed_in(practice.administrator)
    codes = []
    for _ in range(7):
        with pytest.raises((Invalid, TooMany)) as refused:
            await service.sign_in.ChangePassword(
                sign_in_pb2.ChangePasswordRequest(current_password="surely not this", new_password="a wholly new phrase"), caller
            )
        codes.append(refused.value.code)

    assert codes[0] == "wrong_password"
    assert codes[-1] == "too_many_attempts"
    await service.login(practice.administrator)


async def test_a_sign_in_that_begins_anew_does_not_begin_to_count_guesses_anew(service, practice):
    """A switch to another workspace begins one without a password."""
    codes = []
    for _ in range(6):
        caller = await service.signed_in(practice.administrator)
        for _ in range(4):
            with pytest.raises((Invalid, TooMany)) as refused:
                await service.sign_in.ChangePassword(
                    sign_in_pb2.ChangePasswordRequest(current_password="surely not this", new_password="a wholly new phrase"), caller
                )
            codes.append(refused.value.code)

    assert (codes[:20], codes[-1]) == (["wrong_password"] * 20, "too_many_attempts")


@pytest.mark.parametrize(
    "weak",
    [
        "too short", "aaaaaaaaaaaaaaaa", "x" * 257, "passwordpassword", "123456789012", "P@ssw0rdP@ssw0rd", "qwertyuiop12", "letmeinletmein",
        "caseload2026", "caseloadcaseload", "Henrietta Castellanos", "castellanos1", "henriettahenrietta", "abcdefghijklmnop", "\uff50assword1234",
    ],
)  # fmt: skip
async def test_a_password_that_is_easily_guessed_is_refused(service, practice, weak):
    request = sign_in_pb2.ChangePasswordRequest(current_password=PASSWORD, new_password=weak)
    with pytest.raises(Invalid) as refused:
        await service.sign_in.ChangePassword(request, await service.signed_in(practice.administrator))

    assert refused.value.code == "password_too_weak"
    assert refused.value.faults[0].pointer == "/new_password"


async def test_ones_own_address_is_refused_as_a_password(service, practice):
    for weak in (practice.administrator.email, f"1{practice.administrator.email.upper()}"):
        request = sign_in_pb2.ChangePasswordRequest(current_password=PASSWORD, new_password=weak)
        with pytest.raises(Invalid) as refused:
            await service.sign_in.ChangePassword(request, await service.signed_in(practice.administrator))
        assert refused.value.code == "password_too_weak"


async def test_somebody_who_came_by_link_sets_a_password(service, practice):
    person = await practice.add_user("therapist", password=None)
    caller = service.bearer(await service.verify(await service.request_link(person)))
    request = sign_in_pb2.ChangePasswordRequest(new_password="a wholly new phrase")

    await service.sign_in.ChangePassword(request, caller)

    assert (await service.login(person, "a wholly new phrase")).user.id == str(person.id)
    # Now there is one, and it is needed.
    with pytest.raises(Invalid) as refused:
        await service.sign_in.ChangePassword(sign_in_pb2.ChangePasswordRequest(new_password="another phrase, as new"), caller)
    assert refused.value.code == "wrong_password"
    assert await service.notices(person) == [events_pb2.SECURITY_NOTICE_PASSWORD_SET]
    (line,) = await service.lines("change_password", practice.workspace_id, audit.OUTCOME_SUCCESS)
    assert (line.resource_id, line.facts["first"]) == (str(person.id), "true")


async def test_two_who_set_the_first_password_at_once_set_one(service, practice):
    person = await practice.add_user("therapist", password=None)
    caller = service.bearer(await service.verify(await service.request_link(person)))
    phrases = [f"a wholly new phrase, {n}" for n in range(4)]
    changes = [service.sign_in.ChangePassword(sign_in_pb2.ChangePasswordRequest(new_password=phrase), caller) for phrase in phrases]
    outcomes = await asyncio.gather(*changes, return_exceptions=True)

    won = [phrase for phrase, outcome in zip(phrases, outcomes, strict=True) if not isinstance(outcome, Exception)]
    assert len(won) == 1
    await service.login(person, won[0])


# --- forgotten passwords ---


async def test_a_mailed_link_resets_the_password_once_and_ends_every_sign_in(service, practice):
    owner = practice.administrator
    signed_in = await service.login(owner)
    link = await service.request_link(owner)
    token = await service.request_reset(owner)

    await service.reset(token, "a wholly new phrase")

    assert await service.until_refused(service.bearer(signed_in)) == "token_revoked"
    with pytest.raises(Unauthenticated):
        await service.refresh(signed_in.refresh_token)
    for old in (service.login(owner), service.verify(link), service.reset(token, "yet another phrase")):
        with pytest.raises(Unauthenticated):
            await old
    await service.login(owner, "a wholly new phrase")
    assert await service.notices(owner) == [events_pb2.SECURITY_NOTICE_PASSWORD_RESET]
    (line,) = await service.lines("reset_password", practice.workspace_id, audit.OUTCOME_SUCCESS)
    assert line.resource_id == str(owner.id)


async def test_of_many_who_use_one_reset_link_at_once_one_succeeds(service, practice):
    token = await service.request_reset(practice.administrator)
    phrases = [f"a wholly new phrase, {n}" for n in range(8)]
    outcomes = await asyncio.gather(*(service.reset(token, phrase) for phrase in phrases), return_exceptions=True)

    won = [phrase for phrase, outcome in zip(phrases, outcomes, strict=True) if not isinstance(outcome, Exception)]
    assert len(won) == 1
    await service.login(practice.administrator, won[0])


async def test_a_weak_password_does_not_use_up_the_link(service, practice):
    token = await service.request_reset(practice.administrator)
    with pytest.raises(Invalid) as refused:
        await service.reset(token, "passwordpassword")
    assert refused.value.code == "password_too_weak"

    await service.reset(token, "a wholly new phrase")


async def test_links_to_sign_in_reset_nothing_and_links_to_reset_sign_nobody_in(service, practice):
    link, token = await service.request_link(practice.administrator), await service.request_reset(practice.administrator)
    with pytest.raises(Unauthenticated):
        await service.reset(link, "a wholly new phrase")
    with pytest.raises(Unauthenticated):
        await service.verify(token)
    await service.login(practice.administrator)


async def test_an_expired_reset_link_and_one_of_a_deactivated_person_change_nothing(service, practice):
    gone = await practice.add_user("therapist")
    token = await service.request_reset(gone)
    await service.users.DeactivateUser(
        users_pb2.DeactivateUserRequest(user_id=str(gone.id)), await service.signed_in(practice.administrator)
    )
    late = await service.request_reset(practice.administrator)
    await service.tamper("UPDATE identity.magic_links SET expires_at = now() WHERE user_id = $1", practice.administrator.id)
    for dead in (token, late):
        with pytest.raises(Unauthenticated) as refused:
            await service.reset(dead, "a wholly new phrase")
        assert refused.value.code == "link_invalid"
    await service.login(practice.administrator)


async def test_a_reset_request_gets_the_same_reply_and_runs_the_same_statements_for_any_address(service, practice, statements):
    seen = []
    for email in (practice.administrator.email, "somebody-unknown@example.com"):
        statements.clear()
        request = sign_in_pb2.RequestPasswordResetRequest(email=email)
        seen.append((await service.sign_in.RequestPasswordReset(request, service.environment.nobody()), list(statements)))

    assert seen[0] == seen[1]
    assert len(seen[0][1]) >= 3


async def test_a_changed_password_is_told_to_the_person(service, practice):
    request = sign_in_pb2.ChangePasswordRequest(current_password=PASSWORD, new_password="a wholly new phrase")
    await service.sign_in.ChangePassword(request, await service.signed_in(practice.administrator))

    assert await service.notices(practice.administrator) == [events_pb2.SECURITY_NOTICE_PASSWORD_CHANGED]

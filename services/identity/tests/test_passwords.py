import asyncio

import pytest

from caseload.identity.v1 import sign_in_pb2
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


@pytest.mark.parametrize("weak", ["too short", "aaaaaaaaaaaaaaaa", "x" * 257])
async def test_a_weak_password_is_refused(service, practice, weak):
    request = sign_in_pb2.ChangePasswordRequest(current_password=PASSWORD, new_password=weak)
    with pytest.raises(Invalid) as refused:
        await service.sign_in.ChangePassword(request, await service.signed_in(practice.administrator))

    assert refused.value.code == "password_too_weak"
    assert refused.value.faults[0].pointer == "/new_password"

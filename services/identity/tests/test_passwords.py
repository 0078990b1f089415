import asyncio

import pytest

from caseload.identity.v1 import sign_in_pb2
from chassis.errors import Invalid, TooMany, Unauthenticated

PASSWORD = "correct horse battery"


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

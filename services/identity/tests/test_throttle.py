"""Strangers neither guess a password nor keep its owner out; what they try is on record, and not line by line."""

import asyncio
import time
from dataclasses import replace

import argon2
import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit
from caseload.identity.v1 import events_pb2, sign_in_pb2, users_pb2, workspaces_pb2
from chassis.errors import Forbidden, NotFound, TooMany, Unauthenticated, Unavailable
from identity.credentials import rules
from identity.credentials.device_tokens import DeviceTokens
from identity.credentials.passwords import password_hasher
from identity.credentials.quick_check import LET_THROUGH, QuickCheck
from identity.credentials.throttle import LoginThrottle
from identity.credentials.turns import Rank

PASSWORD = "correct horse battery"


async def guess(service, user, number):
    """A guess from one of many addresses; how it was refused."""
    address = f"203.0.{number // 250 % 250}.{number % 250}" if number % 2 else f"2001:db8:{number:x}::1"
    try:
        await service.login(user, f"guess number {number}", address=address)
    except (Unauthenticated, TooMany) as refusal:
        return refusal.code
    raise AssertionError("a guess has signed in")


async def botnet(service, user, guesses, *, first=0, at_once=16):
    """Guesses from as many addresses as there are guesses, numbered from `first`."""
    return [
        code
        for start in range(first, first + guesses, at_once)
        for code in await asyncio.gather(*(guess(service, user, number) for number in range(start, min(first + guesses, start + at_once))))
    ]


async def test_a_botnet_keeps_nobody_out_neither_on_a_known_device_nor_on_a_new_one(service, practice):
    owner = practice.administrator
    device = (await service.login(owner)).device_token
    await botnet(service, owner, 200)

    for number in range(20):
        await guess(service, owner, 1000 + number)
        new = await service.login(owner, address=f"198.51.100.{number}")
        known = await service.login(owner, address=f"203.0.0.{number}", device=device)
        assert new.user.id == known.user.id == str(owner.id)


async def test_a_botnet_keeps_nobody_from_a_link(service, practice):
    owner = practice.administrator
    for number in range(40):
        request = sign_in_pb2.RequestMagicLinkRequest(email=owner.email)
        await service.sign_in.RequestMagicLink(request, service.caller_from(f"203.0.113.{number}"))
    mailed = await service.environment.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    assert len(mailed) == 20, "the mailbox is not flooded"

    # The newest of the mails signs the owner in, and then the next link is mailed at once.
    await service.verify((await service.issue(practice.workspace_id, mailed[-1].magic_link_id)).token)
    await service.verify(await service.request_link(owner))


async def test_while_somebody_guesses_a_source_has_two_attempts(service, practice):
    owner = practice.administrator
    await botnet(service, owner, rules.GUESSED_AT + 1)

    codes = []
    for _ in range(4):
        with pytest.raises((Unauthenticated, TooMany)) as refused:
            await service.login(owner, "mistyped", address="198.51.100.200")
        codes.append(refused.value.code)
    assert codes == ["invalid_credentials", "invalid_credentials", "too_many_attempts", "too_many_attempts"]


async def test_an_ipv6_network_of_65536_sources_is_slowed_down_as_a_whole(service, practice):
    codes = []
    for number in range(24):
        with pytest.raises((Unauthenticated, TooMany)) as refused:
            await service.login(practice.administrator, "guess after guess", address=f"2001:db8:77:{number:x}::1")
        codes.append(refused.value.code)

    assert codes[:20] == ["invalid_credentials"] * 20
    assert "too_many_attempts" in codes[20:]
    await service.login(practice.administrator, address="2001:db8:78::1")


async def test_a_flood_of_guesses_is_on_record_and_not_guess_by_guess(service, practice):
    await botnet(service, practice.administrator, 130)

    lines = await service.lines("login", practice.workspace_id, audit.OUTCOME_FAILURE)
    told = sorted(int(line.facts["failures"]) for line in lines)
    assert told == [*range(1, rules.GUESSED_AT + 1), 100]
    assert {line.user_id for line in lines} == {str(practice.administrator.id)}


async def test_a_flood_that_is_refused_is_on_record_and_not_refusal_by_refusal(service, practice):
    for _ in range(25):
        with pytest.raises((Unauthenticated, TooMany)):
            await service.login(practice.administrator, "guess after guess", address="198.51.100.201")

    lines = await service.lines("login", practice.workspace_id, audit.OUTCOME_FAILURE)
    refused = [line for line in lines if line.code == "too_many_attempts"]
    assert [line.facts["refused"] for line in refused] == ["1", "2", "5", "10", "20"]
    assert {line.resource_id for line in refused} == {str(practice.administrator.id)}
    assert {line.ip_address for line in refused} == {"198.51.100.201"}


async def test_an_unknown_address_runs_the_same_statements_as_a_known_one_when_refused(service, practice, statements):
    costs = []
    for email in (practice.administrator.email, "somebody-unknown-and-refused@example.com"):
        for _ in range(9):
            statements.clear()
            with pytest.raises((Unauthenticated, TooMany)) as refused:
                await service.sign_in.Login(sign_in_pb2.LoginRequest(email=email, password="wrong"), service.caller_from("198.51.100.202"))
        costs.append((refused.value.code, list(statements)))

    assert costs[0] == costs[1]
    assert costs[0][0] == "too_many_attempts"


async def test_an_attempt_that_was_not_made_for_want_of_a_place_does_not_count(service, practice, monkeypatch):
    turns = practice.runtime.once(password_hasher)._turns
    with monkeypatch.context() as full:
        full.setattr(turns, "_free", 0)
        full.setattr(turns, "_queue", 0)
        for _ in range(12):
            with pytest.raises(Unavailable) as refused:
                await service.login(practice.administrator, address="198.51.100.203")
            assert refused.value.code == "sign_in_busy"

    await has_five_attempts(service, practice.administrator, "198.51.100.203")


async def test_an_attempt_that_is_cut_while_it_waits_for_a_place_does_not_count(service, practice, monkeypatch):
    turns = practice.runtime.once(password_hasher)._turns
    with monkeypatch.context() as full:
        full.setattr(turns, "_free", 0)
        for _ in range(12):
            attempt = asyncio.create_task(service.login(practice.administrator, address="198.51.100.204"))
            while not turns._waiting[Rank.ORDINARY]:
                await asyncio.sleep(0.001)
            attempt.cancel()
            await asyncio.wait([attempt])
            # In process, the call goes on for a moment when its caller has gone.
            async with asyncio.timeout(10):
                while service.environment.runtime("identity").server._admissions.common.calls:
                    await asyncio.sleep(0.001)
    assert not turns._waiting[Rank.ORDINARY]

    await has_five_attempts(service, practice.administrator, "198.51.100.204")


async def has_five_attempts(service, user, address):
    for _ in range(4):
        with pytest.raises(Unauthenticated):
            await service.login(user, "mistyped", address=address)
    await service.login(user, address=address)


# --- floods ---


@pytest.fixture
def slow_verifications(practice, monkeypatch):
    """Verifications that take a while, as with the Argon2 of an installation. Returns the passwords that were verified."""
    hasher = practice.runtime.once(password_hasher)
    verify, verified = hasher._verify, []

    def slowly(password, stored_hash):
        verified.append(password)
        time.sleep(0.05)
        return verify(password, stored_hash)

    monkeypatch.setattr(hasher, "_verify", slowly)
    # Nobody is refused because the machine is busy.
    monkeypatch.setattr(hasher._turns, "_seconds", 60.0)
    return verified


async def test_a_flood_of_first_attempts_takes_next_to_no_verifications_and_the_owner_gets_in(service, practice, slow_verifications):
    owner = practice.administrator
    device = (await service.login(owner)).device_token
    await botnet(service, owner, rules.GUESSED_AT)
    slow_verifications.clear()

    flood = asyncio.create_task(botnet(service, owner, 400, first=5000, at_once=48))
    for number in range(10):
        new = await service.login(owner, address=f"198.51.101.{number}")
        known = await service.login(owner, address=f"198.51.102.{number}", device=device)
        assert new.user.id == known.user.id == str(owner.id)
    assert set(await flood) == {"invalid_credentials"}

    # One guess in 32; that it were four times as many has a probability below 10^-12.
    guesses = [password for password in slow_verifications if password != PASSWORD]
    assert len(guesses) < 400 / LET_THROUGH * 4 + 5
    assert slow_verifications.count(PASSWORD) == 20


async def test_as_few_guesses_at_an_address_that_nobody_has_are_verified(service, practice, slow_verifications):
    nobody = replace(practice.administrator, email="nobody-is-guessed-at@example.com")
    await botnet(service, nobody, rules.GUESSED_AT)
    slow_verifications.clear()

    assert set(await botnet(service, nobody, 400, first=5000, at_once=48)) == {"invalid_credentials"}
    assert 0 < len(slow_verifications) < 400 / LET_THROUGH * 4 + 5


async def test_while_nobody_guesses_every_password_is_verified(service, practice, slow_verifications):
    for number in range(20):
        await guess(service, practice.administrator, number)

    assert len(slow_verifications) == 20


async def test_a_flood_at_many_accounts_takes_next_to_no_verifications_either(service, practice, slow_verifications):
    await service.login(practice.administrator)
    strangers = [replace(practice.administrator, email=f"stranger-{number}@example.com") for number in range(300)]
    flood = asyncio.gather(*(guess(service, stranger, number) for number, stranger in enumerate(strangers)))
    signed_in = await service.login(practice.administrator, address="198.51.103.1")
    assert signed_in.user.id == str(practice.administrator.id)
    await flood

    # Those that found a thread free were verified, and of the others one in 32.
    assert len(slow_verifications) < 300


async def test_a_sign_in_makes_a_hash_of_an_earlier_version_one_that_rules_guesses_out(service, practice):
    owner, check = practice.administrator, QuickCheck(practice.runtime.keyring)
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await service.tamper("UPDATE identity.users SET password_hash = $2 WHERE id = $1", owner.id, old)
    await service.login(owner)

    async with service.environment.superuser() as connection:
        made = await connection.fetchval("SELECT password_hash FROM identity.users WHERE id = $1", owner.id)
    assert not check.rules_out(PASSWORD, made, b"")
    assert any(check.rules_out(f"guess number {n}", made, b"") for n in range(50))
    await service.login(owner)


# --- locks ---


@pytest.fixture
async def locking(service, hospital):
    """A hospital that locks accounts after three failures."""
    request = workspaces_pb2.UpdateWorkspaceRequest()
    request.mask.paths.append("settings")
    request.settings.update({"lock_after_failures": 3})
    await service.workspaces.UpdateWorkspace(request, await service.signed_in(hospital.administrator))
    return hospital


async def test_where_a_workspace_locks_accounts_failures_lock_them_and_are_told(service, locking):
    nurse = await locking.add_user("nurse")
    device = (await service.login(nurse)).device_token
    admin = await service.signed_in(locking.administrator)
    for number in range(3):
        assert await guess(service, nurse, number) == "invalid_credentials"

    # The right password gets the reply to a wrong one: whether an account is locked is nobody's business.
    with pytest.raises(Unauthenticated) as refused:
        await service.login(nurse, address="198.51.100.210")
    assert refused.value.code == "invalid_credentials"
    found = await service.users.GetUser(users_pb2.GetUserRequest(user_id=str(nurse.id)), admin)
    assert found.is_locked
    assert 1700 < found.locked_until.seconds - found.last_login_at.seconds <= 1900
    assert await service.notices(nurse) == [events_pb2.SECURITY_NOTICE_ACCOUNT_LOCKED]
    assert len(await service.lines("lock_user", locking.workspace_id)) == 1
    # Neither the person's own device nor a link waits.
    await service.login(nurse, device=device)
    await service.verify(await service.request_link(nurse))


async def test_an_administrator_unlocks_an_account(service, locking):
    nurse = await locking.add_user("nurse")
    for number in range(3):
        await guess(service, nurse, number)
    admin = await service.signed_in(locking.administrator)

    unlocked = await service.users.UnlockUser(users_pb2.UnlockUserRequest(user_id=str(nurse.id)), admin)

    assert not unlocked.is_locked
    assert not unlocked.HasField("locked_until")
    signed_in = await service.login(nurse, address="198.51.100.211")
    assert len(await service.lines("unlock_user", locking.workspace_id)) == 1
    with pytest.raises(Forbidden):
        await service.users.UnlockUser(users_pb2.UnlockUserRequest(user_id=str(nurse.id)), service.bearer(signed_in))
    stranger = await service.open_workspace()
    with pytest.raises(NotFound):
        request = users_pb2.UnlockUserRequest(user_id=str(nurse.id))
        await service.users.UnlockUser(request, await service.signed_in(stranger.administrator))


async def test_an_attempt_that_finds_no_place_does_not_end_a_lock(service, locking, monkeypatch):
    nurse = await locking.add_user("nurse")
    for number in range(3):
        await guess(service, nurse, number)
    turns = locking.runtime.once(password_hasher)._turns
    with monkeypatch.context() as full:
        full.setattr(turns, "_free", 0)
        full.setattr(turns, "_queue", 0)
        with pytest.raises(Unavailable):
            await service.login(nurse, address="198.51.100.214")

    with pytest.raises(Unauthenticated):
        await service.login(nurse, address="198.51.100.215")


async def test_a_lock_ends_by_itself(service, locking):
    nurse = await locking.add_user("nurse")
    for number in range(3):
        await guess(service, nurse, number)
    await service.tamper(
        "UPDATE identity.login_attempts SET blocked_until = clock_timestamp()"
        " WHERE account = (SELECT email_index FROM identity.sign_ins WHERE user_id = $1)",
        nurse.id,
    )

    assert not (await service.login(nurse, address="198.51.100.212")).user.is_locked


async def test_no_account_is_locked_where_the_workspace_does_not_ask_for_it(service, hospital):
    for number in range(30):
        await guess(service, hospital.administrator, number)

    assert not (await service.login(hospital.administrator, address="198.51.100.213")).user.is_locked
    assert await service.notices(hospital.administrator) == []


# --- two at the same moment ---


@pytest.mark.parametrize("purposes", [(), ("password",)], ids=["all", "of a purpose"])
async def test_forgetting_the_attempts_at_an_account_and_counting_one_do_not_wait_for_each_other(service, practice, purposes):
    runtime, email_index = practice.runtime, uuid7().bytes
    throttle = LoginThrottle(runtime.keyring, DeviceTokens(runtime.keyring))

    # The order of the rows in the index is another for each source.
    for number in range(8):
        work = runtime.background(None)
        work.context = replace(work.context, ip_address=f"198.51.104.{number}")
        attempt = throttle.password_attempt(email_index, None, "", work)
        async with runtime.database.transaction(None, seconds=10) as tx:
            await throttle.count(tx, attempt)
        async with service.environment.superuser() as connection, runtime.database.transaction(None, seconds=30) as counting:
            await throttle._count(counting, attempt, attempt.guesses)
            forgetting = asyncio.create_task(forget(runtime, throttle, email_index, purposes))
            await until_it_waits(connection)
            await throttle.count(counting, attempt)
        await forgetting

        async with service.environment.superuser() as connection:
            left = await connection.fetchval("SELECT count(*) FROM identity.login_attempts WHERE account = $1", email_index)
        assert left == 0


async def forget(runtime, throttle, email_index, purposes):
    async with runtime.database.transaction(None, seconds=30) as tx:
        await throttle.forget(tx, email_index, *purposes)


async def until_it_waits(connection):
    """Until a statement of this database waits for a lock."""
    async with asyncio.timeout(20):
        while not await connection.fetchval(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()"
        ):
            await asyncio.sleep(0.01)

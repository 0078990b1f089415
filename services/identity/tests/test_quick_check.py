"""Most wrong passwords are ruled out by a digest, a right one never is: quickly decided, without a server."""

import argon2
import pytest

from chassis.encryption.keyring import Keyring
from identity.credentials.quick_check import LET_THROUGH, SALT_BYTES, QuickCheck

PASSWORD = "correct horse battery"
ACCOUNT = b"a digest of an address"
HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def check():
    return QuickCheck(Keyring("1", {"1": b"k" * 32}, b"i" * 32))


def hash_of(check, password):
    return HASHER.hash(password, salt=check.new_salt(password))


def share_ruled_out(check, stored_hash, *, account=ACCOUNT, guesses=3200):
    return sum(check.rules_out(f"guess number {n}", stored_hash, account) for n in range(guesses)) / guesses


def test_a_right_password_is_never_ruled_out(check):
    for password in (PASSWORD, "", "\N{SNOWMAN} und Umlaute", "p" * 257, *(f"password {n}" for n in range(200))):
        stored = hash_of(check, password)
        assert HASHER.verify(stored, password)
        assert not check.rules_out(password, stored, ACCOUNT)


def test_one_wrong_password_in_32_is_let_through_whether_or_not_anybody_has_the_address(check):
    expected = 1 - 1 / LET_THROUGH
    assert LET_THROUGH == 32
    for stored_hash in (hash_of(check, PASSWORD), hash_of(check, PASSWORD), None):
        assert share_ruled_out(check, stored_hash) == pytest.approx(expected, abs=0.02)


def test_which_are_let_through_is_an_accounts_own_and_stays_so(check):
    def let_through(stored_hash, account=ACCOUNT):
        return {n for n in range(640) if not check.rules_out(f"guess number {n}", stored_hash, account)}

    stored = hash_of(check, PASSWORD)
    answers = [let_through(stored), let_through(hash_of(check, PASSWORD)), let_through(None), let_through(None, b"another")]
    assert len({frozenset(each) for each in answers}) == 4
    assert (let_through(stored), let_through(None)) == (answers[0], answers[2])


def test_a_hash_of_an_earlier_version_rules_nothing_out(check):
    assert share_ruled_out(check, HASHER.hash(PASSWORD), guesses=100) == 0


def test_the_salt_is_random_but_for_bits_that_only_the_keyring_explains(check):
    salts = [check.new_salt(PASSWORD) for _ in range(64)]
    assert {len(salt) for salt in salts} == {SALT_BYTES}
    assert len({salt[:16] for salt in salts}) == 64
    assert max(salt[16] for salt in salts) < LET_THROUGH
    assert len({salt[16] for salt in salts}) > 8
    # With another keyring the same hash says nothing about the password.
    another = QuickCheck(Keyring("1", {"1": b"k" * 32}, b"j" * 32))
    assert any(another.rules_out(PASSWORD, HASHER.hash(PASSWORD, salt=salt), ACCOUNT) for salt in salts)

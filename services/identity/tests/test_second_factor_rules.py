"""Which one-time passwords are right at which moment, and what backup codes look like."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest

from chassis.errors import Conflict, Forbidden, Invalid, Unauthenticated
from identity.roles import ADMINISTRATOR_ROLE, ROLES_BY_KIND
from identity.second_factors import rules

ONE, OTHER = UUID(int=1), UUID(int=2)

# The secret and the codes of RFC 4226, appendix D: the code of a step is the one at its number.
SECRET = base64.b32encode(b"12345678901234567890").decode()
CODES = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


def step_of(code, seconds):
    return rules.step_of(SECRET, code, datetime.fromtimestamp(seconds, UTC))


# --- codes of an authenticator ---


@pytest.mark.parametrize("seconds", [150, 150.5, 179, 179.999])
def test_the_codes_of_this_step_of_30_seconds_and_of_its_neighbours_are_right(seconds):
    assert [step_of(code, seconds) for code in CODES] == [None, None, None, None, 4, 5, 6, None, None, None]


def test_a_step_begins_every_30_seconds():
    assert step_of(CODES[3], 149) == 3
    assert step_of(CODES[3], 150) is None
    assert step_of(CODES[7], 179) is None
    assert step_of(CODES[7], 180) == 7


@pytest.mark.parametrize("code", ["", "25467", "2546766", "254 676", "٢٥٤٦٧٦", "abcdef"])
def test_any_other_text_is_the_code_of_no_step(code):
    assert step_of(code, 150) is None


def test_the_code_is_another_one_with_another_secret():
    other = base64.b32encode(b"another secret of 20").decode()
    assert [rules.step_of(other, code, datetime.fromtimestamp(150, UTC)) for code in CODES] == [None] * 10


def test_an_authenticator_has_codes_of_six_digits():
    for code in ("123456", "000000"):
        assert rules.is_totp(code)
    for code in ("", "12345", "1234567", "12345a", "abcdef", "abcd2345", "١٢٣٤٥٦", "12345²", " 12345"):
        assert not rules.is_totp(code)


def test_a_secret_has_160_bits_and_is_never_given_twice():
    secrets = {rules.new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(base64.b32decode(secret)) * 8 for secret in secrets} == {160}


def test_an_authenticator_is_told_the_product_the_person_and_the_secret():
    address = urlsplit(rules.otpauth(SECRET, email="ada@example.com"))
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/Caseload:ada@example.com")
    assert parse_qs(address.query) == {"secret": [SECRET], "issuer": ["Caseload"]}


# --- backup codes ---


def test_ten_different_backup_codes_of_eight_characters_are_given_out():
    codes = rules.new_backup_codes()
    assert len(set(codes)) == len(codes) == 10
    assert {len(code) for code in codes} == {8}
    assert set(codes).isdisjoint(rules.new_backup_codes())


def test_backup_codes_have_no_characters_that_look_like_others_and_all_the_rest():
    used = {character for _ in range(100) for code in rules.new_backup_codes() for character in code}
    assert used == set("0123456789abcdefghijklmnopqrstuvwxyz") - set("01ilo")


def test_no_backup_code_is_taken_for_one_of_an_authenticator():
    assert not any(map(rules.is_totp, rules.new_backup_codes()))


@pytest.mark.parametrize("typed", ["abcd2345", "ABCD2345", " abcd 2345\n", "abcd-2345", "A-b-C-d 2 3 4 5", "--abcd\t2345"])
def test_a_code_may_be_typed_with_blanks_hyphens_and_capitals(typed):
    assert rules.normalize(typed) == "abcd2345"


# --- refusals ---


def test_a_wrong_code_is_refused_at_its_field():
    refusal = rules.wrong_code("/code")
    assert (type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]) == (Invalid, "second_factor_wrong", ["/code"])


def test_who_does_not_come_through_the_second_step_is_not_signed_in():
    for refusal, code in ((rules.wrong_second_step(), "second_factor_wrong"), (rules.second_step_over(), "second_step_over")):
        assert (type(refusal), refusal.code, refusal.faults) == (Unauthenticated, code, ())


@pytest.mark.parametrize(
    ("first", "has_totp", "has_passkey", "methods"),
    [
        ("pwd", True, True, ["totp", "passkey"]),
        ("pwd", True, False, ["totp"]),
        ("pwd", False, True, ["passkey"]),
        ("pwd", False, False, []),
        ("link", True, True, ["totp", "passkey"]),
        ("link", True, False, ["totp"]),
        ("link", False, True, []),
        ("link", False, False, []),
    ],
)
def test_whom_a_first_step_asks_for_a_second_one(first, has_totp, has_passkey, methods):
    assert rules.methods(first, has_totp=has_totp, has_passkey=has_passkey) == methods


# --- who removes whose ---


def refused_removal(role, by_role, *, own=False, is_platform_admin=False):
    try:
        rules.check_removal(ONE, role, is_platform_admin=is_platform_admin, by=ONE if own else OTHER, by_role=by_role)
    except Forbidden as refusal:
        return refusal.code
    return None


def test_an_administrator_removes_a_second_factor_of_anybody_else():
    for kind, administrator in ADMINISTRATOR_ROLE.items():
        for role in ROLES_BY_KIND[kind]:
            assert refused_removal(role, administrator) is None
            assert refused_removal(role, administrator, own=True) == "own_second_factor"


def test_nobody_removes_that_of_an_administrator_and_no_program_removes_any():
    assert refused_removal("owner", "therapist") == "permission_denied"
    assert refused_removal("admin", "head_doctor") == "permission_denied"
    assert refused_removal("nurse", "head_doctor") is None
    assert refused_removal("owner", "owner", is_platform_admin=True) == "permission_denied"
    for nobody in (None, "", "api_key"):
        assert refused_removal("nurse", nobody) == "permission_denied"


def test_a_second_factor_that_lets_in_elsewhere_too_is_not_removed():
    rules.check_belongs_here_alone(memberships=1)
    with pytest.raises(Conflict) as refused:
        rules.check_belongs_here_alone(memberships=2)
    assert refused.value.code == "belongs_elsewhere_too"
    missing = rules.no_second_factor()
    assert (type(missing), missing.code) == (Conflict, "second_factor_not_enrolled")

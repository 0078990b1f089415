"""Which e-mail addresses are accepted, which are equal, and which memberships of a person count."""

import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from identity.people.rules import (
    Membership,
    check_email,
    check_new_email,
    is_of_the_person,
    is_unmistakable,
    is_whole,
    memberships_to_sign_in_to,
    normalize_email,
    person_of_rows,
)


@given(st.emails())
def test_an_address_has_one_normal_form(email):
    assert normalize_email(normalize_email(email)) == normalize_email(f"  {email} ")


@pytest.mark.parametrize("address", ["", "x", "a b@c", "a@b@c", "@b", "a@", "a@b\n"])
def test_a_malformed_address_is_refused(address):
    if address.strip() == "a@b":
        assert check_email(address) == "a@b"
    else:
        with pytest.raises(Invalid):
            check_email(address)


def test_an_address_has_up_to_64_signs_before_its_at_and_253_after_it():
    longest = f"{'x' * 64}@{'y' * 253}"
    assert check_email(longest) == longest
    for address in (f"x{longest}", f"{longest}y"):
        with pytest.raises(Invalid):
            check_email(address)


@pytest.mark.parametrize("spelling", ["ADA@Example.com", " ada@example.com\n", "\uff41da@example.com"])
def test_the_spellings_of_an_address_are_one_address(spelling):
    assert normalize_email(spelling) == "ada@example.com"


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com",
        " Ada@EXAMPLE.com ",
        "jos\u00e9@example.com",
        "J\u00d6RG@m\u00fcnchen.example",
        "\u7528\u6237@\u4f8b\u3048.example",
        "doc@xn--fa-hia.example",
    ],
)
def test_somebody_is_added_with_an_address_that_is_nobody_elses(address):
    assert check_new_email(address) == address.strip()


def test_a_composed_letter_is_kept_as_one():
    assert check_new_email("jose\u0301@example.com") == "jos\u00e9@example.com"


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("doc@fa\u00df.example", "doc@fass.example"),
        ("doc@FA\u1e9e.example", "doc@fass.example"),
        ("doc@\u03bd\u03af\u03ba\u03bf\u03c2.example", "doc@\u03bd\u03af\u03ba\u03bf\u03c3.example"),
        ("\u017fam@example.com", "sam@example.com"),
        ("\ufb01ona@example.com", "fiona@example.com"),
        ("\uff41da@example.com", "ada@example.com"),
        ("ada@example.com\u2024example", "ada@example.com.example"),
    ],
)
def test_nobody_is_added_with_an_address_that_passes_for_anothers(address, other):
    assert normalize_email(address) == normalize_email(other)
    assert not is_unmistakable(address)
    with pytest.raises(Invalid) as refused:
        check_new_email(address)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("email_invalid", ["/email"])


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_two_unmistakable_addresses_of_one_normal_form_differ_by_upper_case_alone(one, other):
    if is_unmistakable(one) and is_unmistakable(other) and normalize_email(one) == normalize_email(other):
        assert unicodedata.normalize("NFC", one.strip()).lower() == unicodedata.normalize("NFC", other.strip()).lower()


# --- memberships ---

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WORKSPACES = [UUID(int=n) for n in range(1, 5)]


def row(n, *, created=0, proved=None):
    """The user of one workspace, `created` and `proved` so many minutes after nine."""
    proved_at = None if proved is None else NOW + timedelta(minutes=proved)
    times = {"created_at": NOW + timedelta(minutes=created), "proved_at": proved_at}
    return {"email_index": b"e", "workspace_id": WORKSPACES[n], "user_id": UUID(int=100 + n), **times}


def user(n):
    return Membership(WORKSPACES[n], UUID(int=100 + n))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([row(0)], [0]),
        ([row(0, proved=3)], [0]),
        ([row(0, created=2), row(1, created=1)], [1]),
        ([row(0, created=1), row(1, created=2, proved=9)], [1]),
        ([row(0, created=1, proved=9), row(1, created=2, proved=8), row(2, created=0)], [1, 0]),
        ([row(0, created=2, proved=5), row(1, created=1, proved=5)], [1, 0]),
        ([row(1, proved=5), row(0, proved=5)], [0, 1]),
        ([row(1), row(0)], [0]),
    ],
)
def test_the_first_who_proved_the_address_lets_in_and_else_the_first_who_was_added(rows, expected):
    for permuted in permutations(rows):
        assert memberships_to_sign_in_to(permuted) == [user(n) for n in expected]


def test_a_person_has_the_memberships_that_are_proved_and_the_first_of_them_for_a_home():
    rows = [row(0, created=0), row(1, created=1, proved=7), row(2, created=2, proved=6)]
    person = person_of_rows(rows, user(1))
    assert (person.own, person.home, person.memberships, person.email_index) == (user(1), user(2), (user(2), user(1)), b"e")
    assert (person.is_proved, person.credentials_count, person.is_shut_out) == (True, False, False)
    assert person.in_workspace(WORKSPACES[2]) == user(2)
    assert person.in_workspace(WORKSPACES[0]) is None
    assert person_of_rows(rows, user(2)).credentials_count


def test_who_has_not_proved_the_address_stands_alone():
    rows = [row(0, created=0), row(1, created=1, proved=7)]
    alone = person_of_rows(rows, user(0))
    assert (alone.own, alone.home, alone.memberships) == (user(0), user(0), (user(0),))
    assert (alone.is_proved, alone.credentials_count, alone.is_shut_out) == (False, False, True)
    only = person_of_rows(rows[:1], user(0))
    assert (only.credentials_count, only.is_shut_out) == (True, False)
    first, second = (person_of_rows([row(0, created=0), row(3, created=1)], user(n)) for n in (0, 3))
    assert (first.is_shut_out, second.is_shut_out, second.home) == (False, True, user(3))


@pytest.mark.parametrize("amr", [["pwd"], ["link"], ["passkey"], ["pwd", "otp"], ["pwd", "passkey"], ["link", "otp"]])
def test_steps_that_only_the_person_can_make_are_the_persons(amr):
    assert is_of_the_person(amr)
    assert is_whole(amr, second_factor=False)
    assert is_whole(amr, second_factor=True) is (not {"otp", "passkey"}.isdisjoint(amr))


@pytest.mark.parametrize("amr", [[], ["sso"], ["invitation"], ["key"], ["otp"], ["sso", "otp"], ["invitation", "pwd"]])
def test_steps_that_others_can_make_are_not(amr):
    assert not is_of_the_person(amr)
    for second_factor in (True, False):
        assert not is_whole(amr, second_factor=second_factor)

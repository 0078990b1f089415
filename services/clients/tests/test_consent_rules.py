"""What may be recorded of a consent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid
from clients.consents import rules

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def faults(text_version="2026-03", given_at=NOW):
    with pytest.raises(Invalid) as refused:
        rules.check_consent(text_version, given_at, now=NOW)
    assert refused.value.code == "consent_invalid"
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=100), st.timedeltas(timedelta(0)))
def test_a_line_of_up_to_a_hundred_characters_that_was_agreed_to_in_the_past_is_kept(text_version, ago):
    rules.check_consent(text_version, max(NOW - min(ago, timedelta(days=700_000)), rules.EARLIEST), now=NOW)


@pytest.mark.parametrize("length", [0, 101])
def test_a_text_has_a_version(length):
    assert faults("v" * length) == [("/text_version", "must have 1 to 100 characters")]


@pytest.mark.parametrize("text_version", ["a\nb", "a\x00b", "a\u2028b", "a\u200eb"])
def test_the_version_is_one_line_that_can_be_read(text_version):
    assert faults(text_version) == [("/text_version", "must be one line without control characters")]


def test_nobody_has_agreed_tomorrow_but_clocks_may_be_fast():
    rules.check_consent("2026-03", NOW + timedelta(minutes=5), now=NOW)
    assert faults("", NOW + timedelta(minutes=5, seconds=1)) == [
        ("/text_version", "must have 1 to 100 characters"),
        ("/given_at", "must not be in the future"),
    ]


def test_nobody_has_agreed_before_1900():
    rules.check_consent("2026-03", rules.EARLIEST, now=NOW)
    assert faults(given_at=rules.EARLIEST - timedelta(microseconds=1)) == [("/given_at", "must not be before 1900")]


def test_a_consent_is_withdrawn_once():
    rules.check_in_force(None)
    with pytest.raises(Conflict) as refused:
        rules.check_in_force(NOW)
    assert (refused.value.code, refused.value.facts) == ("consent_withdrawn", {"withdrawn_at": "2026-03-01T12:00:00Z"})

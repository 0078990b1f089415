"""How long login sessions and used refresh tokens last, and who needs a second factor."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.login_sessions.rules import idle_at, is_within_grace, may_do_nothing, needs_second_factor

moments = st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since)


@given(moments, st.integers(1, 100_000), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_the_idle_limit_is_never_later_than_the_absolute_limit(now, idle, left):
    assert idle_at(now, idle_seconds=idle, expires_at=now + left) <= now + left


@given(moments, st.timedeltas(timedelta(0), timedelta(minutes=5)))
def test_a_used_token_is_within_grace_for_ten_seconds_and_when_clocks_differ(used, later):
    assert is_within_grace(used + later, used, grace_seconds=10) == (later <= timedelta(seconds=10))
    assert is_within_grace(used - later, used, grace_seconds=10)


def required(value):
    return {"second_factor_required": value}


@pytest.mark.parametrize("settings", [required(True), required(["owner"]), required(["therapist", "owner"])])
def test_a_workspace_requires_a_second_factor_of_everybody_or_of_some_roles(settings):
    assert needs_second_factor(settings, "owner")


@pytest.mark.parametrize(
    "settings",
    [None, {}, {"lock_after_failures": 3}, *map(required, (None, False, [], ["therapist"], "owner", "true", 1, {"owner": True}))],
)
def test_and_of_nobody_else(settings):
    assert not needs_second_factor(settings, "owner")


def test_where_one_is_required_a_sign_in_without_it_is_good_for_nothing_but_enrolling():
    for amr in ([], ["pwd"], ["email"]):
        assert may_do_nothing(required(True), "owner", amr)
        assert not may_do_nothing(required(False), "owner", amr)
    for settings in (required(True), required(False)):
        for amr in (["pwd", "otp"], ["link", "passkey"], ["passkey"]):
            assert not may_do_nothing(settings, "owner", amr)
    assert not may_do_nothing(required(["therapist"]), "owner", ["pwd"])

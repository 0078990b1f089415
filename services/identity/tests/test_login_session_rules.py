"""How long login sessions and used refresh tokens last."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from identity.login_sessions.rules import idle_at, is_within_grace

moments = st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since)


@given(moments, st.integers(1, 100_000), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_the_idle_limit_is_never_later_than_the_absolute_limit(now, idle, left):
    assert idle_at(now, idle_seconds=idle, expires_at=now + left) <= now + left


@given(moments, st.timedeltas(timedelta(0), timedelta(minutes=5)))
def test_a_used_token_is_within_grace_for_ten_seconds_and_when_clocks_differ(used, later):
    assert is_within_grace(used + later, used, grace_seconds=10) == (later <= timedelta(seconds=10))
    assert is_within_grace(used - later, used, grace_seconds=10)

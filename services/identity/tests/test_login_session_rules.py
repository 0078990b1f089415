"""How long login sessions and used refresh tokens last, and who needs a second factor."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Forbidden
from identity.login_sessions.rules import (
    check_is_recent,
    check_steps,
    idle_at,
    is_within_grace,
    may_do_nothing,
    means_of,
    needs_second_factor,
)
from identity.people.rules import Membership, Person

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


def test_a_workspaces_own_provider_sees_to_second_factors():
    assert not may_do_nothing(required(True), "owner", ["sso"])
    assert may_do_nothing(required(True), "owner", ["pwd"])


@pytest.mark.parametrize("role", ["therapist", "assistant", "doctor", "nurse", "operator", "head_doctor"])
def test_where_single_sign_on_is_required_no_other_proof_is_good(role):
    check_steps(["sso"], role, sso_required=True)
    for amr in (["pwd"], ["link"], ["pwd", "otp"], ["link", "otp"]):
        check_steps(amr, role, sso_required=False)
        with pytest.raises(Forbidden) as refused:
            check_steps(amr, role, sso_required=True)
        assert refused.value.code == "sso_required"


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_those_who_administer_the_workspace_get_in_where_the_provider_fails(role):
    for amr in (["pwd"], ["link", "otp"], ["sso"]):
        check_steps(amr, role, sso_required=True)


def test_a_sign_in_is_recent_for_fifteen_minutes():
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    check_is_recent(int(now.timestamp()) - 900, ["pwd"], now)
    with pytest.raises(Forbidden) as refused:
        check_is_recent(int(now.timestamp()) - 901, ["pwd"], now)
    assert (refused.value.code, refused.value.facts) == ("reauthentication_required", {"max_age": 900})


def test_a_sign_in_with_a_provider_is_recent_where_the_provider_has_asked():
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    check_is_recent(int(now.timestamp()), ["sso", "asked"], now)
    for amr, ago in ((["sso"], 0), (["sso", "asked"], 901)):
        with pytest.raises(Forbidden):
            check_is_recent(int(now.timestamp()) - ago, amr, now)


HERE, HOME = (Membership(UUID(int=number), UUID(int=number)) for number in (1, 2))


def person(*, home=HERE, is_proved=True, credentials_count=True):
    return Person(b"", HERE, home, (home, HERE), is_proved=is_proved, credentials_count=credentials_count)


def means(who, amr, role="therapist", *, sso_required=False, has_password=True, has_passkey=True):
    return means_of(who, amr, role, sso_required=sso_required, has_password=has_password, has_passkey=has_passkey)


@given(st.booleans(), st.booleans())
def test_whoever_signs_in_again_has_a_link_and_what_has_been_set_up(has_password, has_passkey):
    there = {"link"} | ({"password"} if has_password else set()) | ({"passkey"} if has_passkey else set())
    for who in (person(), person(home=HOME)):
        assert means(who, ["pwd"], has_password=has_password, has_passkey=has_passkey) == there
    for amr in (["sso"], ["invitation"]):
        assert means(person(), amr, has_password=has_password, has_passkey=has_passkey) == there
        # What there is elsewhere is not for a sign-in that others could have begun to know.
        assert means(person(home=HOME), amr, has_password=has_password, has_passkey=has_passkey) == {"link", "password", "passkey"}


def test_what_this_workspace_does_not_accept_is_none_of_the_means():
    assert means(person(), ["sso"], sso_required=True) == set()
    for role in ("owner", "admin"):
        assert means(person(), ["sso"], role, sso_required=True) == {"link", "password", "passkey"}


def test_what_leads_to_another_workspace_is_none_of_the_means():
    assert means(person(is_proved=False, credentials_count=False), ["sso"]) == set()
    assert means(person(is_proved=False), ["sso"]) == {"link", "password", "passkey"}
    assert means(person(home=HOME, credentials_count=False), ["pwd"]) == {"link", "password", "passkey"}

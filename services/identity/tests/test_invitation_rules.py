"""Who may be invited again, and which invitation is still good."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.errors import Conflict, Forbidden, Gone, Refusal, TooMany
from identity.invitations.rules import check_is_good, check_may_be_invited, check_may_see_invitation, check_not_too_many, invitation_over
from identity.roles import SCOPES_BY_ROLE

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def refused(call, **named):
    """The class and the code of a refusal; None where nothing is refused."""
    try:
        call(**named)
    except Refusal as refusal:
        return type(refusal), refusal.code
    return None


def test_a_user_who_has_never_signed_in_may_be_invited_again():
    assert refused(check_may_be_invited, is_active=True, last_login_at=None, is_blacklisted=False, is_shut_out=False) is None


def test_a_user_who_has_signed_in_needs_no_invitation():
    assert refused(check_may_be_invited, is_active=True, last_login_at=NOW, is_blacklisted=False, is_shut_out=False) == (
        Conflict,
        "invitation_accepted",
    )


def test_a_user_whom_nothing_lets_in_any_more_is_invited_again():
    assert refused(check_may_be_invited, is_active=True, last_login_at=NOW, is_blacklisted=False, is_shut_out=True) is None


def test_a_user_who_is_not_active_is_not_invited():
    for last_login_at in (None, NOW):
        refusal = refused(check_may_be_invited, is_active=False, last_login_at=last_login_at, is_blacklisted=False, is_shut_out=True)
        assert refusal == (Conflict, "user_inactive")


def test_a_user_is_mailed_ten_invitations_within_a_day():
    assert refused(check_not_too_many, mailed=9) is None
    with pytest.raises(TooMany) as refusal:
        check_not_too_many(10)
    assert (refusal.value.code, refusal.value.retry_after) == ("too_many_invitations", 86_400)


def test_an_invitation_is_good_until_the_moment_it_ends():
    assert refused(check_is_good, accepted_at=None, expires_at=NOW + MOMENT, now=NOW) is None
    for expires_at in (NOW, NOW - MOMENT):
        assert refused(check_is_good, accepted_at=None, expires_at=expires_at, now=NOW) == (Gone, "invitation_over")


def test_an_invitation_is_accepted_once():
    assert refused(check_is_good, accepted_at=NOW - MOMENT, expires_at=NOW + MOMENT, now=NOW) == (Gone, "invitation_over")


def test_whichever_way_an_invitation_is_over_it_is_told_alike():
    over = invitation_over()
    assert (type(over), over.code) == (Gone, "invitation_over")


@pytest.mark.parametrize("is_active", [True, False])
def test_whoever_is_blacklisted_is_not_invited(is_active):
    assert refused(check_may_be_invited, is_active=is_active, last_login_at=None, is_blacklisted=True, is_shut_out=True) == (
        Conflict,
        "email_blacklisted",
    )


def test_whoever_is_no_person_sees_no_invitation():
    for role in SCOPES_BY_ROLE:
        assert refused(check_may_see_invitation, role=role) is None
    for nobody in (None, "", "api_key"):
        assert refused(check_may_see_invitation, role=nobody) == (Forbidden, "permission_denied")

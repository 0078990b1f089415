"""Who may be invited again, and which invitation is still good. Pure functions."""

from datetime import datetime, timedelta

from chassis.errors import Conflict, Forbidden, Gone, TooMany
from identity.roles import SCOPES_BY_ROLE

# Within which time how many may be mailed to one user: an address may be somebody's who wants none.
COUNTED_FOR = timedelta(days=1)
_MOST = 10


def check_may_see_invitation(role: str | None) -> None:
    """Raise Forbidden for API keys: whoever sees an invitation can accept it, and has what the invited user may do."""
    if role not in SCOPES_BY_ROLE:
        raise Forbidden("permission_denied", "Your role does not permit this.")


def check_may_be_invited(*, is_active: bool, last_login_at: datetime | None, is_blacklisted: bool, is_shut_out: bool) -> None:
    """Raise Conflict for a user who is not active, whose address is blacklisted, or who got in already.

    Who got in, and is shut out by another workspace's proof of the address, may be invited.
    """
    if is_blacklisted:
        raise Conflict("email_blacklisted", "Nobody with this e-mail address is invited.")
    if not is_active:
        raise Conflict("user_inactive", "This user is not active.")
    if last_login_at is not None and not is_shut_out:
        raise Conflict("invitation_accepted", "This user has signed in already.")


def check_not_too_many(mailed: int) -> None:
    """Raise TooMany where so many invitations were mailed to the user within `COUNTED_FOR`."""
    if mailed >= _MOST:
        raise TooMany("too_many_invitations", "This user was mailed ten invitations within a day.", retry_after=COUNTED_FOR.total_seconds())


def check_is_good(*, accepted_at: datetime | None, expires_at: datetime, now: datetime) -> None:
    """Raise Gone for an invitation that was accepted, was replaced by a newer one, or is too old."""
    if accepted_at is not None or expires_at <= now:
        raise invitation_over()


def invitation_over() -> Gone:
    return Gone("invitation_over", "This invitation has been used or is too old; ask for a new one.")

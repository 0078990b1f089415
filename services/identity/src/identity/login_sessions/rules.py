"""How long login sessions and used refresh tokens last, and what a sign-in needs. Pure functions."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from chassis.errors import Forbidden
from identity.roles import ADMINISTRATOR_ROLE

# The step that is made at the workspace's OpenID provider.
SINGLE_SIGN_ON = "sso"

# The steps (`amr`, RFC 8176) that only somebody who has a second factor can make. A passkey that signs in alone has verified its user:
# it is two factors, what the person has and what they know or are. A workspace's own provider sees to second factors itself.
_SECOND_STEPS = frozenset({"otp", "passkey", SINGLE_SIGN_ON})


def needs_second_factor(settings: Mapping[str, Any] | None, role: str) -> bool:
    """Whether the workspace requires a second factor of this role: `second_factor_required` is true, or a list of roles."""
    required = (settings or {}).get("second_factor_required", False)
    return required is True or (isinstance(required, list) and role in required)


def may_do_nothing(settings: Mapping[str, Any] | None, role: str, amr: Collection[str]) -> bool:
    """Whether a sign-in of these steps is good for enrolling a second factor alone."""
    return needs_second_factor(settings, role) and _SECOND_STEPS.isdisjoint(amr)


def check_steps(amr: Collection[str], role: str, *, sso_required: bool) -> None:
    """Raise Forbidden for a sign-in by other means than the provider that the workspace requires.

    Those who administer the workspace may: they have to get in where the provider fails.
    """
    if sso_required and SINGLE_SIGN_ON not in amr and role not in ADMINISTRATOR_ROLE.values():
        raise Forbidden("sso_required", "This workspace requires that you sign in with its own provider.")


def idle_at(now: datetime, *, idle_seconds: int, expires_at: datetime) -> datetime:
    """When the session of a user who is not active ends: after the idle time, but never later than `expires_at`."""
    return min(now + timedelta(seconds=idle_seconds), expires_at)


def is_within_grace(now: datetime, used_at: datetime, *, grace_seconds: int) -> bool:
    """Whether a refresh token that is used twice may come from two requests sent at the same moment. If not, it was copied."""
    return now - used_at <= timedelta(seconds=grace_seconds)

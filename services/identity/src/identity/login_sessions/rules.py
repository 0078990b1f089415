"""How long login sessions and used refresh tokens last, and what a sign-in needs. Pure functions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.errors import Forbidden
from identity.people.rules import SECOND_STEPS, Person, is_of_the_person
from identity.roles import ADMINISTRATOR_ROLE

# The step that is made at the workspace's OpenID provider, which sees to second factors itself.
SINGLE_SIGN_ON = "sso"
# That at which the provider has asked the person for it just now: most sign people in again without asking.
ASKED = "asked"
# So long a sign-in is good for what decides who gets in from then on (NIST SP 800-63B, 7.2: reauthentication).
SECONDS_A_PROOF_IS_RECENT = 900


def needs_second_factor(settings: Mapping[str, Any] | None, role: str) -> bool:
    """Whether the workspace requires a second factor of this role: `second_factor_required` is true, or a list of roles."""
    required = (settings or {}).get("second_factor_required", False)
    return required is True or (isinstance(required, list) and role in required)


def may_do_nothing(settings: Mapping[str, Any] | None, role: str, amr: Collection[str]) -> bool:
    """Whether a sign-in of these steps is good for enrolling a second factor alone."""
    return needs_second_factor(settings, role) and {*SECOND_STEPS, SINGLE_SIGN_ON}.isdisjoint(amr)


def check_steps(amr: Collection[str], role: str, *, sso_required: bool) -> None:
    """Raise Forbidden for a sign-in by other means than the provider that the workspace requires.

    Those who administer the workspace may: they have to get in where the provider fails.
    """
    if sso_required and SINGLE_SIGN_ON not in amr and role not in ADMINISTRATOR_ROLE.values():
        raise Forbidden("sso_required", "This workspace requires that you sign in with its own provider.")


def means_of(
    person: Person, amr: Sequence[str], role: str | None, *, sso_required: bool, has_password: bool, has_passkey: bool
) -> frozenset[str]:
    """By what the caller, of this role, can sign in again and go on in this workspace: "password", "link", "passkey". The provider is another matter.

    `has_password` and `has_passkey` are those of the person's home. A sign-in of these steps that others could have begun learns neither
    where the home is another workspace: both are among its means then.
    """
    if person.is_shut_out or (sso_required and role not in ADMINISTRATOR_ROLE.values()):
        return frozenset()
    is_told = is_of_the_person(amr) or person.home == person.own
    had = {"link": True, "password": has_password or not is_told, "passkey": has_passkey or not is_told}
    return frozenset(means for means, is_there in had.items() if is_there)


def check_is_recent(auth_time: int, amr: Collection[str], now: datetime) -> None:
    """Raise Forbidden unless the caller has signed in within the last 15 minutes: `auth_time`, in seconds since 1970.

    A provider that has signed the person in without asking has proved nothing about who sits there.

    Whoever has found or stolen a login session may not make a way in of their own.
    """
    is_silent = SINGLE_SIGN_ON in amr and ASKED not in amr
    if is_silent or now.timestamp() - auth_time > SECONDS_A_PROOF_IS_RECENT:
        message = "Sign in again to do this: it decides who gets in from now on."
        raise Forbidden("reauthentication_required", message, facts={"max_age": SECONDS_A_PROOF_IS_RECENT})


def idle_at(now: datetime, *, idle_seconds: int, expires_at: datetime) -> datetime:
    """When the session of a user who is not active ends: after the idle time, but never later than `expires_at`."""
    return min(now + timedelta(seconds=idle_seconds), expires_at)


def is_within_grace(now: datetime, used_at: datetime, *, grace_seconds: int) -> bool:
    """Whether a refresh token that is used twice may come from two requests sent at the same moment. If not, it was copied."""
    return now - used_at <= timedelta(seconds=grace_seconds)

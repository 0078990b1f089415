"""Which API keys may be made. Pure functions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict, Fault, Forbidden, Invalid
from identity.roles import SCOPES_BY_ROLE

MOST_KEYS = 100
# Who made a key that no user has made.
OPERATOR = UUID(int=0)
_LONGEST_NAME = 100


def check_key(name: str, scopes: Sequence[str], expires_at: datetime | None, *, known: Collection[str], now: datetime) -> str:
    """The name without surrounding white space. Raises Invalid with a fault for every wrong field; `known` are the scopes that keys may have."""
    faults = []
    if not 1 <= len(name.strip()) <= _LONGEST_NAME:
        faults.append(Fault("/name", f"must have 1 to {_LONGEST_NAME} characters"))
    if not scopes:
        faults.append(Fault("/scopes", "must name at least one scope"))
    faults += [Fault(f"/scopes/{index}", "is no scope that a key may have") for index, scope in enumerate(scopes) if scope not in known]
    if expires_at is not None and expires_at <= now:
        faults.append(Fault("/expires_at", "must be in the future"))
    if faults:
        raise Invalid("api_key_invalid", "This key cannot be made.", faults=faults)
    return name.strip()


def check_may_make(role: str | None) -> None:
    """Raise Forbidden for API keys: the successor of a key that leaked would outlive it."""
    if role not in SCOPES_BY_ROLE:
        raise Forbidden("permission_denied", "Your role does not permit this.")


def check_held(scopes: Collection[str], held: Collection[str]) -> None:
    """Raise Forbidden for a scope that whoever makes the key lacks."""
    if not set(scopes) <= set(held):
        raise Forbidden("scope_not_held", "Nobody gives a key what they may not do themselves.")


def check_number(keys: int) -> None:
    """Raise Conflict if the workspace has as many keys as it may."""
    if keys >= MOST_KEYS:
        raise Conflict("too_many_api_keys", f"A workspace has at most {MOST_KEYS} keys.")

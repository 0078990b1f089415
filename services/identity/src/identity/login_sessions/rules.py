"""How long login sessions and used refresh tokens last. Pure functions."""

from datetime import datetime, timedelta


def idle_at(now: datetime, *, idle_seconds: int, expires_at: datetime) -> datetime:
    """When the session of a user who is not active ends: after the idle time, but never later than `expires_at`."""
    return min(now + timedelta(seconds=idle_seconds), expires_at)


def is_within_grace(now: datetime, used_at: datetime, *, grace_seconds: int) -> bool:
    """Whether a refresh token that is used twice may come from two requests sent at the same moment. If not, it was copied."""
    return now - used_at <= timedelta(seconds=grace_seconds)

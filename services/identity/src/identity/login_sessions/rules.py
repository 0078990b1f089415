"""How long a login session lasts."""

from datetime import datetime, timedelta


def idle_at(now: datetime, *, idle_seconds: int, expires_at: datetime) -> datetime:
    """When a sign-in is over unless the person is active: never later than it is over anyway."""
    return min(now + timedelta(seconds=idle_seconds), expires_at)


def in_grace(now: datetime, used_at: datetime, *, grace_seconds: int) -> bool:
    """Whether a used refresh token may be an honest latecomer of requests that raced; after that it is a thief's or its victim's."""
    return now - used_at <= timedelta(seconds=grace_seconds)

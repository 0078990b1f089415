"""Whose feeds there are, and what they tell."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import Conflict, Forbidden, NotFound

MAX_FEEDS = 5
# What a feed tells of: from so long ago until so far ahead, and what was cancelled for so long after that.
PAST, FUTURE, CANCELLED = timedelta(days=31), timedelta(days=366), timedelta(days=30)
# The next ones, in a calendar that is fuller than that.
MAX_EVENTS = 5000
# By which the time of the last reading may be wrong.
READ_NOTED = timedelta(minutes=1)
_OF_OTHERS = "catalogue:write"


def check_own_or_managed(practitioner_id: UUID, caller: UUID, scopes: Collection[str]) -> None:
    """Raises Forbidden for feeds of somebody else, unless the caller manages the workspace."""
    if practitioner_id != caller and _OF_OTHERS not in scopes:
        raise Forbidden("permission_denied", "Your role does not allow this.")


def check_another(number: int) -> None:
    """Raises Conflict where the practitioner has so many feeds that there may be no further one."""
    if number >= MAX_FEEDS:
        raise Conflict("too_many_calendar_feeds", f"There are {MAX_FEEDS} calendar feeds already; delete one of them first.")


def feed_void() -> NotFound:
    """The refusal of every address that leads to no feed."""
    return NotFound("calendar_feed_not_found", "There is no calendar at this address any more.")


def window(now: datetime) -> tuple[datetime, datetime]:
    """What a feed tells of, in whole days, so that it stays the same for as long as nothing changes."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - PAST, today + FUTURE


def initials(first_name: str, last_name: str) -> str:
    """As in A.L."""
    letters = [name.strip()[:1].upper() for name in (first_name, last_name)]
    return "".join(f"{letter}." for letter in letters if letter)

"""When a reminder goes out, and when it had better not."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chassis.errors import Fault, Invalid

# Whoever books this shortly before the start knows.
LEAST_NOTICE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(minutes=15)


def check_hours_before(hours: int) -> int:
    if not 1 <= hours <= 720:
        raise Invalid(
            "hours_before_range", "A reminder goes out 1 to 720 hours before.", faults=[Fault("/hours_before", "must be from 1 to 720")]
        )
    return hours


def due(hours_before: Iterable[int], starts_at: datetime, *, now: datetime) -> dict[int, datetime]:
    """When each of these rules falls due for an appointment that becomes known now.

    Of those whose time has passed already only the nearest to the start is left, and is due at once: one mail says
    what they all would have. Nothing is due for what has begun, or begins within LEAST_NOTICE.
    """
    if starts_at <= now + LEAST_NOTICE:
        return {}
    times = {hours: starts_at - timedelta(hours=hours) for hours in hours_before}
    ahead = {hours: time for hours, time in times.items() if time > now}
    if passed := times.keys() - ahead.keys():
        ahead[min(passed)] = now
    return ahead


def again_at(attempts: int, *, first_pause: timedelta, now: datetime, until: datetime) -> datetime | None:
    """When to try once more after so many attempts; None when that would be too late."""
    pause = min(first_pause * 2.0 ** min(attempts - 1, 20), _LONGEST_PAUSE)
    return now + pause if now + pause < until else None


def zone(client_zone: str, workspace_zone: str) -> ZoneInfo:
    """The client's own time zone, else the workspace's."""
    return ZoneInfo(client_zone or workspace_zone)


def spoken_day(starts_at: datetime, there: ZoneInfo) -> str:
    """The date in words, like Friday, 20 November 2026."""
    local = starts_at.astimezone(there)
    return f"{local:%A}, {local.day} {local:%B} {local.year}"


def spoken_time(starts_at: datetime, there: ZoneInfo, locale: str) -> str:
    """The time of day with its zone, like 14:30 CET, or 2:30 PM CST where the clock has twelve hours."""
    local = starts_at.astimezone(there)
    name = local.tzname() or there.key
    if locale.replace("_", "-").startswith(("en-US", "en-CA", "en-AU")):
        return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'} {name}"
    return f"{local:%H:%M} {name}"

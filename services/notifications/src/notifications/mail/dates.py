"""Dates and times as mails say them, in the reader's own time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo


def zone(client_zone: str, workspace_zone: str) -> ZoneInfo:
    """The client's time zone if set, else the workspace's. Raises ZoneInfoNotFoundError or ValueError for an unknown name."""
    return ZoneInfo(client_zone or workspace_zone)


def format_day(starts_at: datetime, zone: ZoneInfo) -> str:
    """The date in words, such as Friday, 20 November 2026."""
    local = starts_at.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B} {local.year}"


def format_time(starts_at: datetime, zone: ZoneInfo, locale: str) -> str:
    """The time of day with its zone, such as 14:30 CET, or 2:30 PM CST for locales with a 12-hour clock."""
    local = starts_at.astimezone(zone)
    name = local.tzname() or zone.key
    if locale.replace("_", "-").startswith(("en-US", "en-CA", "en-AU")):
        return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'} {name}"
    return f"{local:%H:%M} {name}"

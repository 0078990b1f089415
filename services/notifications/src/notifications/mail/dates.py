"""Dates and times as mails say them, in the reader's own time zone and as usual in their language (CLDR)."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_timezone_name
from babel.dates import format_time as format_clock

# Also where only the language is known: its dates begin with the day and have the month in words, which nobody takes for another one.
ENGLISH = Locale("en", "GB")
# A tag of RFC 5646 that names a language, a script and a country is shorter.
_LONGEST_TAG = 35
_LONGEST_ABBREVIATION = 5


@lru_cache(maxsize=1024)
def _parsed(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-") if len(tag) <= _LONGEST_TAG else None
    except (ValueError, TypeError, UnknownLocaleError):
        return None


def is_known(tag: str) -> bool:
    """Whether dates can be written in this locale, like de or pt-BR."""
    return _parsed(tag) is not None


def locale(tag: str) -> Locale:
    """The locale; that of its language where the country is not known, and English where the language is not either."""
    found = _parsed(tag) or _parsed(tag.replace("_", "-").partition("-")[0]) or ENGLISH
    return ENGLISH if str(found) == "en" else found


def tag(locale: Locale) -> str:
    """As HTML's `lang` has it."""
    return str(locale).replace("_", "-")


def zone(client_zone: str, workspace_zone: str) -> ZoneInfo:
    """The client's time zone if set, else the workspace's. Raises ZoneInfoNotFoundError or ValueError for an unknown name."""
    return ZoneInfo(client_zone or workspace_zone)


def format_day(starts_at: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """The date in words, such as Friday, 20 November 2026."""
    return format_date(starts_at.astimezone(zone), "full", locale=locale)


def format_time(starts_at: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """The time of day with its zone, such as 14:30 CET, in German 14:30 MEZ, or 2:30 PM CST."""
    local = starts_at.astimezone(zone)
    # Mail readers show the narrow space that some locales have before AM as a box.
    clock = format_clock(local, "short", tzinfo=zone, locale=locale).replace("\u202f", " ")
    return f"{clock} {_zone_name(local, zone, locale)}"


def _zone_name(local: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """As the language abbreviates it, else as the world does; where nobody does, the offset, such as UTC+03."""
    common = local.tzname() or zone.key
    if common == "UTC":
        return common
    # Without an abbreviation it is an offset, or the name in full.
    own = get_timezone_name(local, "short", locale=locale)
    if own.isalpha() and len(own) <= _LONGEST_ABBREVIATION:
        return own
    return f"UTC{common}" if common[:1] in "+-" else common

"""What a person may set, and when their mails are due. Pure functions.

Times of day are in the person's time zone. One that comes twice (clocks go back) is the first of the two; one that does not come (clocks go
forward) stands for the first moment after the gap.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import Fault, Invalid
from notifications.on_call.rules import moment_of

DAYS = tuple(range(7))
MINUTES = (15, 30, 60, 120, 1440)
# What holds where a person has never set anything: nothing is mailed but alerts, as the workspace's escalation policy says.
DEFAULTS: Mapping[str, Any] = {
    "email_enabled": True,
    "notify_appointment_booked": False,
    "notify_appointment_cancelled": False,
    "notify_appointment_rescheduled": False,
    "notify_appointment_confirmed": False,
    "notify_alerts": True,
    "digest_enabled": False,
    "digest_time": "07:00",
    "digest_days": list(DAYS),
    "tomorrow_digest_enabled": False,
    "tomorrow_digest_time": "18:00",
    "tomorrow_digest_days": list(DAYS),
    "reminder_enabled": False,
    "reminder_minutes": 30,
    "notes_reminder_enabled": False,
    "notes_reminder_time": "17:00",
    "time_zone": None,
    "extended_settings": {},
}
MAY_BE_NULL = {"digest_time", "tomorrow_digest_time", "reminder_minutes", "notes_reminder_time", "time_zone"}
# The settings that are needed when another one is on.
_NEEDED = {
    "digest_enabled": "digest_time",
    "tomorrow_digest_enabled": "tomorrow_digest_time",
    "reminder_enabled": "reminder_minutes",
    "notes_reminder_enabled": "notes_reminder_time",
}
# Per kind of daily mail: the settings that say whether, when, and on which days of the week (every day where there are none).
DAILY = {
    "agenda_today": ("digest_enabled", "digest_time", "digest_days"),
    "agenda_tomorrow": ("tomorrow_digest_enabled", "tomorrow_digest_time", "tomorrow_digest_days"),
    "notes_waiting": ("notes_reminder_enabled", "notes_reminder_time", None),
}
# Per kind of mail about one appointment: the setting that says whether.
ABOUT_AN_APPOINTMENT = {
    "appointment_booked": "notify_appointment_booked",
    "appointment_cancelled": "notify_appointment_cancelled",
    "appointment_rescheduled": "notify_appointment_rescheduled",
    "appointment_confirmed": "notify_appointment_confirmed",
    "appointment_soon": "reminder_enabled",
}
# What is done at once to several appointments makes one mail. Per kind of mail about one appointment: the kind that is about all of them.
ABOUT_SEVERAL = {
    "appointment_booked": "several_booked",
    "appointment_cancelled": "several_cancelled",
    "appointment_rescheduled": "several_rescheduled",
}
_SWITCHES = {
    **{kind: switch for kind, (switch, _, _) in DAILY.items()},
    **ABOUT_AN_APPOINTMENT,
    **{kind: ABOUT_AN_APPOINTMENT[single] for single, kind in ABOUT_SEVERAL.items()},
}
# A daily mail that could not go out for so long does not any more.
MOST_LATE = timedelta(hours=6)
# Appointments are looked up so far ahead.
LOOK_AHEAD = timedelta(hours=24)
_MOST_CHARACTERS = 10_000
_OF_TIMES = ("digest_", "tomorrow_digest_", "reminder_", "notes_reminder_", "time_zone")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class DailyMail:
    """A mail of one day: `day` is the date in the person's zone on which it is due."""

    kind: str
    day: date
    at: datetime


def check_settings(settings: Mapping[str, Any], *, zone_is_known: bool) -> None:
    """Raises Invalid with a fault for each setting that is not valid."""
    faults = [Fault(f"/{name}", "cannot be cleared") for name, value in settings.items() if value is None and name not in MAY_BE_NULL]
    for name, value in settings.items():
        if value is None:
            continue
        if name.endswith("_time") and not _CLOCK.fullmatch(value):
            faults.append(Fault(f"/{name}", "must be a time of day like 07:30"))
        if name.endswith("_days") and (len(value) > len(DAYS) or not set(value) <= set(DAYS)):
            faults.append(Fault(f"/{name}", "must be days of the week, from 0 (Sunday) to 6"))
    if settings["reminder_minutes"] not in (None, *MINUTES):
        faults.append(Fault("/reminder_minutes", f"must be one of {', '.join(map(str, MINUTES))}"))
    if not zone_is_known:
        faults.append(Fault("/time_zone", "is not an IANA time zone"))
    if len(json.dumps(settings["extended_settings"])) > _MOST_CHARACTERS:
        faults.append(Fault("/extended_settings", f"must have at most {_MOST_CHARACTERS} characters as JSON"))
    faults += [
        Fault(f"/{needed}", f"is needed where {switch} is true")
        for switch, needed in _NEEDED.items()
        if settings[switch] and settings[needed] is None
    ]
    if faults:
        raise Invalid("notification_settings_invalid", "Some settings are not valid.", faults=faults)


def wants(settings: Mapping[str, Any], kind: str) -> bool:
    """Whether the person is to get mails of the kind."""
    return bool(settings["email_enabled"] and settings[_SWITCHES[kind]])


def has_other_times(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether mails are due at other times than before. What was due by then is not mailed late because somebody has switched it on."""
    return any(before[name] != after[name] for name in DEFAULTS if name == "email_enabled" or name.startswith(_OF_TIMES))


def due_mails(settings: Mapping[str, Any], zone: ZoneInfo, after: datetime, until: datetime) -> list[DailyMail]:
    """The newest mail of each kind that became due after `after` and until `until`, unless that is too long ago."""
    newest = {mail.kind: mail for mail in _mails(settings, zone, max(after, until - MOST_LATE), until)}
    return list(newest.values())


def next_mail_at(settings: Mapping[str, Any], zone: ZoneInfo, after: datetime) -> datetime | None:
    """When the next daily mail is due after a moment. None: never, or not for eight days."""
    return min((mail.at for mail in _mails(settings, zone, after, after + timedelta(days=8))), default=None)


def next_look_at(settings: Mapping[str, Any], zone: ZoneInfo, after: datetime, next_start: datetime | None) -> datetime | None:
    """When something may be due next. `next_start` is the first start of an appointment of which nothing was told yet, within LOOK_AHEAD."""
    times = [next_mail_at(settings, zone, after)]
    if wants(settings, "appointment_soon"):
        times.append(after + LOOK_AHEAD if next_start is None else next_start - notice(settings))
    return min((at for at in times if at is not None), default=None)


def notice(settings: Mapping[str, Any]) -> timedelta:
    """How long before its start an appointment is told of."""
    return timedelta(minutes=settings["reminder_minutes"])


def of_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a day, and the first one after it."""
    return moment_of(day, 0, zone, last=False), moment_of(day + timedelta(days=1), 0, zone, last=False)


def agenda_day(kind: str, at: datetime, zone: ZoneInfo) -> date:
    """Which day an agenda that was due at a moment is of."""
    return at.astimezone(zone).date() + timedelta(days=1 if kind == "agenda_tomorrow" else 0)


def _mails(settings: Mapping[str, Any], zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[DailyMail]:
    """Those that are due after `after` and until `until`, of each kind in order."""
    for kind, (_, clock, days) in DAILY.items():
        if not wants(settings, kind):
            continue
        # A time that a day does not have may come on the next one.
        day, last = after.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
        while day <= last:
            hour, minute = map(int, settings[clock].split(":"))
            at = moment_of(day, hour * 60 + minute, zone, last=False)
            if after < at <= until and (days is None or day.isoweekday() % 7 in settings[days]):
                yield DailyMail(kind, day, at)
            day += timedelta(days=1)

"""Quiet hours, and what becomes of reminders that are late. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import Fault, Invalid
from notifications.on_call.rules import moment_of

DEFAULT: Mapping[str, Any] = {
    "quiet_start": None,
    "quiet_end": None,
    "late_reminders": "combined",
    "cancel_link": "ask",
    "tell_declined": True,
}
# Where late reminders are skipped: how late one may be.
TOO_LATE = timedelta(hours=1)
# Of a reminder that comes before quiet hours which end too late for it.
_BEFORE = timedelta(minutes=1)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
# A night in which clocks change is longer by this at most, by far.
_LONGER_NIGHT = timedelta(hours=2)


def check_policy(policy: Mapping[str, Any]) -> None:
    """Raises Invalid unless quiet hours have two different ends, each HH:MM, and the rest is chosen."""
    faults = [
        Fault(f"/{name}", "must be a time of day like 21:00")
        for name in ("quiet_start", "quiet_end")
        if policy[name] is not None and not _CLOCK.fullmatch(policy[name])
    ]
    if (policy["quiet_start"] is None) != (policy["quiet_end"] is None):
        missing = "quiet_start" if policy["quiet_start"] is None else "quiet_end"
        faults.append(Fault(f"/{missing}", "is missing: quiet hours have a start and an end"))
    elif policy["quiet_start"] is not None and policy["quiet_start"] == policy["quiet_end"]:
        faults.append(Fault("/quiet_end", "must not be the start"))
    faults += [Fault(f"/{name}", "must be chosen") for name in ("late_reminders", "cancel_link") if policy[name] is None]
    if faults:
        raise Invalid("reminder_policy_invalid", "The policy cannot be stored like this.", faults=faults)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, every day, past midnight where the end is not after the start."""

    start: time
    end: time

    @classmethod
    def of(cls, policy: Mapping[str, Any]) -> "QuietHours | None":
        if policy["quiet_start"] is None:
            return None
        return cls(time.fromisoformat(policy["quiet_start"]), time.fromisoformat(policy["quiet_end"]))

    @property
    def longest(self) -> timedelta:
        """No less than any night of them, whatever the clocks do."""
        return timedelta(minutes=(_minutes(self.end) - _minutes(self.start)) % (24 * 60)) + _LONGER_NIGHT

    def around(self, moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """The quiet period that the moment is in: its first moment, and the first one after it. None if it is in none.

        An hour that a day has twice is quiet both times; where the end is in it, until the end of the second.
        A start or an end in an hour that a day does not have is when the clocks change.
        """
        today = moment.astimezone(zone).date()
        for day in (today, today - timedelta(days=1)):
            last = day if self.end > self.start else day + timedelta(days=1)
            begin = moment_of(day, _minutes(self.start), zone, last=False)
            end = moment_of(last, _minutes(self.end), zone, last=True)
            if begin <= moment < end:
                return begin, end
        return None


def looked_at(due_at: datetime, quiet: QuietHours | None) -> datetime:
    """When a reminder is looked at first: with quiet hours, early enough to be sent before those that it is due in."""
    return due_at if quiet is None else due_at - quiet.longest - _BEFORE


def send_at(due_at: datetime, *, latest: datetime, quiet: QuietHours | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When a reminder goes out: when it is due, or now if that has passed; out of quiet hours, when these are over.

    If that is not before `latest`, it goes out before the quiet hours begin. None if they have begun.
    """
    at = max(due_at, now)
    if quiet is None or (period := quiet.around(at, zone)) is None:
        return at
    begin, end = period
    if end < latest and quiet.around(end, zone) is None:
        return end
    before = max(begin - _BEFORE, now)
    return before if now < begin and quiet.around(before, zone) is None else None


def is_too_late(due_at: datetime, *, quiet: QuietHours | None, zone: ZoneInfo, now: datetime) -> bool:
    """Whether the time at which it could have gone out is longer ago than TOO_LATE."""
    period = quiet.around(due_at, zone) if quiet is not None else None
    return now > (due_at if period is None else period[1]) + TOO_LATE


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute

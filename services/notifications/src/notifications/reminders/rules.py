"""When reminders are due, when a mail is tried again, and how times are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.backoff import Backoff
from chassis.errors import Fault, Invalid

# A booking made this shortly before the start needs no reminder.
LEAST_NOTICE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class KnownAppointment:
    """An open appointment as an event tells of it."""

    id: UUID
    client_id: UUID
    starts_at: datetime
    version: int


def newest(appointments: Iterable[KnownAppointment]) -> list[KnownAppointment]:
    """The newest version of each appointment, in the order of their ids."""
    by_id: dict[UUID, KnownAppointment] = {}
    for appointment in appointments:
        if appointment.id not in by_id or by_id[appointment.id].version < appointment.version:
            by_id[appointment.id] = appointment
    return [by_id[each] for each in sorted(by_id)]


def check_hours_before(hours: int) -> int:
    """The hours themselves. Raises Invalid outside 1 to 720."""
    if not 1 <= hours <= 720:
        raise Invalid(
            "hours_before_range", "A reminder goes out 1 to 720 hours before.", faults=[Fault("/hours_before", "must be from 1 to 720")]
        )
    return hours


def due_times(rules: Iterable[tuple[int, str]], starts_at: datetime, *, now: datetime) -> dict[tuple[int, str], datetime]:
    """The due time of each rule, by its hours and channel, for an appointment that is booked or moved now.

    If the times of several rules of a channel have passed, only the rule nearest to the start is included, and is due at once: one
    message replaces them all. Returns nothing for an appointment that has begun or begins within LEAST_NOTICE.
    """
    if starts_at <= now + LEAST_NOTICE:
        return {}
    times = {rule: starts_at - timedelta(hours=rule[0]) for rule in rules}
    ahead = {rule: time for rule, time in times.items() if time > now}
    passed = times.keys() - ahead.keys()
    for channel in {channel for _, channel in passed}:
        ahead[min(rule for rule in passed if rule[1] == channel)] = now
    return ahead


def next_attempt_at(
    attempts: int, *, first_pause: timedelta, now: datetime, until: datetime, asked: timedelta = timedelta()
) -> datetime | None:
    """When to try again after this many attempts: pauses double up to 15 minutes, and are no shorter than what was asked for. None if that is not before `until`."""
    backoff = Backoff(min(first_pause, _LONGEST_PAUSE).total_seconds(), _LONGEST_PAUSE.total_seconds(), jitter=0)
    pause = max(timedelta(seconds=backoff.delay(attempts)), asked)
    return now + pause if now + pause < until else None

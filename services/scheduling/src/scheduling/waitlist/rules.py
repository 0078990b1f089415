"""Who is offered time that has become free, at what time, and until when. Pure functions.

Of those who wait the longest-waiting one is offered it whose wishes it fits (`placement`), who is an active client, has no other appointment on that
day, is offered nothing else at that moment, was not offered it before and is not who gave it back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.errors import Conflict, Fault, Invalid, NotFound

# For this long the time is kept for whoever it is offered to.
OFFERED_FOR = timedelta(hours=2)
# On the practice's clocks. Nobody reads their mail then, so an offer does not lapse meanwhile.
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(8)
# An offer ends this long before the appointment, so that both sides can still get ready.
LEAST_NOTICE = timedelta(hours=1)
# An offer that would be shorter than this is not made: nobody could read their mail in time.
SHORTEST_OFFER = timedelta(minutes=30)
# An appointment that cannot begin when the one before it would have, begins this much later, or a multiple of it.
STEP = timedelta(minutes=5)
LONGEST_WINDOW = timedelta(days=400)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Opening:
    """Time of a practitioner that an appointment has given back: its own, and with what was taken around it."""

    practitioner_id: UUID
    starts_at: datetime
    ends_at: datetime
    free_from: datetime
    free_until: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for. A practitioner that is None is any."""

    practitioner_id: UUID | None
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Needs:
    """How long the appointment lasts, and how long the practitioner is busy around it."""

    duration: timedelta
    before: timedelta = timedelta()
    after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Placement:
    """When the appointment would be, and what would be taken for it."""

    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime


def check_window(earliest: datetime | None, latest: datetime | None, *, now: datetime) -> Period:
    """Both times. Raises Invalid where one is missing, the window is over, empty or too long."""
    faults = [Fault(f"/{name}", "is required") for name, value in (("earliest", earliest), ("latest", latest)) if value is None]
    if earliest is not None and latest is not None:
        if latest <= now:
            faults.append(Fault("/latest", "must be in the future"))
        elif latest <= earliest:
            faults.append(Fault("/latest", "must be after earliest"))
        elif latest - earliest > LONGEST_WINDOW:
            faults.append(Fault("/latest", f"must be at most {LONGEST_WINDOW.days} days after earliest"))
        elif latest >= LATEST:
            faults.append(Fault("/latest", f"must be before {LATEST.year}"))
        else:
            return earliest, latest
    raise Invalid("waitlist_window_invalid", "Nobody can wait for an appointment in this time.", faults=faults)


def check_live(status: str) -> None:
    """Raises Conflict for an entry that nothing is offered to any more."""
    if status not in ("waiting", "offered"):
        raise Conflict("waitlist_entry_over", "This entry is no longer on the waitlist.", facts={"status": status})


def check_acceptable(status: str, offered_until: datetime | None, *, now: datetime) -> None:
    """Raises Conflict unless something is offered to the entry now. It stays on the list."""
    check_live(status)
    if offered_until is None:
        raise Conflict("waitlist_not_offered", "No time is offered to this client at present.")
    if offered_until <= now:
        raise offer_lapsed()


def offer_lapsed() -> Conflict:
    return Conflict("waitlist_offer_lapsed", "This offer has lapsed, or the time was given to somebody else.")


def link_unknown() -> NotFound:
    """Also for a link of an erased client: nobody learns that there was one."""
    return NotFound("waitlist_link_unknown", "There is no such link, or a later one has replaced it.")


def offered_until(starts_at: datetime, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """Until when an appointment at this time is offered from now on. None if there is not time enough by day."""
    until = min(by_day(now, OFFERED_FOR, zone), starts_at - LEAST_NOTICE)
    return until if until >= by_day(now, SHORTEST_OFFER, zone) else None


def by_day(now: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """When so much time has passed since now, nights on clocks of the zone not counted. `length` is shorter than a day without its night."""
    awake = max(now, _morning_of(now, zone))
    evening = _at(awake.astimezone(zone).date(), NIGHT_BEGINS, zone)
    left = awake + length - evening
    return awake + length if left <= timedelta() else _morning_of(evening, zone) + left


def _morning_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the night ends in which the moment lies, or the last one ended."""
    local = moment.astimezone(zone)
    day = local.date() + timedelta(days=1) if local.time() >= NIGHT_BEGINS else local.date()
    return _at(day, NIGHT_ENDS, zone)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def needs_of(opening: Opening, service: Needs | None) -> Needs:
    """What an appointment needs: what its service does, or without one as much as the one that was given back, and nothing around it."""
    return service if service is not None else Needs(opening.ends_at - opening.starts_at)


def placement(
    opening: Opening, wish: Wish, needs: Needs, *, free: Sequence[Period], worked: Sequence[Period] | None, zone: ZoneInfo, now: datetime
) -> Placement | None:
    """Where the appointment fits into what is free of the opening: when the one before it began, or else as early as possible. None if nowhere.

    It lies within what is wished for and within working time; its buffers lie within what is free. `worked` is None for a
    practitioner whose hours nobody has set: then all time is working time.
    """
    if wish.practitioner_id not in (None, opening.practitioner_id):
        return None

    def suits(start: datetime) -> bool:
        is_worked = worked is None or any(begin <= start and start + needs.duration <= close for begin, close in worked)
        return is_worked and offered_until(start, zone, now=now) is not None

    found = [start for period in free for start in _starts(opening, wish, needs, period) if suits(start)]
    if not found:
        return None
    start = opening.starts_at if opening.starts_at in found else min(found)
    end = start + needs.duration
    return Placement(start, end, start - needs.before, end + needs.after)


def _starts(opening: Opening, wish: Wish, needs: Needs, free: Period) -> Iterable[datetime]:
    """When an appointment may start in what is free: when the one before did, or by whole steps earlier or later."""
    first, last = max(free[0] + needs.before, wish.earliest), min(free[1] - needs.after, wish.latest) - needs.duration
    start = opening.starts_at - ((opening.starts_at - first) // STEP) * STEP
    while start <= last:
        yield start
        start += STEP


def day_of(moment: datetime, zone: ZoneInfo) -> Period:
    """The day of the moment on a clock in this zone, from midnight to midnight."""
    day = moment.astimezone(zone).date()
    begins, ends = (datetime.combine(day + timedelta(days=days), time(), tzinfo=zone).astimezone(UTC) for days in (0, 1))
    return begins, ends


def status_after_offer(latest: datetime, *, now: datetime) -> str:
    """What becomes of an entry whose offer has lapsed."""
    return "expired" if latest <= now else "waiting"

"""The moment that a restore is asked for, as somebody under stress may type it: decisions alone."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# RFC 9557: a time and the zone it was read in, 2026-03-29T02:30:00[Europe/Berlin].
_ZONED = re.compile(r"(?P<time>[^\[\]]+)\[(?P<zone>[A-Za-z0-9_+\-/]+)\]")


class NoMoment(ValueError):
    """The message says what to type instead."""


def moment(typed: str) -> datetime:
    """The moment in UTC. Raises NoMoment for one that names no offset or zone, or that was not or was twice in its zone."""
    zoned = _ZONED.fullmatch(typed.strip())
    try:
        found = datetime.fromisoformat(zoned["time"] if zoned else typed.strip())
    except ValueError:
        raise NoMoment(f"{typed} is no moment: write it like 2026-11-22T14:03:00+01:00") from None
    if found.tzinfo is not None:
        if zoned:
            _check_same(found, _zone(zoned["zone"]), typed)
        return found.astimezone(UTC)
    if not zoned:
        raise NoMoment(
            f"{typed} is another moment in every zone: add the offset, as in {typed}+01:00, or the zone, as in {typed}[Europe/Berlin]"
        )
    return _in_zone(found, _zone(zoned["zone"]), typed)


def _in_zone(wall: datetime, zone: ZoneInfo, typed: str) -> datetime:
    earlier, later = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier.astimezone(UTC)
    if earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise NoMoment(f"{typed} never was: the clocks were put forward over it. Write the offset instead of the zone")
    choices = " or ".join(each.isoformat() for each in (earlier, later))
    raise NoMoment(f"{typed} was twice, because the clocks were put back: write {choices}")


def _check_same(found: datetime, zone: ZoneInfo, typed: str) -> None:
    if found.utcoffset() != found.astimezone(zone).utcoffset():
        raise NoMoment(f"{typed}: the zone had another offset then. Write either the offset or the zone")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise NoMoment(f"there is no time zone {name}") from None

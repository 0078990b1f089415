"""What was agreed on clocks, and when that is by the rules of time zones as they are now.

Zones change their rules, sometimes weeks ahead. Whoever has an appointment at nine comes when clocks show nine, so its moment moves.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.working_hours.rules import local_moments

# Columns of an appointment. All of them are null where nobody has said by which clocks it was agreed.
AGREED = ("time_zone", "local_start", "utc_offset")


class Move(NamedTuple):
    """An appointment, and when its clocks show what was agreed."""

    appointment_id: UUID
    start: datetime
    new_start: datetime


def agreed(start: datetime, time_zone: str | None) -> dict[str, Any]:
    """What clocks of the zone show at the start, and how many seconds they are ahead of UTC, as the columns of an appointment."""
    if time_zone is None:
        return dict.fromkeys(AGREED)
    local = start.astimezone(ZoneInfo(time_zone))
    offset = local.utcoffset() or timedelta()
    return {"time_zone": time_zone, "local_start": local.replace(tzinfo=None, fold=0), "utc_offset": int(offset.total_seconds())}


def new_start(row: Mapping[str, Any]) -> datetime | None:
    """When the clocks show what was agreed, if that is not when the appointment starts. None where it is, and where nothing was agreed.

    What was agreed counts only where it led to this start: a release that does not know it may have moved the appointment since.
    A time that clocks skip is as long after the begin of the gap as it would have been (RFC 5545, 3.3.5).
    """
    start, local = row["scheduled_start"], row["local_start"]
    if local is None or local - timedelta(seconds=row["utc_offset"]) != start.astimezone(UTC).replace(tzinfo=None):
        return None
    zone = ZoneInfo(row["time_zone"])
    moments = local_moments(local, zone) or [local.replace(tzinfo=zone).astimezone(UTC)]
    return None if start in moments else moments[0]


def in_order(moves: Iterable[Move]) -> list[Move]:
    """The moves in an order in which none of them is in the way of the next: the first ones first that become earlier, the last ones first of others."""
    earlier: list[Move] = []
    later: list[Move] = []
    for move in sorted(moves, key=lambda move: (move.start, move.appointment_id)):
        (earlier if move.new_start < move.start else later).append(move)
    return [*earlier, *reversed(later)]


def is_behind(known: str | None, version: str) -> bool:
    """Whether what was done by the rules of `known` is to be done again by those of `version`, like 2026f. Nothing goes back to older rules."""
    return known is None or known < version

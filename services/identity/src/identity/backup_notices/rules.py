"""When the backups are in trouble, by what is said of them, and when that is announced again. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# What was late because nothing ran has that long to be made.
_BEGINNING = timedelta(minutes=15)
# What is resolved and still wrong is told anew after this long.
_AGAIN = timedelta(hours=6)
# Whoever makes backups may be restarted; a backup of many gigabytes takes hours in which nothing is looked at.
_SILENT, _STUCK = timedelta(hours=1), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Watched:
    """What whoever watches knows: since when, when it was last answered, when all was last well, and when it last announced that something is wrong."""

    since: datetime
    answered_at: datetime | None = None
    well_at: datetime | None = None
    told_at: datetime | None = None


def is_state(answer: object) -> bool:
    """Whether this is what `/state` of the backups says, and not what something else answers at a wrong address."""
    if not isinstance(answer, dict):
        return False
    try:
        return answer.get("looked_at") is None or datetime.fromisoformat(answer["looked_at"]).tzinfo is not None
    except (TypeError, ValueError):
        return False


def is_wrong(state: Mapping[str, Any] | None, watched: Watched, *, now: datetime) -> bool:
    """`state` is what `/state` of the backups says; None where nobody answers, which is wrong itself if it goes on."""
    if state is None:
        return now - (watched.answered_at or watched.since) >= _SILENT
    looked_at = state.get("looked_at")
    if looked_at is None:
        return now - watched.since >= _SILENT
    return bool(state.get("problems")) or now - datetime.fromisoformat(looked_at) >= _STUCK


def is_told(watched: Watched, *, now: datetime) -> bool:
    """Whether what is wrong is announced now."""
    return now - watched.since >= _BEGINNING and (watched.told_at is None or now - watched.told_at >= _AGAIN)


def counts_from(watched: Watched, *, now: datetime) -> datetime:
    """Who was told after this moment knows: of this trouble and no earlier one, and not so long ago that it is told anew."""
    return max(now - _AGAIN, watched.well_at or now - _AGAIN)

"""When a service that has not finished with an erased client is told again, and what people are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

# Those who have something of clients; audit keeps the trail, in which the erasure is.
SERVICES = ("clinical", "notifications", "scheduling")
# Longer than events are delivered again by themselves.
TOLD_AGAIN_AFTER = timedelta(minutes=10)
_SHORTEST, _LONGEST = 2.0, 60.0


def is_told_again(told_at: datetime, now: datetime) -> bool:
    return now - told_at >= TOLD_AGAIN_AFTER


def pause(begun_at: datetime, now: datetime) -> float:
    """Seconds until somebody looks again: few at the beginning, a minute where a service is down for long."""
    return min(_LONGEST, max(_SHORTEST, (now - begun_at).total_seconds() / 10))


def outcome(client_id: str, rows: Sequence[Mapping[str, Any]], times_told: int) -> dict[str, Any]:
    """What a job tells of its erasure: for each service whether it has finished, since when, and how many records it had."""
    services = {
        row["service"]: {
            "status": "pending" if row["finished_at"] is None else "done",
            "deleted": row["deleted"],
            "finished_at": None if row["finished_at"] is None else row["finished_at"].isoformat().replace("+00:00", "Z"),
        }
        for row in rows
    }
    return {"client_id": client_id, "services": services, "times_told": times_told}

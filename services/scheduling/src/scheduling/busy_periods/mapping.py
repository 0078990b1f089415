"""Maps what is in the way of somebody to messages and refusals."""

from datetime import datetime
from typing import Any

from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.db.transaction import Record
from chassis.protobuf.fields import fill
from scheduling.busy_periods.rules import APPOINTMENT

_SHOWN = ("id", "scheduled_start", "scheduled_end", "client_id", "location_type", "status")


def to_clash(row: Record) -> pb.Clash:
    known = {name: row[name] for name in _SHOWN if row[name] is not None}
    return fill(pb.Clash(kind="" if row["owner_kind"] == APPOINTMENT else row["owner_kind"]), known)


def to_conflict_facts(row: Record) -> dict[str, str]:
    """What is in the way, in a refusal. Times are ISO 8601 in UTC. What is no appointment has its kind as its status, and no client."""
    facts = {name: _text(row[name]) for name in _SHOWN}
    return facts if row["owner_kind"] == APPOINTMENT else facts | {"status": row["owner_kind"]}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "" if value is None else str(value)

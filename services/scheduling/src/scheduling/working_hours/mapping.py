"""Working hours as they are kept, asked for and reckoned with."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from caseload.scheduling.v1 import availability_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from scheduling.tables import availability
from scheduling.working_hours.rules import Minutes, Week, check_zone, minute_of, minutes

AVAILABILITY = SealedTable(availability)
DEFAULT_SLOT_STEP = 15


def to_message(row: Record | None, keys: WorkspaceKeys, *, practitioner_id: str, workspace_zone: str) -> pb.WorkingHours:
    """The practitioner's working hours; none as long as there is no row. Raises Invalid for a `workspace_zone` that is needed and there is not."""
    if row is None:
        return pb.WorkingHours(
            practitioner_id=practitioner_id, time_zone=check_zone(workspace_zone).key, slot_step_minutes=DEFAULT_SLOT_STEP
        )
    zone = row["time_zone"] or check_zone(workspace_zone).key
    return AVAILABILITY.open(row, keys, into=fill(pb.WorkingHours(), {**row, "time_zone": zone}))


def to_week(hours: pb.WorkingHours, holidays: Collection[date]) -> Week:
    """The practitioner's time. `holidays` are those of the workspace."""
    weekly = defaultdict[int, list[Minutes]](list)
    for part in hours.weekly:
        weekly[part.weekday].append(_minutes(part.start, part.end))
    opened, off = (defaultdict[date, list[Minutes]](list) for _ in range(2))
    closed = set(holidays)
    for exception in hours.exceptions:
        day = date.fromisoformat(exception.date)
        if not exception.HasField("start"):
            closed.add(day)
        else:
            times = opened if exception.kind == pb.EXCEPTION_KIND_OPEN else off
            times[day].append(_minutes(exception.start, exception.end))
    return Week(ZoneInfo(hours.time_zone), weekly, closed, opened, off)


def _minutes(start: str, end: str) -> Minutes:
    return minutes(_minute(start), _minute(end))


def _minute(clock: str) -> int:
    minute = minute_of(clock)
    if minute is None:
        raise ValueError("a time of day that was never checked")
    return minute

"""What slots are computed from. Row security limits every statement to the caller's workspace."""

from sqlalchemy import bindparam, func, literal, or_, select
from sqlalchemy.types import DateTime, Interval, Uuid

from chassis.db.statement import query
from scheduling.appointments.rules import BUSY_STATUSES, MAX_BUFFER, MAX_LENGTH
from scheduling.tables import appointments, offered_services

_a = appointments.c
_TIME = DateTime(timezone=True)
# Under row security no index helps to find periods that overlap, so busy periods are sought among appointments that start near by.
_REACH = literal(MAX_LENGTH + 2 * MAX_BUFFER, Interval)

# When a practitioner is busy between two moments, and what lies just beside them.
busy_between = query(
    select(func.lower(_a.during, type_=_TIME).label("starts_at"), func.upper(_a.during, type_=_TIME).label("ends_at"))
    .where(_a.practitioner_id == bindparam("practitioner_id", type_=Uuid))
    .where(_a.scheduled_start > bindparam("since", type_=_TIME) - _REACH)
    .where(_a.scheduled_start < bindparam("until", type_=_TIME) + _REACH)
    .where(or_(*(_a.status == status for status in sorted(BUSY_STATUSES))), _a.deleted_at.is_(None))
)

service = query(
    select(
        offered_services.c.is_active,
        offered_services.c.deleted_at,
        offered_services.c.default_duration_minutes,
        offered_services.c.buffer_before_minutes,
        offered_services.c.buffer_after_minutes,
    ).where(offered_services.c.id == bindparam("id", type_=Uuid))
)

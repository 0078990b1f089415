"""The statements that make a location a room, and that seal its address. Row security limits every statement to the caller's workspace."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, Select, Text, Uuid, bindparam, column, delete, false, func, literal, or_, select, table, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import Interval

from chassis.db.statement import command, query
from chassis.migrations.roles import VERSION_TABLE
from scheduling.busy_periods.rules import APPOINTMENT, BUSY_STATUSES, ROOM
from scheduling.tables import appointments, busy_periods, locations

# Of an appointment, and the buffer after it.
_LONGEST = timedelta(hours=28)
_a, _b = appointments.c, busy_periods.c
_TIME = DateTime(timezone=True)
_now = bindparam("now", type_=_TIME)
_location_id = bindparam("location_id", type_=Uuid)
_starts_at, _ends_at = func.lower(_a.during, type_=_TIME), func.upper(_a.during, type_=_TIME)
# The revision that comes when no process of the release before is left.
_SEALED_SINCE = "0029"
_l = locations.c
_id = bindparam("id", type_=Uuid)
_revision = table(VERSION_TABLE, column("version_num", Text), schema=locations.schema)
may_seal = query(select((_revision.c.version_num >= _SEALED_SINCE).label("may_seal")))
# Withdrawn ones, too.
get_open = command(select(*_l).where(_l.id == _id, _l.sealed.is_(None)).with_for_update())
keep_sealed = command(
    update(locations)
    .where(_l.id == _id)
    .values(address=None, details=None, **{name: bindparam(name, type_=_l[name].type) for name in ("sealed", "version")})
)

_upcoming = (
    # For the index.
    (_a.scheduled_start > _now - literal(_LONGEST, Interval))
    & (_ends_at > _now)
    & (_a.location_id == _location_id)
    & or_(*(_a.status == literal(status, Text) for status in sorted(BUSY_STATUSES)))
    & _a.deleted_at.is_(None)
)

# So that none is moved or cancelled before it has the room. Row security locks none of clients whose record the caller may not open.
lock_upcoming = command(
    select(func.count().label("number")).select_from(select(_a.id).where(_upcoming).order_by(_a.id).with_for_update(read=True).subquery())
)

# From when it was a room before.
forget_upcoming = command(delete(busy_periods).where(_b.resource_id == _location_id, _b.ends_at > _now))


def _taken() -> Select[Any]:
    ends_before = func.max(_ends_at).over(order_by=(_starts_at, _a.id), rows=(None, -1))
    return select(
        _a.workspace_id,
        literal(ROOM, Text),
        _location_id,
        _starts_at,
        _ends_at,
        literal(APPOINTMENT, Text),
        _a.id,
        func.coalesce(_starts_at < ends_before, false()),
    ).where(_upcoming)


# An appointment that begins before an earlier one ends overbooks the room. What is in the way of one from when it was a room before
# is over: that one takes the room when it is next changed.
take_upcoming = command(
    upsert(busy_periods)
    .from_select(["workspace_id", "resource_kind", "resource_id", "starts_at", "ends_at", "owner_kind", "owner_id", "overbooked"], _taken())
    .on_conflict_do_nothing()
)

"""Statements that keep appointments and time off where clocks say they are. Row security limits each to one workspace."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, column, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import BigInteger, DateTime, Integer, Text, Uuid

from chassis.db.statement import command, query
from scheduling.appointments.agreed_rules import AGREED
from scheduling.tables import appointments, availability, clock_rules, series, series_occurrences

AT_ONCE = 500
_TIME = DateTime(timezone=True)
_a, _s, _o, _c = appointments.c, series.c, series_occurrences.c, clock_rules.c
_workspace_id = bindparam("workspace_id", type_=Uuid)
_version = bindparam("version", type_=Text)
_now = bindparam("now", type_=_TIME)

rules_of_workspace = query(select(_c.tzdata_version))
settled = command(
    upsert(clock_rules)
    .values(workspace_id=_workspace_id, tzdata_version=_version, settled_at=_now)
    .on_conflict_do_update(constraint="pk_clock_rules", set_={"tzdata_version": _version, "settled_at": _now})
)

# To come, and after the place `since`, `after`.
_to_come = (
    _a.status == literal("scheduled", Text),
    _a.deleted_at.is_(None),
    tuple_(_a.scheduled_start, _a.id) > tuple_(bindparam("since", type_=_TIME), bindparam("after", type_=Uuid)),
)
_limit = bindparam("limit", type_=Integer)

agreed = query(
    select(_a.id, _a.scheduled_start, *(_a[name] for name in AGREED))
    .where(*_to_come, _a.time_zone.is_not(None))
    .order_by(_a.scheduled_start, _a.id)
    .limit(_limit)
)

# Of those that were booked before anybody asked for clocks: those of the series, if there is one.
unagreed = query(
    select(_a.id, _a.scheduled_start, _s.time_zone)
    .select_from(appointments.outerjoin(series, (_s.workspace_id == _a.workspace_id) & (_s.id == _a.series_id)))
    .where(*_to_come, _a.time_zone.is_(None))
    .order_by(_a.scheduled_start, _a.id)
    .limit(_limit)
)

_AGREEMENT: dict[str, Any] = {
    "ids": Uuid(), "starts": _TIME, "time_zones": Text(), "local_starts": _a.local_start.type, "utc_offsets": Integer()
}  # fmt: skip
_found = (
    func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _AGREEMENT.items()))
    .table_valued(*(column(name, kind) for name, kind in _AGREEMENT.items()))
    .render_derived("found")
)
# Unless somebody has moved it meanwhile. No version: nothing changes that anybody sees of it but the zone.
agree = command(
    update(appointments)
    .where(_a.id == _found.c.ids, _a.scheduled_start == _found.c.starts, _a.time_zone.is_(None))
    .values(time_zone=_found.c.time_zones, local_start=_found.c.local_starts, utc_offset=_found.c.utc_offsets)
)

_appointment_id = bindparam("appointment_id", type_=Uuid)
_series_id = bindparam("series_id", type_=Uuid)
_by = bindparam("by", type_=_a.utc_offset.type)


def _later(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """So many seconds later; before, if they are negative."""
    return moment + func.make_interval(0, 0, 0, 0, 0, 0, _by)


_place = (
    delete(series_occurrences)
    .where(_o.series_id == _series_id, _o.appointment_id == _appointment_id)
    .returning(_o.workspace_id, _o.series_id, _o.planned_start, _o.appointment_id)
    .cte("place")
)
_moved = (_place.c.workspace_id, _place.c.series_id, _later(_place.c.planned_start), _place.c.appointment_id)
# The rule's times are clocks' as well.
move_place = command(
    insert(series_occurrences).from_select(["workspace_id", "series_id", "planned_start", "appointment_id"], select(*_moved))
)
move_first = command(
    update(series).where(_s.id == _series_id, _s.first_start == bindparam("start", type_=_TIME)).values(first_start=_later(_s.first_start))
)

_v = availability.c
mark_time_off = command(
    update(availability)
    .where(_v.practitioner_id == bindparam("practitioner_id", type_=Uuid))
    .values(time_off_version=bindparam("of_version", type_=BigInteger), time_off_rules=_version)
)

"""Where series are kept, and the statements that write all their appointments at once.

Row security limits every statement to the caller's workspace. What differs from appointment to appointment comes as arrays, so that a
series takes as many statements as one appointment.
"""

from typing import Any

from sqlalchemy import Select, TableValuedAlias, bindparam, column, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import BigInteger, Boolean, DateTime, Integer, Numeric, Text, Uuid

from chassis.db.statement import command, query
from scheduling.busy_periods.rules import APPOINTMENT
from scheduling.tables import appointments, busy_periods, series, series_occurrences, status_changes

_TIME = DateTime(timezone=True)
_s, _o, _a, _b, _h = series.c, series_occurrences.c, appointments.c, busy_periods.c, status_changes.c
_workspace_id = bindparam("workspace_id", type_=Uuid)
_series_id = bindparam("series_id", type_=Uuid)
_ids = bindparam("ids", type_=ARRAY(Uuid))
_now = bindparam("now", type_=_TIME)


def _rows(name: str, **columns: Any) -> TableValuedAlias:
    """Parameters of these names, each an array, as the columns of a table."""
    arrays = [bindparam(each, type_=ARRAY(kind)) for each, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*(column(each, kind) for each, kind in columns.items())).render_derived(name)


_rule = {name: bindparam(name, type_=_s[name].type) for name in ("rrule", "first_start", "duration_minutes", "time_zone")}

add = command(
    upsert(series).values(
        workspace_id=_workspace_id,
        id=_series_id,
        **_rule,
        created_by=bindparam("created_by", type_=Uuid),
        created_at=_now,
        updated_at=_now,
    )
)

_by_id = (_s.id == _series_id) & _s.deleted_at.is_(None)
lock = command(select(*_s).where(_by_id).with_for_update())
change = command(update(series).where(_by_id).values(**_rule, version=_s.version + literal(1, BigInteger), updated_at=_now))
end = command(update(series).where(_by_id).values(deleted_at=_now, version=_s.version + literal(1, BigInteger), updated_at=_now))

places = query(select(_o.planned_start, _o.left_out, _o.appointment_id).where(_o.series_id == _series_id).order_by(_o.planned_start))
_place = _rows("place", planned_starts=_TIME, left_out=Text(), appointment_ids=Uuid())
# Where clocks skip a whole day, what was left out that day is at the moment of the day after, and is not kept beside it.
add_places = command(
    upsert(series_occurrences)
    .from_select(
        ["workspace_id", "series_id", "planned_start", "left_out", "appointment_id"],
        select(_workspace_id, _series_id, _place.c.planned_starts, _place.c.left_out, _place.c.appointment_ids),
    )
    .on_conflict_do_nothing(constraint="pk_series_occurrences")
)
forget_places = command(
    delete(series_occurrences).where(
        _o.series_id == _series_id, _o.planned_start == func.any(bindparam("planned_starts", type_=ARRAY(_TIME)))
    )
)

_present = (_a.id == func.any(_ids)) & _a.deleted_at.is_(None)
# Whom the occurrences are with, the last one last.
people = query(
    select(_o.series_id, _a.client_id, _a.practitioner_id)
    .select_from(series_occurrences.join(appointments, _a.id == _o.appointment_id))
    .where(_o.series_id == func.any(_ids), _a.status == literal("scheduled", Text), _a.deleted_at.is_(None))
    .order_by(_o.planned_start)
)
# In the order in which an erasure locks them.
lock_appointments = command(select(*_a).where(_present).order_by(_a.scheduled_start, _a.id).with_for_update())
times = query(select(_a.id, _a.scheduled_start, _a.scheduled_end).where(_present))

changes_of = query(select(_h.appointment_id, _h.fields).where(_h.appointment_id == func.any(_ids)))

_taken = _rows("taken", kinds=Text(), resource_ids=Uuid(), starts=_TIME, ends=_TIME, owner_ids=Uuid(), flags=Boolean())
# Returns those that nothing is in the way of.
take = command(
    upsert(busy_periods)
    .from_select(
        ["workspace_id", "resource_kind", "resource_id", "starts_at", "ends_at", "owner_kind", "owner_id", "overbooked"],
        select(
            _workspace_id,
            _taken.c.kinds,
            _taken.c.resource_ids,
            _taken.c.starts,
            _taken.c.ends,
            literal(APPOINTMENT, Text),
            _taken.c.owner_ids,
            _taken.c.flags,
        ),
    )
    .on_conflict_do_nothing()
    .returning(_b.resource_id, _b.starts_at, _b.owner_id)
)
_place_taken = _rows("place_taken", resource_ids=Uuid(), starts=_TIME, owner_ids=Uuid())
release = command(
    delete(busy_periods)
    .where(_b.resource_id == _place_taken.c.resource_ids, _b.starts_at == _place_taken.c.starts, _b.owner_id == _place_taken.c.owner_ids)
    .returning(*_b)
)


def _values(rows: TableValuedAlias, *names: str) -> dict[str, Any]:
    """The columns of the same name, and `during`."""
    during = func.tstzrange(rows.c.busy_start, rows.c.busy_end)
    return {**{name: rows.c[name] for name in names}, "during": during}


_DIFFERING = {
    "id": Uuid(),
    "scheduled_start": _TIME,
    "scheduled_end": _TIME,
    "busy_start": _TIME,
    "busy_end": _TIME,
    "sealed": _a.sealed.type,
    "local_start": _a.local_start.type,
    "utc_offset": Integer(),
}


def _booked() -> tuple[list[str], Select[Any]]:
    booked = _rows("booked", **_DIFFERING)
    same = {
        name: bindparam(f"all_{name}", type_=_a[name].type)
        for name in (
            "client_id", "practitioner_id", "series_id", "location_type", "location_id", "service_id", "status", "payment_price",
            "time_zone", "created_by",
        )
    }  # fmt: skip
    values = {
        "workspace_id": _workspace_id,
        **_values(booked, "id", "scheduled_start", "scheduled_end", "sealed", "local_start", "utc_offset"),
        **same,
        "overbooked": literal(value=False, type_=Boolean()),
        "created_at": _now,
        "updated_at": _now,
    }
    return list(values), select(*values.values())


_names, _selected = _booked()
book = command(insert(appointments).from_select(_names, _selected))

_CHANGED = {
    **_DIFFERING, "series_id": Uuid(), "practitioner_id": Uuid(), "location_type": Text(), "location_id": Uuid(), "service_id": Uuid(),
    "payment_price": Numeric(), "overbooked": Boolean(), "overbooked_by": Uuid(), "overbooked_at": _TIME, "confirmed_at": _TIME,
    "cancellation_asked_at": _TIME, "time_zone": Text(),
}  # fmt: skip
_changed = _rows("changed", **_CHANGED)
rewrite = command(
    update(appointments)
    .where(_a.id == _changed.c.id)
    .values(
        **_values(_changed, *(name for name in _CHANGED if name not in {"id", "busy_start", "busy_end"})),
        version=_a.version + literal(1, BigInteger),
        edit_count=_a.edit_count + 1,
        edited_at=_now,
        updated_at=_now,
    )
)

_deleted = _rows("deleted", id=Uuid(), sealed=_a.sealed.type)
mark_deleted = command(
    update(appointments)
    .where(_a.id == _deleted.c.id)
    .values(
        sealed=_deleted.c.sealed,
        deletion_reason=None,
        deleted_by=bindparam("deleted_by", type_=Uuid),
        deleted_at=_now,
        version=_a.version + literal(1, BigInteger),
        updated_at=_now,
    )
)

_recorded = _rows("recorded", appointment_ids=Uuid(), versions=BigInteger(), statuses=Text(), fields=Text())
add_changes = command(
    upsert(status_changes).from_select(
        ["workspace_id", "appointment_id", "version", "status_before", "status_after", "changed_by", "changed_at", "fields"],
        select(
            _workspace_id,
            _recorded.c.appointment_ids,
            _recorded.c.versions,
            _recorded.c.statuses,
            _recorded.c.statuses,
            bindparam("changed_by", type_=Uuid),
            _now,
            func.to_jsonb(_recorded.c.fields),
        ),
    )
)

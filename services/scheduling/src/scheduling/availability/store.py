"""Statements that set working hours and time off. Row security limits each to the caller's workspace."""

from typing import Any

from sqlalchemy import bindparam, column, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import Boolean, DateTime, Text, Uuid

from chassis.db.statement import command
from scheduling.busy_periods.rules import PRACTITIONER, TIME_OFF
from scheduling.tables import availability, busy_periods

_a = availability.c
_of_practitioner = _a.practitioner_id == bindparam("practitioner_id", type_=_a.practitioner_id.type)
_SET = (
    "time_zone", "notice_minutes", "slot_step_minutes", "sealed", "version", "updated_by", "updated_at", "time_off_version", "time_off_rules",
)  # fmt: skip
_values: dict[str, Any] = {name: bindparam(name, type_=_a[name].type) for name in _SET}
_key: dict[str, Any] = {name: bindparam(name, type_=_a[name].type) for name in ("workspace_id", "practitioner_id")}

get_for_update = command(select(*_a).where(_of_practitioner).with_for_update())

# No row if somebody else has added one in the meantime.
add = command(upsert(availability).values(**_key, **_values).on_conflict_do_nothing().returning(*_a))

replace = command(update(availability).where(_of_practitioner).values(**_values).returning(*_a))

_b = busy_periods.c
_time_off, _practitioner = (literal_column(f"'{kind}'", Text) for kind in (TIME_OFF, PRACTITIONER))

# The word itself, not a parameter: it is what the index of time off is limited to.
end_time_off = command(delete(busy_periods).where(_b.resource_id == bindparam("practitioner_id", type_=Uuid), _b.owner_kind == _time_off))

_PERIODS: dict[str, Any] = {"owner_id": Uuid(), "starts_at": DateTime(timezone=True), "ends_at": DateTime(timezone=True)}
_wanted = (
    func.unnest(*(bindparam(f"{name}s", type_=ARRAY(kind)) for name, kind in _PERIODS.items()))
    .table_valued(*(column(name, kind) for name, kind in _PERIODS.items()))
    .render_derived("wanted")
)
_taken: dict[str, Any] = {
    "workspace_id": bindparam("workspace_id", type_=Uuid),
    "resource_kind": _practitioner,
    "resource_id": bindparam("practitioner_id", type_=Uuid),
    "owner_kind": _time_off,
    "overbooked": bindparam("overbooked", type_=Boolean),
    **{name: _wanted.c[name] for name in _PERIODS},
}
# Takes the periods that nothing is in the way of; with `overbooked` those that were not taken before.
take_time_off = command(upsert(busy_periods).from_select(list(_taken), select(*_taken.values())).on_conflict_do_nothing())

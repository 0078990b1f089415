"""Statements that set working hours. Row security limits each to the caller's workspace."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command
from scheduling.tables import availability

_a = availability.c
_of_practitioner = _a.practitioner_id == bindparam("practitioner_id", type_=_a.practitioner_id.type)
_SET = ("time_zone", "notice_minutes", "slot_step_minutes", "sealed", "version", "updated_by", "updated_at")
_values: dict[str, Any] = {name: bindparam(name, type_=_a[name].type) for name in _SET}
_key: dict[str, Any] = {name: bindparam(name, type_=_a[name].type) for name in ("workspace_id", "practitioner_id")}

get_for_update = command(select(*_a).where(_of_practitioner).with_for_update())

# No row if somebody else has added one in the meantime.
add = command(upsert(availability).values(**_key, **_values).on_conflict_do_nothing().returning(*_a))

replace = command(update(availability).where(_of_practitioner).values(**_values).returning(*_a))

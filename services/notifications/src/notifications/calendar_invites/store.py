"""Statements on what clients have in their calendars. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import Uuid, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from notifications.tables import calendar_invites

_c = calendar_invites.c
_ids: dict[str, Any] = {name: bindparam(name, type_=Uuid) for name in ("workspace_id", "id", "appointment_id", "client_id")}
_told: dict[str, Any] = {
    name: bindparam(name, type_=_c[name].type)
    for name in ("sealed", "revision", "sequence", "starts_at", "ends_at", "is_cancelled", "told_by")
}

# Those that are in a calendar.
of_appointment = query(
    select(calendar_invites).where(_c.appointment_id == _ids["appointment_id"], _c.is_cancelled.is_(False)).order_by(_c.id)
)

lock = command(select(calendar_invites).where(_c.id == _ids["id"]).with_for_update())

# None if something else tells it by now.
to_be_told_by = command(
    select(calendar_invites).where(_c.appointment_id == _ids["appointment_id"], _c.told_by == _told["told_by"]).with_for_update()
)

put = command(upsert(calendar_invites).values(**_ids, **_told).on_conflict_do_update(constraint="pk_calendar_invites", set_=_told))

leave_to = command(update(calendar_invites).where(_c.id == _ids["id"]).values(told_by=_told["told_by"]))

erase = command(delete(calendar_invites).where(_c.client_id == _ids["client_id"]))

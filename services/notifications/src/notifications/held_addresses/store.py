"""Statements on held addresses. Row security limits every one to the caller's workspace."""

from sqlalchemy import Integer, bindparam, func, select

from chassis.db.statement import query
from notifications.tables import address_troubles, appointments, mails, reminders

_t, _workspace = address_troubles.c, address_troubles.c.workspace_id
_is_held = _t.held_at.is_not(None)
# Whom the mail was to that was last not delivered. A reminder's client is that of today: clients are merged.
_whose = (
    address_troubles.outerjoin(
        reminders, (reminders.c.workspace_id == _workspace) & (_t.kind == "reminder") & (reminders.c.id == _t.item_id)
    )
    .outerjoin(mails, (mails.c.workspace_id == _workspace) & (_t.kind == "mail") & (mails.c.id == _t.item_id))
    .outerjoin(appointments, (appointments.c.workspace_id == _workspace) & (appointments.c.id == mails.c.appointment_id))
)
_columns = (
    _t.id,
    _t.reason,
    _t.failures,
    _t.first_at.label("first_failed_at"),
    _t.last_at.label("last_failed_at"),
    _t.held_at,
    func.coalesce(reminders.c.client_id, appointments.c.client_id).label("client_id"),
    mails.c.user_id,
    func.coalesce(reminders.c.appointment_id, mails.c.appointment_id).label("appointment_id"),
)

page = query(
    select(*_columns)
    .select_from(_whose)
    .where(_is_held)
    .order_by(_t.held_at.desc(), _t.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
count = query(select(func.count().label("total")).select_from(address_troubles).where(_is_held))

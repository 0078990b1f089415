"""Statements on the steps of alerts, and on the mails that tell of them. Row security limits every one to the caller's workspace."""

from sqlalchemy import Integer, Uuid, bindparam, insert, select

from chassis.db.statement import command, query
from notifications.tables import alert_escalations, alert_mails, alerts

MOST_LISTED = 1000

_escalation = {column.name: bindparam(column.name, type_=column.type) for column in alert_escalations.columns}
_mail = {column.name: bindparam(column.name, type_=column.type) for column in alert_mails.columns}

add = command(insert(alert_escalations).values(**_escalation))

add_mails = command(insert(alert_mails).values(**_mail))

# The newest first.
of_alert = query(
    select(alert_escalations)
    .where(alert_escalations.c.alert_id == bindparam("alert_id", type_=Uuid))
    .order_by(alert_escalations.c.alert_version.desc(), alert_escalations.c.to_level.desc())
    .limit(bindparam("limit", type_=Integer))
)

# What a mail says of its alert.
mailed = query(
    select(
        alerts.c.id,
        alerts.c.workspace_id,
        alerts.c.created_by,
        alerts.c.priority,
        alerts.c.alert_type,
        alerts.c.department_id,
        alerts.c.room_number,
        alerts.c.drill,
        alerts.c.status,
        alerts.c.created_at,
    )
    .join(alert_mails, (alert_mails.c.workspace_id == alerts.c.workspace_id) & (alert_mails.c.alert_id == alerts.c.id))
    .where(alert_mails.c.id == bindparam("id", type_=Uuid))
)

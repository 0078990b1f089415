"""Statements on the log of changes. Row security limits all but `heads` to the caller's workspace."""

from sqlalchemy import ARRAY, BigInteger, Integer, Uuid, any_, bindparam, func, select

from chassis.db.statement import query
from notifications.tables import alert_changes, alert_feeds, alerts

# Changes that one answer tells.
AT_ONCE = 200

heads = query(select(alert_feeds).where(alert_feeds.c.workspace_id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

head = query(select(alert_feeds).where(alert_feeds.c.workspace_id == bindparam("workspace_id", type_=Uuid)))

oldest = query(select(func.min(alert_changes.c.sequence).label("sequence")))

changes = query(
    select(alert_changes.c.sequence, alert_changes.c.kind.label("change"), *alerts.c)
    .join(alerts, (alerts.c.workspace_id == alert_changes.c.workspace_id) & (alerts.c.id == alert_changes.c.alert_id))
    .where(alert_changes.c.sequence > bindparam("after", type_=BigInteger))
    .where(alert_changes.c.sequence <= bindparam("through", type_=BigInteger))
    .order_by(alert_changes.c.sequence)
    .limit(bindparam("limit", type_=Integer))
)

"""Statements on alert rules, and on the alerts that were raised by them. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import DateTime, Text, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from notifications.tables import alert_rules, alerts

_workspace = bindparam("workspace_id", type_=Uuid)
_happening = bindparam("happening", type_=Text)
_rule: dict[str, Any] = {
    "action": bindparam("action", type_=Text),
    "priority": bindparam("priority", type_=Text),
    "updated_at": bindparam("now", type_=DateTime(timezone=True)),
}

of_all = query(select(alert_rules))
get = query(select(alert_rules).where(alert_rules.c.happening == _happening))
put = command(
    upsert(alert_rules)
    .values(workspace_id=_workspace, happening=_happening, **_rule)
    .on_conflict_do_update(constraint="pk_alert_rules", set_=_rule)
    .returning(alert_rules)
)

# Of two that happen at once, the second one sees the alert of the first.
lock = command(select(func.pg_advisory_xact_lock(lock_number("alert from within", _workspace))))
# The alert of this kind that is still somebody's to close.
open_alert = query(
    select(alerts.c.status)
    .where(or_(alerts.c.status == "active", alerts.c.status == "acknowledged"))
    .where(alerts.c.created_by == _workspace, alerts.c.alert_type == bindparam("alert_type", type_=Text))
    .limit(1)
)

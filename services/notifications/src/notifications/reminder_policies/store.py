"""Statements on the workspace's policy. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import DateTime, Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from notifications.reminder_policies.rules import DEFAULT
from notifications.tables import reminder_policies

_policy: dict[str, Any] = {
    **{name: bindparam(name, type_=reminder_policies.c[name].type) for name in DEFAULT},
    "updated_at": bindparam("now", type_=DateTime(timezone=True)),
}

get = query(select(*(reminder_policies.c[name] for name in _policy)))

put = command(
    upsert(reminder_policies)
    .values(workspace_id=bindparam("workspace_id", type_=Uuid), **_policy)
    .on_conflict_do_update(constraint="pk_reminder_policies", set_=_policy)
)

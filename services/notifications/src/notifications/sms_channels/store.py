"""Statements on the workspace's channel for text messages. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, LargeBinary, Uuid, bindparam, delete, func, insert, select, update

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from notifications.tables import sms_channels

_workspace = bindparam("workspace_id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_content: dict[str, Any] = {
    "sealed": bindparam("sealed", type_=LargeBinary),
    "version": bindparam("version", type_=BigInteger),
    "is_active": bindparam("is_active", type_=Boolean),
    "former_until": bindparam("former_until", type_=DateTime(timezone=True)),
    "updated_at": _now,
}

get = query(select(sms_channels))
# Of two who change it at once, the second one sees what the first one wrote.
lock = command(select(func.pg_advisory_xact_lock(lock_number("sms channel", _workspace))))
add = command(insert(sms_channels).values(workspace_id=_workspace, created_at=_now, **_content).returning(sms_channels))
remove = command(delete(sms_channels))
change = command(update(sms_channels).values(**_content).returning(sms_channels))

"""Statements on the retention of a workspace. Row security limits every one to the caller's workspace."""

from sqlalchemy import DateTime, SmallInteger, Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from audit.tables import retention_periods
from chassis.db.statement import command, query

_chosen = {"years": bindparam("years", type_=SmallInteger), "updated_at": bindparam("now", type_=DateTime(timezone=True))}

get = query(select(retention_periods.c.years))
put = command(
    insert(retention_periods)
    .values(workspace_id=bindparam("workspace_id", type_=Uuid), **_chosen)
    .on_conflict_do_update(constraint="pk_retention_periods", set_=_chosen)
)

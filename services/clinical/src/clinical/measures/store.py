"""Statements on measures. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import Integer, Uuid, bindparam, delete, func, insert, select

from chassis.db.statement import command, query
from clinical.tables import measures, sessions

_id = bindparam("id", type_=Uuid)
_of_plan = measures.c.plan_id == bindparam("plan_id", type_=Uuid)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


session = query(select(sessions.c.client_id, sessions.c.session_date).where(sessions.c.id == _id, sessions.c.deleted_at.is_(None)))

add = command(
    insert(measures)
    .values(version=1, **_named("workspace_id", "id", "plan_id", "session_id", "sealed", "measured_at", "created_at"))
    .returning(measures)
)

page = query(
    select(measures)
    .where(_of_plan)
    .order_by(measures.c.measured_at, measures.c.id)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
count = query(select(func.count().label("total")).select_from(measures).where(_of_plan))

remove = command(delete(measures).where(measures.c.id == _id, _of_plan).returning(measures.c.id, measures.c.version))

"""Statements about what was done, in the administrator's own workspace."""

from sqlalchemy import DateTime, Integer, bindparam, func, insert, select

from chassis.db.statement import command, query
from identity.tables import activities

add_activity = command(
    insert(activities).values(
        **{name: bindparam(name) for name in ("workspace_id", "id", "type", "subject_id", "subject_name", "user_id", "reason")},
        created_at=bindparam("now", type_=DateTime(timezone=True)),
    )
)

list_activities = query(
    select(
        activities.c.type,
        activities.c.created_at.label("timestamp"),
        activities.c.subject_id.label("workspace_id"),
        activities.c.subject_name.label("workspace_name"),
        activities.c.user_id,
        activities.c.reason,
    )
    .order_by(activities.c.created_at.desc(), activities.c.id.desc())
    .offset(bindparam("offset", type_=Integer))
    .limit(bindparam("limit", type_=Integer))
)

count_activities = query(select(func.count().label("total")).select_from(activities))

"""Statements on overrides of who is on call. Row security limits every one to the caller's workspace."""

from sqlalchemy import DateTime, Integer, Uuid, bindparam, delete, func, insert, select

from chassis.db.statement import command, query
from notifications.tables import on_call_overrides

_at = bindparam("at", type_=DateTime(timezone=True))
_columns = {column.name: bindparam(column.name, type_=column.type) for column in on_call_overrides.columns}

in_force = query(select(on_call_overrides).where(on_call_overrides.c.starts_at <= _at, on_call_overrides.c.ends_at > _at))

add = command(insert(on_call_overrides).values(**_columns).returning(on_call_overrides))

remove = command(delete(on_call_overrides).where(on_call_overrides.c.id == bindparam("id", type_=Uuid)).returning(on_call_overrides.c.id))

page = query(
    select(on_call_overrides)
    .order_by(on_call_overrides.c.starts_at.desc(), on_call_overrides.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)

count = query(select(func.count().label("total")).select_from(on_call_overrides))

"""Statements about holidays. Row security limits each to the caller's workspace."""

from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import Date, Integer, Text, Uuid

from chassis.db.statement import command, query
from scheduling.tables import holidays

_h = holidays.c
_within = _h.date.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
_values: dict[str, Any] = {column.name: bindparam(column.name, type_=column.type) for column in _h}

page = query(
    select(*_h).where(_within).order_by(_h.date, _h.name).offset(bindparam("skip", type_=Integer)).limit(bindparam("limit", type_=Integer))
)

count = query(select(func.count().label("total")).select_from(holidays).where(_within))

add = command(upsert(holidays).values(**_values).returning(*_h))

# No row for one that is there.
add_unless_there = command(upsert(holidays).values(**_values).on_conflict_do_nothing(constraint="holiday_exists").returning(*_h))

of_country = query(
    select(*_h)
    .where(
        _within,
        _h.country == bindparam("country", type_=Text),
        _h.subdivision.is_not_distinct_from(bindparam("subdivision", type_=Text)),
    )
    .order_by(_h.date, _h.name)
)

remove = command(delete(holidays).where(_h.id == bindparam("id", type_=Uuid)).returning(_h.id))

"""Statements about working hours and holidays. Row security limits each to the caller's workspace."""

from sqlalchemy import Date, bindparam, select
from sqlalchemy.types import Uuid

from chassis.db.statement import query
from scheduling.tables import availability, holidays

_a = availability.c

get = query(select(*_a).where(_a.practitioner_id == bindparam("practitioner_id", type_=Uuid)))

holidays_between = query(
    select(holidays.c.date)
    .where(holidays.c.date.between(bindparam("first", type_=Date), bindparam("last", type_=Date)))
    .distinct()
    .order_by(holidays.c.date)
)

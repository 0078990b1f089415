"""What a report counts. Row security limits every statement to the caller's workspace."""

from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Uuid

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import query
from scheduling.tables import appointments, availability

_a = appointments.c
_TIME = DateTime(timezone=True)


def _activity(names: FilterNames) -> Select[Any]:
    # 1 for the first period.
    period = func.width_bucket(_a.scheduled_start, bindparam("bounds", type_=ARRAY(_TIME))).label("period")
    seconds = func.sum(func.extract("epoch", _a.scheduled_end) - func.extract("epoch", _a.scheduled_start)).label("seconds")
    within = (_a.scheduled_start >= bindparam("since", type_=_TIME)) & (_a.scheduled_start < bindparam("until", type_=_TIME))
    fees = func.sum(_a.payment_price).label("fees")
    counted = select(period, _a.status, _a.payment_status, func.count().label("number"), seconds, fees).where(
        within, _a.deleted_at.is_(None)
    )
    if "practitioner_id" in names:
        counted = counted.where(_a.practitioner_id == bindparam("practitioner_id", type_=Uuid))
    return counted.group_by(period, _a.status, _a.payment_status)


# By status, payment status and period, of one practitioner or of all.
activity = FilteredStatement(_activity)

working_hours_of_all = query(select(*availability.c).order_by(availability.c.practitioner_id))

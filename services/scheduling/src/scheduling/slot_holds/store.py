"""The statements over holds, which are busy periods that expire. Row security limits every statement to the caller's workspace."""

from sqlalchemy import any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Uuid

from chassis.db.statement import command, query
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods.rules import HOLD
from scheduling.tables import busy_periods as periods

_now = bindparam("now", type_=DateTime(timezone=True))
_held_by = bindparam("held_by", type_=Uuid)
_of_holder = (periods.c.held_by == _held_by) & periods.c.expires_at.is_not(None)

_taken = busy_periods.taken(HOLD, expires_at=bindparam("expires_at", type_=DateTime(timezone=True)), held_by=_held_by)

# Returns no row if something is in the way.
hold = command(select(_taken.c.resource_id).where(busy_periods.all_taken(_taken)))

count = query(select(func.count().label("number")).where(_of_holder, periods.c.expires_at > _now))

_expired = _of_holder & (periods.c.expires_at <= _now)
# Whose calendars have holds of the holder's that have expired.
with_expired = query(select(periods.c.resource_id).where(_expired))
forget_expired = command(delete(periods).where(_expired, periods.c.resource_id == any_(bindparam("resource_ids", type_=ARRAY(Uuid)))))

"""What slots are computed from, beside busy periods. Row security limits every statement to the caller's workspace."""

from sqlalchemy import bindparam, select
from sqlalchemy.types import Uuid

from chassis.db.statement import query
from scheduling.tables import offered_services

service = query(
    select(
        offered_services.c.is_active,
        offered_services.c.deleted_at,
        offered_services.c.default_duration_minutes,
        offered_services.c.buffer_before_minutes,
        offered_services.c.buffer_after_minutes,
    ).where(offered_services.c.id == bindparam("id", type_=Uuid))
)

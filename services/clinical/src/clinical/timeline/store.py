"""Statements on the counters of timeline events. Row security limits every one to the caller's workspace."""

from sqlalchemy import BigInteger, Text, Uuid, bindparam, cast, func, select

from chassis.db.statement import query
from clinical.tables import timeline_counters

_totals = timeline_counters.totals

# How many events of a source ("notes" or "plans") the client's timeline has.
count_events = query(
    select(cast(func.coalesce(func.sum(_totals.c.events), 0), BigInteger).label("total"))
    .select_from(_totals)
    .where(_totals.c.client_id == bindparam("client_id", type_=Uuid), _totals.c.source == bindparam("source", type_=Text))
)

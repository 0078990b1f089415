"""Statements that make a month narrow. `narrow_events` and `is_narrow` are of one workspace; the functions are there when no process of the release before is left."""

from sqlalchemy import Date, bindparam, func, select

from chassis.db.statement import command

_month = bindparam("month", type_=Date)

narrow_events = command(select(func.audit.narrow_events(_month).label("events")))
attach = command(select(func.audit.attach_narrow_month(_month)))
is_narrow = command(select(func.audit.is_narrow(_month).label("all")))
narrow_month = command(select(func.audit.narrow_month(_month)))

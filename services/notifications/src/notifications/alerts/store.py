"""Statements of the report on alerts: of those that somebody has raised. Row security limits every one to the caller's workspace; drills are left out."""

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Double, Select, Uuid, and_, bindparam, cast, extract, func, or_, select

from chassis.db.statement import Statement, command
from notifications.tables import alert_escalations, alerts

# An alert that was taken over was answered by whom it was taken from.
_answered_at = func.coalesce(alerts.c.answered_at, alerts.c.acknowledged_at)
_seconds = extract("epoch", _answered_at - alerts.c.created_at).cast(Double)
# Nobody has cancelled it: a closed alert does not change any more.
_expired = and_(alerts.c.status == "cancelled", alerts.c.expires_at <= alerts.c.updated_at)
_steps = (
    select(func.count())
    .where(alert_escalations.c.workspace_id == alerts.c.workspace_id, alert_escalations.c.alert_id == alerts.c.id)
    .correlate(alerts)
    .scalar_subquery()
)
_FIGURES = (
    func.count().label("alerts"),
    func.count(alerts.c.acknowledged_at).label("acknowledged"),
    func.count().filter(alerts.c.acknowledged_at.is_(None), or_(alerts.c.status == "active", _expired)).label("unanswered"),
    cast(func.coalesce(func.sum(_steps), 0), BigInteger).label("escalations"),
    func.percentile_cont(0.5).within_group(_seconds).label("median_seconds"),
    func.percentile_cont(0.95).within_group(_seconds).label("p95_seconds"),
    func.max(_seconds).label("longest_seconds"),
)


@cache
def figures(by: str | None, *, of_department: bool) -> Statement:
    """The figures by a column, or of all; of one department, or of all."""
    since, until = (bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until"))
    # What a workspace's rules raise is daily work of its administration, and would pass for slow answers of a ward.
    by_somebody = alerts.c.created_by != alerts.c.workspace_id
    raised = and_(~alerts.c.drill, by_somebody, alerts.c.created_at >= since, alerts.c.created_at < until)
    grouped: Select[Any] = select(*_FIGURES) if by is None else select(alerts.c[by], *_FIGURES).group_by(alerts.c[by])
    chosen = grouped.where(raised)
    return command(chosen.where(alerts.c.department_id == bindparam("department_id", type_=Uuid)) if of_department else chosen)

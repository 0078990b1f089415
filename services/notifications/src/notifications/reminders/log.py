"""Pages of the log, near and far at one price.

What one client or one appointment has is bounded: it is counted, and walked to, along an index. What a workspace has
is not. There the figures kept per day say how many there are in all, and on which day a page begins, so that no more
than one day's reminders are ever passed over.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, combinations
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, cast, func, or_, select
from sqlalchemy.types import BigInteger, Date, DateTime, Integer

from chassis.db import Record, Transaction, statement
from chassis.rows import Page
from notifications.tables import reminder_figures, reminders

FILTERS = ("appointment_id", "client_id", "told_status")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_TIME = DateTime(timezone=True)
_r = reminders.c
_since = bindparam("since", type_=_TIME)
_until = bindparam("until", type_=_TIME)


async def turn_to(
    tx: Transaction, filters: Mapping[str, Any], page: Page, *, since: datetime | None = None, until: datetime | None = None
) -> tuple[list[Record], int]:
    """The page's reminders, latest due first, and how many there are in all; `until` is exclusive."""
    names = frozenset(filters)
    window = {"since": max(since or EARLIEST, EARLIEST), "until": min(until or LATEST, LATEST)}
    skip = page.offset
    if names in _counted:
        total = (await tx.one(_counted[names], **filters, **window))["total"]
    else:
        place = await tx.one(_placed[names], **filters, **window, offset=skip)
        total = place["total"]
        if place["day_after"] is not None:
            window["until"], skip = min(window["until"], place["day_after"]), skip - place["passed"]
    if page.offset >= total:
        return [], total
    return await tx.all(_listed[names], **filters, **window, skip=skip, limit=page.limit), total


def _matching(names: frozenset[str]) -> list[ColumnElement[bool]]:
    equal = [_r[name] == bindparam(name, type_=_r[name].type) for name in sorted(names)]
    return [*equal, _r.due_at >= _since, _r.due_at < _until]


def _list(names: frozenset[str]) -> Select[Any]:
    return (
        select(*_r)
        .where(*_matching(names))
        .order_by(_r.due_at.desc(), _r.id.desc())
        .offset(bindparam("skip", type_=Integer))
        .limit(bindparam("limit", type_=Integer))
    )


def _count(names: frozenset[str]) -> Select[Any]:
    return select(func.count().label("total")).where(*_matching(names))


def _place(names: frozenset[str]) -> Select[Any]:
    """The total, the end of the day on which the reminder at `offset` is due, and how many are due after that day."""
    kept = reminder_figures.c
    offset = bindparam("offset", type_=BigInteger)
    first, last = (cast(func.timezone("UTC", edge), Date) for edge in (_since, _until))
    # The window may begin and end within a day, of which the kept figure then says too much.
    at_the_edge = (
        select(func.count())
        .where(*_matching(names), _r.due_at >= _begin(kept.day), _r.due_at < _begin(kept.day + 1))
        .correlate(reminder_figures)
        .scalar_subquery()
    )
    days = select(
        kept.day, case((or_(kept.day == first, kept.day == last), at_the_edge), else_=func.sum(kept.reminder_count)).label("held")
    )
    days = days.where(kept.day >= first, kept.day <= last).group_by(kept.day)
    if "told_status" in names:
        days = days.where(kept.status == bindparam("told_status", type_=kept.status.type))
    held = days.cte("days")
    passing = select(held.c.day, held.c.held, (func.sum(held.c.held).over(order_by=held.c.day.desc()) - held.c.held).label("passed")).cte(
        "passing"
    )
    place = select(passing.c.day, passing.c.passed).where(passing.c.passed <= offset).order_by(passing.c.day).limit(1).subquery()
    total = select(cast(func.coalesce(func.sum(held.c.held), 0), BigInteger).label("total")).subquery()
    return select(total.c.total, _begin(place.c.day + 1).label("day_after"), cast(place.c.passed, BigInteger).label("passed")).select_from(
        total.outerjoin(place, total.c.total > offset)
    )


def _begin(day: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.timezone("UTC", cast(day, DateTime()), type_=_TIME)


_kinds = [frozenset(names) for names in chain.from_iterable(combinations(FILTERS, size) for size in range(len(FILTERS) + 1))]
_wide = [names for names in _kinds if not names & {"appointment_id", "client_id"}]

_listed = {names: statement(_list(names)) for names in _kinds}
_counted = {names: statement(_count(names)) for names in _kinds if names not in _wide}
_placed = {names: statement(_place(names)) for names in _wide}

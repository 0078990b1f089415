"""Pages of dated rows, near and far at one price.

What one person or thing has is bounded by a working life: it is counted, and its pages are walked to, along an index.
What a workspace has is not. There the figures kept per day say how many there are in all, and on which day a page
begins, so that no more than one day's rows are ever passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, combinations
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, bindparam, case, cast, func, or_, select
from sqlalchemy.types import BigInteger, Date, DateTime, Integer

from chassis.db.statement import query
from chassis.db.transaction import Record, Transaction
from chassis.errors import Fault, Invalid

# With the most entries on each, its offset still is an integer to PostgreSQL.
LAST_PAGE = 10_000_000
_TIME = DateTime(timezone=True)
_SINCE = bindparam("since", type_=_TIME)
_UNTIL = bindparam("until", type_=_TIME)
Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    limit: int
    offset: int


def page(request: Any, *, default: int = 50, most: int = 100) -> Page:
    """The page a request asks for; 0 means the default. Invalid outside 1..most."""
    number, size = request.page or 1, request.page_size or default
    faults = []
    if not 1 <= number <= LAST_PAGE:
        faults.append(Fault("/page", f"must be from 1 to {LAST_PAGE}"))
    if not 1 <= size <= most:
        faults.append(Fault("/page_size", f"must be from 1 to {most}"))
    if faults:
        raise Invalid("page_out_of_range", "There is no such page.", faults=faults)
    return Page(limit=size, offset=(number - 1) * size)


class DatedPages:
    """The statements over one table that is listed by a time and then by id.

    `narrow` names the columns of which one value's rows may be counted. `wide` maps every other filter to the column of
    `figures` that is kept per value of it; `figures` has a `day` (UTC) and, in `held`, how many rows are on it.
    """

    def __init__(
        self,
        table: Table,
        at: Column[Any],
        *,
        figures: Table,
        held: str,
        narrow: tuple[str, ...],
        wide: Mapping[str, str],
        within: tuple[datetime, datetime],
        latest_first: bool = False,
        only: ColumnElement[bool] | None = None,
    ) -> None:
        self._column = table.c
        self._at = at
        self._figures = figures
        self._held = figures.c[held]
        self._wide = dict(wide)
        self._within = within
        self._latest_first = latest_first
        self._only = [] if only is None else [only]
        filters = (*narrow, *wide)
        kinds = [frozenset(names) for names in chain.from_iterable(combinations(filters, size) for size in range(len(filters) + 1))]
        self.listed = {names: query(self._list(names)) for names in kinds}
        self.counted = {names: query(self._count(names)) for names in kinds if names & set(narrow)}
        self.placed = {names: query(self._place(names)) for names in kinds if not names & set(narrow)}

    async def turn_to(
        self, tx: Transaction, filters: Mapping[str, Any], page: Page, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[list[Record], int]:
        """The page's rows, and how many there are in all; `until` is exclusive."""
        names = frozenset(filters)
        first, last = self._within
        window = {"since": max(since or first, first), "until": min(until or last, last)}
        skip = page.offset
        if names in self.counted:
            total: int = (await tx.one(self.counted[names], **filters, **window))["total"]
        else:
            place = await tx.one(self.placed[names], **filters, **window, offset=skip)
            total = place["total"]
            if place["edge"] is not None:
                skip -= place["passed"]
                if self._latest_first:
                    window["until"] = min(window["until"], place["edge"])
                else:
                    window["since"] = max(window["since"], place["edge"])
        if page.offset >= total:
            return [], total
        return await tx.all(self.listed[names], **filters, **window, skip=skip, limit=page.limit), total

    def _matching(self, names: Names) -> list[ColumnElement[bool]]:
        column = self._column
        equal = [column[name] == bindparam(name, type_=column[name].type) for name in sorted(names)]
        return [*equal, self._at >= _SINCE, self._at < _UNTIL, *self._only]

    def _list(self, names: Names) -> Select[Any]:
        order = (self._at, self._column.id)
        return (
            select(*self._column)
            .where(*self._matching(names))
            .order_by(*((key.desc() for key in order) if self._latest_first else order))
            .offset(bindparam("skip", type_=Integer))
            .limit(bindparam("limit", type_=Integer))
        )

    def _count(self, names: Names) -> Select[Any]:
        return select(func.count().label("total")).where(*self._matching(names))

    def _place(self, names: Names) -> Select[Any]:
        """The total, where the day begins (or, latest first, ends) that holds the row at `offset`, and how many come before that day."""
        kept = self._figures.c
        offset = bindparam("offset", type_=BigInteger)
        first, last = (cast(func.timezone("UTC", edge), Date) for edge in (_SINCE, _UNTIL))
        # The window may begin and end within a day, of which the kept figure then says too much.
        at_the_edge = (
            select(func.count())
            .where(*self._matching(names), self._at >= _begin(kept.day), self._at < _begin(kept.day + 1))
            .correlate(self._figures)
            .scalar_subquery()
        )
        on_the_edge = or_(kept.day == first, kept.day == last)
        days = select(kept.day, case((on_the_edge, at_the_edge), else_=func.sum(self._held)).label("held"))
        days = days.where(kept.day >= first, kept.day <= last).group_by(kept.day)
        for name in sorted(names):
            figure = kept[self._wide[name]]
            days = days.where(figure == bindparam(name, type_=figure.type))
        held = days.cte("days")
        onward = held.c.day.desc() if self._latest_first else held.c.day.asc()
        passed = (func.sum(held.c.held).over(order_by=onward) - held.c.held).label("passed")
        passing = select(held.c.day, held.c.held, passed).cte("passing")
        nearest = passing.c.day.asc() if self._latest_first else passing.c.day.desc()
        place = select(passing.c.day, passing.c.passed).where(passing.c.passed <= offset).order_by(nearest).limit(1).subquery()
        edge = _begin(place.c.day + 1 if self._latest_first else place.c.day)
        total = select(cast(func.coalesce(func.sum(held.c.held), 0), BigInteger).label("total")).subquery()
        return select(total.c.total, edge.label("edge"), cast(place.c.passed, BigInteger).label("passed")).select_from(
            total.outerjoin(place, total.c.total > offset)
        )


def _begin(day: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.timezone("UTC", cast(day, DateTime()), type_=_TIME)

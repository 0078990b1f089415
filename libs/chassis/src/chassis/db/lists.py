"""Lists of rows ordered by time, in numbered pages with an exact total, at a cost that does not grow with the table.

A list narrowed to one client, practitioner or appointment is short: its rows are counted and paged along an index.
A list of a whole workspace is long: counters kept per UTC day give its total and the day on which a page begins, so
that reading a page skips the rows of one day at most.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, bindparam, case, cast, func, or_, select
from sqlalchemy.types import BigInteger, Date, DateTime, Integer

from chassis.db.statement import Statement, query
from chassis.db.transaction import Record, Transaction
from chassis.paging import Page

_TIME = DateTime(timezone=True)
_SINCE = bindparam("since", type_=_TIME)
_UNTIL = bindparam("until", type_=_TIME)

FilterNames = frozenset[str]


class FilteredStatement:
    """One statement per combination of filters, compiled when the combination is first used and then cached.

    Connections plan every statement once for all arguments (`force_generic_plan`). For a condition such as
    `$1 IS NULL OR status = $1` such a plan reads every row, because it cannot use the index on `status`. Therefore
    a filter that is not set is left out of the SQL, and each combination has SQL of its own.
    """

    # Ten filters have 1024 combinations, of which people use a few. The least recently used are compiled again.
    MAX_CACHED = 128

    def __init__(self, build: Callable[[FilterNames], Select[Any]]) -> None:
        self._compiled = lru_cache(self.MAX_CACHED)(lambda names: query(build(names)))

    def __call__(self, names: Iterable[str] = ()) -> Statement:
        """The statement for these filters. Raises KeyError for a name that is not a filter."""
        return self._compiled(frozenset(names))


class DatedList:
    """The list of one table's rows by `time` and then by id.

    `selective` names the filter columns of which a single value has few enough rows to count them. `counter_columns`
    maps every other filter column of `table` to the column of `counters` that holds the same value. The rows of `counters`
    for a `day` (UTC) add up in `count_column` to how many rows of `table` there are on it. Only rows that meet `where` are listed; where they
    are few enough to count them whatever the filters, `is_short` says so.
    """

    def __init__(
        self,
        table: Table,
        time: Column[Any],
        *,
        counters: FromClause,
        count_column: str,
        selective: tuple[str, ...],
        counter_columns: Mapping[str, str],
        bounds: tuple[datetime, datetime],
        latest_first: bool = False,
        is_short: bool = False,
        where: ColumnElement[bool] | None = None,
    ) -> None:
        self.filters = (*selective, *counter_columns)
        self._columns = table.c
        self._filter_columns = {name: table.c[name] for name in self.filters}
        self._time = time
        self._counters = counters
        self._count = counters.c[count_column]
        self._counter_columns = {name: counters.c[column] for name, column in counter_columns.items()}
        self._selective = frozenset(selective)
        self._bounds = bounds
        self._latest_first = latest_first
        self._is_short = is_short
        self._where = [] if where is None else [where]
        self.list_statement = FilteredStatement(self._list)
        self.count_statement = FilteredStatement(self._count_rows)
        self.locate_statement = FilteredStatement(self._locate)

    async def read_page(
        self, tx: Transaction, filters: Mapping[str, Any], page: Page, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[list[Record], int]:
        """The rows of the page, and how many rows all pages have.

        A filter whose value is None is not applied. `since` is inclusive, `until` exclusive. Raises KeyError for a
        name that is not a filter.
        """
        values = {name: value for name, value in filters.items() if value is not None}
        earliest, latest = self._bounds
        window = {"since": max(since or earliest, earliest), "until": min(until or latest, latest)}
        skip = page.offset
        if self._is_short or self._selective & values.keys():
            total: int = (await tx.one(self.count_statement(values), **values, **window))["total"]
        else:
            located = await tx.one(self.locate_statement(values), **values, **window, offset=skip)
            total = located["total"]
            if located["boundary"] is not None:
                skip -= located["rows_before"]
                if self._latest_first:
                    window["until"] = min(window["until"], located["boundary"])
                else:
                    window["since"] = max(window["since"], located["boundary"])
        if page.offset >= total:
            return [], total
        return await tx.all(self.list_statement(values), **values, **window, skip=skip, limit=page.limit), total

    def _matching(self, names: FilterNames) -> list[ColumnElement[bool]]:
        filters = [_equals(name, self._filter_columns[name]) for name in sorted(names)]
        return [*filters, self._time >= _SINCE, self._time < _UNTIL, *self._where]

    def _list(self, names: FilterNames) -> Select[Any]:
        order = (self._time, self._columns.id)
        return (
            select(*self._columns)
            .where(*self._matching(names))
            .order_by(*((key.desc() for key in order) if self._latest_first else order))
            .offset(bindparam("skip", type_=Integer))
            .limit(bindparam("limit", type_=Integer))
        )

    def _count_rows(self, names: FilterNames) -> Select[Any]:
        return select(func.count().label("total")).where(*self._matching(names))

    def _locate(self, names: FilterNames) -> Select[Any]:
        """Selects `total`, and where to find the row at `offset`.

        `boundary` is the start of that row's day, or its end if the latest row comes first; `rows_before` is the
        number of rows on the days that come before it in the list. Both are null if there is no row at `offset`.
        """
        counter = self._counters.c
        offset = bindparam("offset", type_=BigInteger)
        first, last = (cast(func.timezone("UTC", edge), Date) for edge in (_SINCE, _UNTIL))
        # The window may begin or end within a day. The counter covers the whole day, so the rows of that day are counted.
        rows_in_window = (
            select(func.count())
            .where(*self._matching(names), self._time >= _midnight(counter.day), self._time < _midnight(counter.day + 1))
            .correlate(self._counters)
            .scalar_subquery()
        )
        is_first_or_last = or_(counter.day == first, counter.day == last)
        days = select(counter.day, case((is_first_or_last, rows_in_window), else_=func.sum(self._count)).label("row_count"))
        days = days.where(counter.day >= first, counter.day <= last).group_by(counter.day)
        days = days.where(*(_equals(name, self._counter_columns[name]) for name in sorted(names)))
        day = days.cte("days")
        in_list_order = day.c.day.desc() if self._latest_first else day.c.day.asc()
        rows_before = (func.sum(day.c.row_count).over(order_by=in_list_order) - day.c.row_count).label("rows_before")
        reached = select(day.c.day, rows_before).cte("reached")
        nearest_first = reached.c.day.asc() if self._latest_first else reached.c.day.desc()
        start = (
            select(reached.c.day, reached.c.rows_before).where(reached.c.rows_before <= offset).order_by(nearest_first).limit(1).subquery()
        )
        boundary = _midnight(start.c.day + 1 if self._latest_first else start.c.day)
        total = select(cast(func.coalesce(func.sum(day.c.row_count), 0), BigInteger).label("total")).subquery()
        return select(total.c.total, boundary.label("boundary"), cast(start.c.rows_before, BigInteger).label("rows_before")).select_from(
            total.outerjoin(start, total.c.total > offset)
        )


def _equals(name: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    return column == bindparam(name, type_=column.type)


def _midnight(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The start of the UTC day."""
    return func.timezone("UTC", cast(day, DateTime()), type_=_TIME)

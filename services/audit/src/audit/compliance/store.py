"""Statements that count events of a time. Row security limits every one to the caller's workspace.

`size` and `tallies` are answered by an index alone, `failures` and `named` read the rows of a few kinds, and `clients` all rows of the time.
The number of events of the time bounds them all, and is looked at first.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    extract,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from audit.tables import all_events
from chassis.db.statement import command, query

_e = all_events.c
_moment = DateTime(timezone=True)
_within = (
    _e.workspace_id == bindparam("workspace_id", type_=Uuid),
    _e.created_at >= bindparam("start", type_=_moment),
    _e.created_at < bindparam("end", type_=_moment),
)
_number = func.count().label("number")


# No further than to one too many.
size = query(
    select(func.count().label("events")).select_from(
        select(_e.id).where(*_within).limit(bindparam("limit", type_=BigInteger)).subquery("some")
    )
)
oldest = query(
    select(_e.created_at).where(_e.workspace_id == bindparam("workspace_id", type_=Uuid)).order_by(_e.created_at, _e.id).limit(1)
)

_local = func.timezone(bindparam("zone", type_=Text), _e.created_at)
_minute = (extract("hour", _local) * 60 + extract("minute", _local)).cast(Integer)
_is_after_hours = or_(
    extract("isodow", _local).cast(Integer) != func.all(bindparam("weekdays", type_=ARRAY(Integer))),
    _minute < bindparam("opens", type_=Integer),
    _minute >= bindparam("closes", type_=Integer),
)
_lines = (
    select(_e.user_id, _e.resource_type, _e.action, _e.outcome, _is_after_hours.label("is_after_hours")).where(*_within).subquery("lines")
)
tallies = query(select(*_lines.c, _number).group_by(*_lines.c))


# What people did on each of their days with what may hold PHI, as accesses are counted, and how much of it after hours.
_day = func.to_char(_local, literal_column("'YYYY-MM-DD'")).label("day")
_accesses = (
    select(_e.user_id, _day, _is_after_hours.label("is_after_hours"))
    .where(
        *_within,
        _e.outcome == "success",
        _e.user_id.is_not(None),
        _e.resource_type != func.all(bindparam("excluded_types", type_=ARRAY(Text))),
    )
    .subquery("lines")
)
days = command(
    select(_accesses.c.user_id, _accesses.c.day, _number, func.count().filter(_accesses.c.is_after_hours).label("after_hours")).group_by(
        _accesses.c.user_id, _accesses.c.day
    )
)


def _rows(*tests: ColumnElement[bool]) -> tuple[FromClause, Any]:
    """The events of the time that pass the tests. They are chosen in an index, and only those that are chosen are read."""
    chosen = select(_e.workspace_id, _e.created_at, _e.id).where(*_within, *tests).subquery("chosen")
    found = all_events.alias("found")
    same = (found.c.workspace_id == chosen.c.workspace_id) & (found.c.created_at == chosen.c.created_at) & (found.c.id == chosen.c.id)
    # Said once more, so that no plan reads events of another time.
    within = (found.c.created_at >= bindparam("start", type_=_moment)) & (found.c.created_at < bindparam("end", type_=_moment))
    return chosen.join(found, same & within), found.c


def _text(metadata: ColumnElement[Any], *path: str) -> ColumnElement[Any]:
    """A text of the metadata, or an empty one. The path is ours."""
    return func.coalesce(metadata.op("#>>", return_type=Text())(literal_column(f"'{{{','.join(path)}}}'")), "")


_source, _f = _rows(_e.outcome == "failure")
_failures = select(_f.user_id, _f.action, _text(_f["metadata"], "code").label("code")).select_from(_source).subquery("lines")
failures = command(select(*_failures.c, _number).group_by(*_failures.c))

# Exports, and what was done of a few types.
_source, _f = _rows(
    _e.outcome == "success",
    or_(
        _e.action == "EXPORT",
        and_(
            *(_e.action != action for action in ("READ", "LOGIN", "LOGOUT")),
            or_(*(_e.resource_type == resource_type for resource_type in ("User", "Client", "Workspace", "Audit"))),
        ),
    ),
)
_named = (
    select(_f.user_id, _f.event_type, _f.action, _text(_f["metadata"], "facts", "review").label("review"))
    .select_from(_source)
    .where(or_(_f.action == "EXPORT", _f.event_type == func.any(bindparam("event_types", type_=ARRAY(Text)))))
    .subquery("lines")
)
named = command(select(*_named.c, _number).group_by(*_named.c))

_NOBODY = literal_column("'[]'::jsonb", type_=JSONB())


def _ids(member: str) -> ColumnElement[Any]:
    """A list of the metadata."""
    return func.coalesce(_e["metadata"].op("->", return_type=JSONB())(literal_column(f"'{member}'")), _NOBODY, type_=JSONB())


_themselves: ColumnElement[Any] = case(
    (
        _e.resource_type == "Client",
        func.jsonb_build_array(_e.resource_id, type_=JSONB()).op("||", return_type=JSONB())(_ids("resource_ids")),
    ),
    else_=_NOBODY,
)
_opened = (
    select(func.jsonb_array_elements_text(_themselves.op("||")(_ids("client_ids"))).label("client_id"), _e.user_id)
    .where(*_within, _e.outcome == "success", _e.resource_type != "Audit")
    .subquery("opened")
)
# Each event counts once for each client whom it was about, or whose things.
clients = command(
    select(_opened.c.client_id, func.count().label("events"), func.count(_opened.c.user_id.distinct()).label("users"))
    .where(_opened.c.client_id.is_not(None))
    .group_by(_opened.c.client_id)
    .order_by(func.count().desc(), _opened.c.client_id)
    .limit(bindparam("limit", type_=BigInteger))
)

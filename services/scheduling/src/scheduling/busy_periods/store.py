"""The statements over busy periods. Row security limits every statement to the caller's workspace.

Under row security PostgreSQL uses no index for `&&`, because that operator is not leakproof. It is not needed: periods of a
resource that are not overbooked never overlap. So of those that started before a moment only the last can still go on, and
all others that are in the way start later. Overbooked ones are few, and have an index of their own.

PostgreSQL takes resources to have few periods, for clients have, and practitioners thousands. So it would rather read all of a
resource in the index of the constraint than those of a time in the primary key. Therefore no condition says what that index is
limited to (`NOT overbooked`); see `_is_sole`.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, TableValuedAlias, bindparam, column, delete, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.selectable import CTE
from sqlalchemy.types import Boolean, DateTime, Text, Uuid

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from scheduling.busy_periods.rules import APPOINTMENT, CLIENT
from scheduling.tables import appointments, busy_periods

_TIME = DateTime(timezone=True)
_PARAMETERS = {
    "resource_kind": "resource_kinds",
    "resource_id": "resource_ids",
    "starts_at": "starts",
    "ends_at": "ends",
    "overbooked": "flags",
}
_TYPES: dict[str, Any] = {"resource_kind": Text(), "resource_id": Uuid(), "starts_at": _TIME, "ends_at": _TIME, "overbooked": Boolean()}
_b = busy_periods.c
_owner_id = bindparam("owner_id", type_=Uuid)
_resource_ids = bindparam("resource_ids", type_=ARRAY(Uuid))
_now = bindparam("now", type_=_TIME)
_reader = bindparam("reader", type_=Uuid)

_locked = func.unnest(_resource_ids).table_valued(column("id", Uuid)).render_derived("locked")
_calendar = lock_number("calendar", bindparam("workspace_id", type_=Uuid), _locked.c.id)
# Held until the end of the transaction, in the order of `resource_ids`. See `workflow` for who takes which.
lock_shared = command(select(func.pg_advisory_xact_lock_shared(_calendar)).select_from(_locked))
lock_alone = command(select(func.pg_advisory_xact_lock(_calendar)).select_from(_locked))


def _wanted(*names: str) -> TableValuedAlias:
    """The periods that the parameters name, a row each (see `rules.columns`)."""
    parameters = [bindparam(_PARAMETERS[name], type_=ARRAY(_TYPES[name])) for name in names]
    return func.unnest(*parameters).table_valued(*(column(name, _TYPES[name]) for name in names)).render_derived("wanted")


def taken(owner_kind: str, **more: ColumnElement[Any]) -> CTE:
    """Writes the wanted periods that nothing is in the way of, and returns their resources. `more` are columns of all of them."""
    periods = _wanted(*_TYPES)
    values = {
        "workspace_id": bindparam("workspace_id", type_=Uuid),
        **{name: periods.c[name] for name in _TYPES},
        "owner_kind": literal(owner_kind, Text),
        "owner_id": _owner_id,
        **more,
    }
    return (
        upsert(busy_periods)
        .from_select(list(values), select(*values.values()))
        # Covers the exclusion constraint without failing the transaction.
        .on_conflict_do_nothing()
        .returning(_b.resource_id)
        .cte("taken")
    )


def all_taken(periods: CTE) -> ColumnElement[bool]:
    """Whether nothing is in the way of any wanted period.

    The constraint ignores overbooked periods, so they are searched for here.
    """
    asked = _wanted(*_TYPES)
    number = select(func.count()).select_from(periods).scalar_subquery()
    overbooked = (
        select(literal(1, Integer))
        .select_from(asked.join(busy_periods, _b.resource_id == asked.c.resource_id))
        .where(
            ~asked.c.overbooked,
            asked.c.resource_kind != literal(CLIENT, Text),
            _b.overbooked,
            _b.ends_at > asked.c.starts_at,
            _b.starts_at < asked.c.ends_at,
            _b.owner_id != _owner_id,
        )
    )
    return (number == func.cardinality(_resource_ids)) & ~overbooked.exists()


take = command(select(func.count().label("number")).select_from(taken(APPOINTMENT)))


# Not overbooked, in words from which PostgreSQL does not conclude that it may use the index of the constraint.
_is_sole = _b.overbooked.is_not(true())


def _overlapping() -> Select[Any]:
    """The periods of others that overlap with the wanted ones, without expired holds and those of the reader."""
    asked = _wanted("resource_kind", "resource_id", "starts_at", "ends_at")
    of_resource = (_b.resource_id == asked.c.resource_id) & (_b.owner_id != _owner_id)
    last_before = (
        select(*_b)
        .where(of_resource, _is_sole, _b.starts_at < asked.c.starts_at)
        .order_by(_b.starts_at.desc())
        .limit(literal(1, Integer))
        .correlate(asked)
        .subquery("last_before")
    )
    found = union_all(
        select(*_b).where(of_resource, _is_sole, _b.starts_at >= asked.c.starts_at, _b.starts_at < asked.c.ends_at).correlate(asked),
        select(*last_before.c).where(last_before.c.ends_at > asked.c.starts_at).correlate(asked),
        select(*_b).where(of_resource, _b.overbooked, _b.ends_at > asked.c.starts_at, _b.starts_at < asked.c.ends_at).correlate(asked),
    ).lateral("found")
    in_the_way = found.c.expires_at.is_(None) | ((found.c.expires_at > _now) & (found.c.held_by != _reader))
    wanted = asked.c.starts_at.label("wanted_starts_at")
    return select(*found.c, wanted).select_from(asked.join(found, true())).where(in_the_way)


def _conflicts() -> Select[Any]:
    found, a = _overlapping().subquery("in_the_way"), appointments.c
    start = func.coalesce(a.scheduled_start, found.c.starts_at)
    return (
        select(
            found.c.resource_kind,
            found.c.resource_id,
            found.c.wanted_starts_at,
            found.c.owner_kind,
            found.c.owner_id.label("id"),
            start.label("scheduled_start"),
            func.coalesce(a.scheduled_end, found.c.ends_at).label("scheduled_end"),
            a.client_id,
            a.location_type,
            a.status,
        )
        .select_from(found.outerjoin(appointments, a.id == found.c.owner_id))
        .order_by(start, found.c.owner_id)
    )


# What is in the way of the wanted periods: a row for each of them.
conflicts = query(_conflicts())


def _one_resource() -> Select[Any]:
    since, until = bindparam("since", type_=_TIME), bindparam("until", type_=_TIME)
    of_resource = _b.resource_id == bindparam("resource_id", type_=Uuid)
    last_before = (
        select(*_b).where(of_resource, _is_sole, _b.starts_at < since).order_by(_b.starts_at.desc()).limit(literal(1, Integer))
    ).subquery("last_before")
    found = union_all(
        select(*_b).where(of_resource, _is_sole, _b.starts_at >= since, _b.starts_at < until),
        select(*last_before.c).where(last_before.c.ends_at > since),
        select(*_b).where(of_resource, _b.overbooked, _b.ends_at > since, _b.starts_at < until),
    ).subquery("found")
    return select(*found.c).where(found.c.expires_at.is_(None) | (found.c.expires_at > _now)).order_by(found.c.starts_at, found.c.owner_id)


# When a resource is taken in [since, until), earliest first, without expired holds.
busy_within = query(_one_resource())


def _of_owner() -> ColumnElement[bool]:
    places = _wanted("resource_id", "starts_at")
    return (_b.resource_id == places.c.resource_id) & (_b.starts_at == places.c.starts_at) & (_b.owner_id == _owner_id)


# Gives back what the owner has taken at these places, which are named by resource and start.
release = command(delete(busy_periods).where(_of_owner()).returning(*_b))

# A hold of the reader's, if it has not lapsed.
release_hold = command(
    delete(busy_periods)
    .where(_b.owner_id == _owner_id, _b.held_by == _reader, _b.expires_at.is_not(None), _b.expires_at > _now)
    .returning(_b.owner_id)
)


def _releasable() -> ColumnElement[bool]:
    asked = _wanted("resource_id", "starts_at", "ends_at")
    overlaps = (_b.resource_id == asked.c.resource_id) & (_b.starts_at < asked.c.ends_at) & (_b.ends_at > asked.c.starts_at)
    return overlaps & _b.expires_at.is_not(None) & ((_b.expires_at <= _now) | (_b.held_by == _reader))


# Gives back the holds that have expired, and those of the reader, where they overlap with the wanted periods.
release_holds = command(delete(busy_periods).where(_releasable()))

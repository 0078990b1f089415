"""Statements on plans of care. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, Select, Uuid, bindparam, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from clinical.tables import plan_counters, plan_events, plan_versions, plans

_id = bindparam("id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)
_present = plans.c.deleted_at.is_(None)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


create = command(
    insert(plans)
    .values(
        status="active",
        version=1,
        created_at=bindparam("now"),
        updated_at=bindparam("now"),
        **_named("workspace_id", "id", "client_id", "sealed"),
    )
    .returning(plans)
)

get = query(select(plans).where(plans.c.id == _id, _present))

# Locked until the commit: whatever changes a plan, its milestones or its measures does so one after the other.
lock = command(select(plans).where(plans.c.id == _id, _present).with_for_update())

_rewritten = {"sealed": bindparam("sealed"), "version": plans.c.version + 1, "updated_at": bindparam("now")}

save = command(update(plans).where(plans.c.id == _id).values(status=bindparam("status"), **_rewritten).returning(plans))

mark_deleted = command(
    update(plans).where(plans.c.id == _id).values(deleted_at=bindparam("now"), deleted_by_user_id=bindparam("by", type_=Uuid), **_rewritten)
)

# --- versions

add_version = command(
    insert(plan_versions).values(
        **_named("workspace_id", "id", "plan_id", "version_number", "sealed", "status", "created_by_user_id", "created_at")
    )
)

_of_plan = plan_versions.c.plan_id == bindparam("plan_id", type_=Uuid)
_shown_before = plan_versions.alias()
_last_shown = (
    select(_shown_before.c.version_number)
    .where(_shown_before.c.plan_id == bindparam("plan_id", type_=Uuid), _shown_before.c.id == bindparam("after", type_=Uuid))
    .scalar_subquery()
)
versions = query(
    select(plan_versions)
    .where(_of_plan, plan_versions.c.version_number < func.coalesce(_last_shown, literal(2**63 - 1, BigInteger)))
    .order_by(plan_versions.c.version_number.desc())
    .limit(bindparam("limit"))
)

# --- lists


def _matching(names: FilterNames) -> list[ColumnElement[bool]]:
    return [_present, *(plans.c[name] == bindparam(name, type_=plans.c[name].type) for name in sorted(names))]


def _page(names: FilterNames) -> Select[Any]:
    in_order = select(plans).where(*_matching(names)).order_by(plans.c.id.desc())
    return in_order.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


def _count(names: FilterNames) -> Select[Any]:
    """Counted for one client, read from the counters for a workspace."""
    if "client_id" in names:
        return select(func.count().label("total")).select_from(plans).where(*_matching(names))
    counted = plan_counters.totals.c
    total = select(func.coalesce(func.sum(counted.live), 0).label("total"))
    return total.where(counted.status == bindparam("status")) if names else total


def _count_hidden(names: FilterNames) -> Select[Any]:
    of_clients = plans.c.client_id == func.any(bindparam("client_ids", type_=ARRAY(Uuid)))
    return select(func.count().label("total")).select_from(plans).where(*_matching(names), of_clients)


# The filters are `client_id` and `status`. Newest first: ids begin with the time.
page = FilteredStatement(_page)
count = FilteredStatement(_count)
# The number of plans of some clients among those that the counters count.
count_hidden = FilteredStatement(_count_hidden)

# How many plans of a status there are more, or fewer if negative.
change_counter = command(insert(plan_counters.changes).values(**_named("workspace_id", "status", "live")))

# --- timeline events

_event = upsert(plan_events).values(hidden=False, **_named("workspace_id", "id", "plan_id", "client_id", "milestone_id", "kind", "at"))
record_event = command(
    _event.on_conflict_do_update(constraint="pk_plan_events", set_={"at": _event.excluded.at, "hidden": _event.excluded.hidden})
)

hide_events = command(update(plan_events).where(plan_events.c.plan_id == _id).values(hidden=True))

hide_event_of_milestone = command(
    update(plan_events).where(plan_events.c.milestone_id == bindparam("milestone_id", type_=Uuid)).values(hidden=True)
)

_shown = (plan_events.c.client_id == _client_id) & ~plan_events.c.hidden
_events = select(plan_events).where(_shown).order_by(plan_events.c.at.desc(), plan_events.c.id.desc()).limit(bindparam("limit"))
newest_events = query(_events)
events_before = query(
    _events.where(
        tuple_(plan_events.c.at, plan_events.c.id)
        < tuple_(bindparam("before", type_=plan_events.c.at.type), bindparam("before_id", type_=Uuid))
    )
)

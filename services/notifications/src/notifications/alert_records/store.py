"""Statements on alerts and the log of their changes. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from notifications.tables import alert_changes, alert_feeds, alerts, on_call_overrides

# How many unanswered alerts are shown at most. Whoever has more answers the most urgent ones first.
MOST_ACTIVE = 500
FILTERS = ("status", "priority", "department_id")
# The filters of who may not see all.
_CONFINED = frozenset({"departments", "user_id"})

_workspace = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_columns = {column.name: bindparam(column.name, type_=column.type) for column in alerts.columns}
_changeable = (
    "version", "status", "escalation_level", "acknowledged_by", "acknowledged_at", "answered_at", "resolved_by", "resolved_at", "escalates_at",
    "sealed", "updated_at",
)  # fmt: skip

# The clock that timers go by.
clock = command(select(func.clock_timestamp().label("now")))

add = command(insert(alerts).values(**_columns).returning(alerts))

by_ids = query(select(alerts).where(alerts.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

lock = command(select(alerts, func.clock_timestamp().label("now")).where(alerts.c.id == _id).with_for_update())

save = command(update(alerts).where(alerts.c.id == _id).values(**{name: _columns[name] for name in _changeable}).returning(alerts))

# Begins the time anew that an alert may stay acknowledged. Nobody who has read the alert has to read it again: its version stays.
put_off = command(update(alerts).where(alerts.c.id == _id).values(escalates_at=_columns["escalates_at"]))

# The departments in which the user stands in at this moment.
stands_in = query(
    select(on_call_overrides.c.department_id)
    .where(on_call_overrides.c.user_id == bindparam("user_id", type_=Uuid))
    .where(on_call_overrides.c.starts_at <= _now, on_call_overrides.c.ends_at > _now)
    .where(on_call_overrides.c.department_id.is_not(None))
)


def _matching(names: FilterNames) -> list[ColumnElement[bool]]:
    """`departments` and `user_id` are set together: those of somebody who does not see all."""
    found = [alerts.c[name] == bindparam(name, type_=alerts.c[name].type) for name in sorted(names - _CONFINED)]
    if names & _CONFINED:
        # What the workspace itself has raised is for those who see all.
        found.append(alerts.c.created_by != alerts.c.workspace_id)
        found.append(
            or_(
                alerts.c.department_id.is_(None),
                alerts.c.department_id == any_(bindparam("departments", type_=ARRAY(Uuid))),
                alerts.c.created_by == bindparam("user_id", type_=Uuid),
            )
        )
    return found


def _page(names: FilterNames) -> Select[Any]:
    newest_first = select(alerts).where(*_matching(names)).order_by(alerts.c.created_at.desc(), alerts.c.id.desc())
    return newest_first.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


def _count(names: FilterNames) -> Select[Any]:
    return select(func.count().label("total")).select_from(alerts).where(*_matching(names))


def _active(names: FilterNames) -> Select[Any]:
    urgency = case({"critical": 0, "high": 1, "medium": 2}, value=alerts.c.priority, else_=3)
    unanswered = select(alerts).where(alerts.c.status == "active", *_matching(names))
    return unanswered.order_by(urgency, alerts.c.created_at, alerts.c.id).limit(MOST_ACTIVE)


page = FilteredStatement(_page)
count = FilteredStatement(_count)
active = FilteredStatement(_active)

# --- the log of changes

# The next number. Whoever takes one holds the row until the commit, so numbers are committed in their order.
next_sequence = command(
    upsert(alert_feeds)
    .values(workspace_id=_workspace, generation=bindparam("generation", type_=Uuid), last_sequence=1)
    .on_conflict_do_update(index_elements=["workspace_id"], set_={"last_sequence": alert_feeds.c.last_sequence + 1})
    .returning(alert_feeds.c.last_sequence)
)

log_change = command(
    insert(alert_changes).values(
        workspace_id=_workspace,
        id=_id,
        sequence=bindparam("sequence", type_=BigInteger),
        alert_id=bindparam("alert_id", type_=Uuid),
        kind=bindparam("kind", type_=Text),
        changed_at=_now,
    )
)

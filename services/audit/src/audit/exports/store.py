"""Reads the trail in the order of its chain. Row security limits every statement to one workspace."""

from functools import cache

from sqlalchemy import BigInteger, ColumnElement, DateTime, Text, Uuid, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from audit.tables import all_entities, all_entries, all_events, checkpoints, waiting_events
from chassis.db.statement import Statement, query

_moment = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)
_event, _entry = all_events.c, all_entries.c

newest = query(select(checkpoints.c.sequence).where(checkpoints.c.workspace_id == _workspace))
# Recorded before a moment, and not in the chain yet.
waiting = query(
    select(func.count().label("events")).where(
        waiting_events.c.workspace_id == _workspace, waiting_events.c.event_created_at < bindparam("before", type_=_moment)
    )
)


@cache
def lines(filters: frozenset[str]) -> Statement:
    """Events of a stretch of the chain that match the filters, in its order; of an entry whose event is gone the event's columns are None. To be executed after `look_up_each` of the trail's store, so that
    entries are read in the order of their index, each with its event, whatever the planner thinks of the table. Compiled once per set of filters.
    """
    of_resource = exists().where(
        all_entities.c.workspace_id == _workspace,
        all_entities.c.resource_id == bindparam("resource_id", type_=Uuid),
        all_entities.c.created_at == _entry.event_created_at,
        all_entities.c.event_id == _entry.event_id,
    )
    of_entry: dict[str, ColumnElement[bool]] = {
        "start": _entry.event_created_at >= bindparam("start", type_=_moment),
        "end": _entry.event_created_at < bindparam("end", type_=_moment),
    }
    of_event: dict[str, ColumnElement[bool]] = {
        "user_id": _event.user_id == bindparam("user_id", type_=Uuid),
        "resource_type": _event.resource_type == bindparam("resource_type", type_=Text),
        "excluded_types": _event.resource_type != func.all(bindparam("excluded_types", type_=ARRAY(Text))),
        "action": _event.action == bindparam("action", type_=Text),
        "outcome": _event.outcome == bindparam("outcome", type_=Text),
        "resource_id": of_resource,
    }
    same = (_event.workspace_id == _entry.workspace_id) & (_event.created_at == _entry.event_created_at) & (_event.id == _entry.event_id)
    return query(
        select(
            *all_events.columns,
            _entry.sequence,
            func.encode(_entry.hash, "hex").label("hash"),
            func.encode(_entry.previous_hash, "hex").label("previous_hash"),
        )
        .select_from(all_entries.outerjoin(all_events, same))
        .where(
            _entry.workspace_id == _workspace,
            _entry.sequence > bindparam("after", type_=BigInteger),
            _entry.sequence <= bindparam("until", type_=BigInteger),
            *(test for name, test in of_entry.items() if name in filters),
            or_(_event.id.is_(None), and_(true(), *(test for name, test in of_event.items() if name in filters))),
        )
        .order_by(_entry.sequence)
        .limit(bindparam("limit", type_=BigInteger))
    )

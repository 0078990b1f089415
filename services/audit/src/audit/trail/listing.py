"""Statements that read the audit trail: one event, and lists of events by any filters. Row security limits each to one workspace."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Interval,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from audit.closed_runs import store as closed_runs
from audit.tables import (
    all_entries,
    all_events,
    audit_events,
    checkpoints,
    event_entities,
    kept_events,
    kept_kinds,
    kept_mentions,
    waiting_events,
)
from chassis.db.statement import Statement, query

_moment = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)
_LONGEST_MONTH = timedelta(days=31)

# Every query below has an index. Where one workspace owns most of a month, the planner would still prefer to scan the
# whole table, including other workspaces' rows, or to sort all of it for a page. Executed first in a transaction, this prevents it: rows are read in
# the order of an index, and looked up by a key. The number of rows depends on the arguments, so each execution is planned with its own.
look_up_each = "; ".join(
    f"SET LOCAL {setting}"
    for setting in (
        *(f"enable_{way} = off" for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin")),
        "plan_cache_mode = force_custom_plan",
    )
)

# The same for a list by several resources: what is found of them in their indexes is sorted.
look_up_and_sort = f"{look_up_each}; SET LOCAL enable_sort = on"

_event_with_entry = (
    select(
        *all_events.columns,
        all_entries.c.sequence,
        func.encode(all_entries.c.hash, "hex").label("hash"),
    )
    .select_from(
        all_events.outerjoin(
            all_entries, (all_entries.c.workspace_id == all_events.c.workspace_id) & (all_entries.c.event_id == all_events.c.id)
        )
    )
    .where(all_events.c.workspace_id == _workspace)
)
get = query(_event_with_entry.where(all_events.c.id == bindparam("id", type_=Uuid)))


@cache
def list_events(filters: frozenset[str]) -> Statement:
    """A page of the events that match the filters, newest first. Compiled once per set of filters."""
    # Each in the order of its index, so that they are merged, and no more is read of either than is skipped and shown.
    keys = union_all(*(each.order_by(*_NEWEST_FIRST) for each in _keys(filters))).subquery("keys")
    newest = select(keys.c.created_at, keys.c.id).order_by(*_NEWEST_FIRST)
    found = newest.limit(bindparam("limit", type_=BigInteger)).offset(bindparam("offset", type_=BigInteger)).subquery("found")
    return query(
        _event_with_entry.join(found, (found.c.created_at == all_events.c.created_at) & (found.c.id == all_events.c.id)).order_by(
            all_events.c.created_at.desc(), all_events.c.id.desc()
        )
    )


@cache
def count_events(filters: frozenset[str]) -> Statement:
    """The number of events that match the filters, counted in an index."""
    return query(select(func.count().label("total")).select_from(union_all(*_keys(filters)).subquery("found")))


# Every event is either in the chain or waiting for it, so the events themselves need not be counted. Those that were dropped are not there.
count_all_events = query(
    select(
        func.coalesce(select(checkpoints.c.sequence).where(checkpoints.c.workspace_id == _workspace).scalar_subquery(), 0)
        + select(func.count()).where(waiting_events.c.workspace_id == _workspace).scalar_subquery()
        - closed_runs.dropped
    )
)


# What an event of a narrow month has in common with others is looked up once, and its number is tested.
_WORDS: dict[str, ColumnElement[bool]] = {
    "resource_type": kept_kinds.c.resource_type == bindparam("resource_type", type_=Text),
    "excluded_types": kept_kinds.c.resource_type != func.all(bindparam("excluded_types", type_=ARRAY(Text))),
    "action": kept_kinds.c.action == bindparam("action", type_=Text),
    "outcome": kept_kinds.c.outcome == bindparam("outcome", type_=Text),
}


_NEWEST_FIRST: tuple[ColumnElement[Any], ...] = (literal_column("1").desc(), literal_column("2").desc())


def _keys(filters: frozenset[str]) -> list[Select[Any]]:
    """created_at and id of the matching events. No event is found by two of these."""
    return [_keys_of_rows(filters), *_keys_of_narrow_rows(filters)]


def _is_asked(filters: frozenset[str], entity_id: ColumnElement[Any]) -> ColumnElement[bool]:
    if "resource_id" in filters:
        return entity_id == bindparam("resource_id", type_=Uuid)
    return entity_id == func.any(bindparam("resource_ids", type_=ARRAY(Uuid)))


def _keys_of_rows(filters: frozenset[str]) -> Select[Any]:
    """Read from `event_entities` if a resource is asked for, or several that share no event."""
    event = audit_events.c
    source: FromClause = audit_events
    if filters & {"resource_id", "resource_ids"}:
        created_at, event_id = event_entities.c.created_at, event_entities.c.event_id
        source = event_entities
        scope = [event_entities.c.workspace_id == _workspace, _is_asked(filters, event_entities.c.resource_id)]
        if filters & {"user_id", "resource_type", "excluded_types", "action", "outcome"}:
            same = (event.workspace_id == _workspace) & (event.created_at == created_at) & (event.id == event_id)
            source = event_entities.join(audit_events, same)
    else:
        created_at, event_id = event.created_at, event.id
        scope = [event.workspace_id == _workspace]
    tests: dict[str, ColumnElement[bool]] = {
        "user_id": event.user_id == bindparam("user_id", type_=Uuid),
        "resource_type": event.resource_type == bindparam("resource_type", type_=Text),
        "excluded_types": event.resource_type != func.all(bindparam("excluded_types", type_=ARRAY(Text))),
        "action": event.action == bindparam("action", type_=Text),
        "outcome": event.outcome == bindparam("outcome", type_=Text),
        "start": created_at >= bindparam("start", type_=_moment),
        "end": created_at < bindparam("end", type_=_moment),
    }
    return (
        select(created_at.label("created_at"), event_id.label("id"))
        .select_from(source)
        .where(*scope, *(test for name, test in tests.items() if name in filters))
    )


def _keys_of_narrow_rows(filters: frozenset[str]) -> list[Select[Any]]:
    """The same of narrow months. A resource that events are about is in their rows, one that they name beside it in its mentions."""
    event, mention = kept_events.c, kept_mentions.c
    tests: dict[str, ColumnElement[bool]] = {
        "user_id": event.user_id == bindparam("user_id", type_=Uuid),
        "start": event.created_at >= bindparam("start", type_=_moment),
        "end": event.created_at < bindparam("end", type_=_moment),
    }
    chosen = [event.workspace_id == _workspace, *(test for name, test in tests.items() if name in filters)]
    if words := [test for name, test in _WORDS.items() if name in filters]:
        kinds = select(kept_kinds.c.number).where(kept_kinds.c.workspace_id == _workspace, *words)
        chosen.append(event.kind == func.any(func.array(kinds.scalar_subquery(), type_=ARRAY(Integer))))
    keys = select(event.created_at.label("created_at"), event.id.label("id")).where(*chosen)
    if not filters & {"resource_id", "resource_ids"}:
        return [keys]
    # Of each place its event, of which there is one: never all events of the month with the places.
    places = (
        select(mention.month, (mention.base + func.unnest(mention.places)).label("sequence"))
        .where(mention.workspace_id == _workspace, _is_asked(filters, mention.entity_id))
        .subquery("places")
    )
    in_the_month = (event.created_at >= places.c.month) & (event.created_at < places.c.month + literal(_LONGEST_MONTH, Interval))
    named = keys.where(event.sequence == places.c.sequence, in_the_month).limit(literal(1, Integer)).lateral("named")
    of_mentions = select(named.c.created_at, named.c.id).select_from(places.join(named, true()))
    return [keys.where(_is_asked(filters, event.resource_id)), of_mentions]

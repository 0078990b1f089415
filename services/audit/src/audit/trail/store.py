"""Statements on the audit trail. Row security limits every one except `workspaces_waiting`, `count_waiting` and `due_for_witness` to one workspace."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Double,
    FromClause,
    Integer,
    Interval,
    LargeBinary,
    Select,
    Text,
    Uuid,
    bindparam,
    delete,
    exists,
    extract,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import TypeEngine

from audit.closed_runs import store as closed_runs
from audit.tables import (
    all_entries,
    all_events,
    audit_events,
    awaiting_witness,
    checkpoints,
    entries,
    event_entities,
    kept_events,
    kept_kinds,
    kept_mentions,
    unlogged_heads,
    verifications,
    waiting_events,
)
from chassis.db.statement import Statement, command, query

_moment = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)
_LONGEST_MONTH = timedelta(days=31)

# ---------------------------------------------------------------- recording


def _many(name: str, type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """The elements of an array parameter, one row each."""
    return func.unnest(bindparam(name, type_=ARRAY(type_)))


_lines = select(
    _workspace.label("workspace_id"),
    *(_many(column.name, column.type).label(column.name) for column in audit_events.columns if column.name != "workspace_id"),
).subquery("lines")
_arrived = select(
    _workspace.label("workspace_id"),
    _many("ids", Uuid()).label("id"),
    _many("times", _moment).label("created_at"),
    _many("proofs", LargeBinary()).label("proof"),
).subquery("arrived")

# An event is identified by its id, also if it is delivered again with another time and so belongs to another partition.
record = command(
    insert(audit_events)
    .from_select(
        [column.name for column in audit_events.columns],
        select(*(_lines.c[column.name] for column in audit_events.columns)).where(
            ~exists().where(audit_events.c.workspace_id == _workspace, audit_events.c.id == _lines.c.id),
            ~exists().where(kept_events.c.workspace_id == _workspace, kept_events.c.id == _lines.c.id),
        ),
    )
    .on_conflict_do_nothing()
    .returning(audit_events.c.id)
)
record_entities = command(
    insert(event_entities).from_select(
        ["workspace_id", "resource_id", "created_at", "event_id"],
        select(_workspace, _many("resource_ids", Uuid()), _many("times", _moment), _many("ids", Uuid())),
    )
)
add_waiting = command(
    insert(waiting_events).from_select(
        ["workspace_id", "event_id", "event_created_at", "proof"],
        select(_arrived).where(~exists().where(entries.c.workspace_id == _workspace, entries.c.event_id == _arrived.c.id)),
    )
)

# ---------------------------------------------------------------- reading

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


# ---------------------------------------------------------------- sequencing

# One index entry per workspace, however many events wait. The session has `read_by_index` set.
_first = (
    select(waiting_events.c.workspace_id, waiting_events.c.event_created_at)
    .order_by(waiting_events.c.workspace_id, waiting_events.c.arrival)
    .limit(1)
)
_found = _first.cte("found", recursive=True)
_next = (
    select(waiting_events.c.workspace_id, waiting_events.c.event_created_at)
    .where(waiting_events.c.workspace_id > _found.c.workspace_id)
    .order_by(waiting_events.c.workspace_id, waiting_events.c.arrival)
    .limit(1)
    .lateral("next")
)
_found = _found.union_all(select(_next.c.workspace_id, _next.c.event_created_at).select_from(_found.join(_next, true())))
workspaces_waiting = command(
    select(_found.c.workspace_id, extract("epoch", func.clock_timestamp() - _found.c.event_created_at).cast(Double).label("age"))
)
count_waiting = query(select(func.count()).select_from(waiting_events))
# The statistics of a table that is nearly always empty say that it is small: without this, PostgreSQL reads and sorts all of a backlog for every batch.
read_by_index = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off"
begin_chain = command(
    insert(checkpoints)
    .values(workspace_id=_workspace, sequence=0, hash=bindparam("hash", type_=LargeBinary), proof=bindparam("proof", type_=LargeBinary))
    .on_conflict_do_nothing()
    .add_cte(insert(verifications).values(workspace_id=_workspace, due_at=func.now()).on_conflict_do_nothing().cte("to_verify"))
)
# The holder of this row lock is the only one who can append to the chain until it commits.
_checkpoint = select(checkpoints.c.sequence, checkpoints.c.hash, checkpoints.c.proof, checkpoints.c.published_sequence).where(
    checkpoints.c.workspace_id == _workspace
)
lock_checkpoint = command(_checkpoint.with_for_update())
checkpoint = query(_checkpoint)
entry_at = query(
    select(all_entries.c.hash).where(
        all_entries.c.workspace_id == _workspace, all_entries.c.sequence == bindparam("sequence", type_=BigInteger)
    )
)
# Of those after an arrival. An event that is gone is None in all its columns.
_batch = (
    select(waiting_events)
    .where(waiting_events.c.workspace_id == _workspace, waiting_events.c.arrival > bindparam("after", type_=BigInteger))
    .order_by(waiting_events.c.arrival)
    .limit(bindparam("limit", type_=BigInteger))
    .subquery("batch")
)
list_waiting = query(
    select(_batch.c.arrival, _batch.c.proof, *audit_events.columns)
    .select_from(
        _batch.outerjoin(
            audit_events,
            (audit_events.c.workspace_id == _batch.c.workspace_id)
            & (audit_events.c.created_at == _batch.c.event_created_at)
            & (audit_events.c.id == _batch.c.event_id),
        )
    )
    .order_by(_batch.c.arrival)
)
append_entries = command(
    insert(entries).from_select(
        ["workspace_id", "sequence", "event_id", "event_created_at", "previous_hash", "hash"],
        select(
            _workspace,
            func.unnest(bindparam("sequences", type_=ARRAY(BigInteger))),
            func.unnest(bindparam("event_ids", type_=ARRAY(Uuid))),
            func.unnest(bindparam("event_times", type_=ARRAY(_moment))),
            func.unnest(bindparam("previous_hashes", type_=ARRAY(LargeBinary))),
            func.unnest(bindparam("hashes", type_=ARRAY(LargeBinary))),
        ),
    )
)
advance_checkpoint = command(
    update(checkpoints)
    .where(checkpoints.c.workspace_id == _workspace)
    .values(
        sequence=bindparam("new_sequence", type_=BigInteger),
        hash=bindparam("new_hash", type_=LargeBinary),
        proof=bindparam("new_proof", type_=LargeBinary),
    )
)
remove_waiting = command(
    delete(waiting_events).where(
        waiting_events.c.workspace_id == _workspace,
        waiting_events.c.arrival == func.any(bindparam("arrivals", type_=ARRAY(BigInteger))),
    )
)

# ---------------------------------------------------------------- witnessing

_delay = bindparam("delay", type_=Interval)

# Due as early as it is already, however often the chain grows meanwhile.
_growth = insert(awaiting_witness).values(
    workspace_id=_workspace, sequence=bindparam("sequence", type_=BigInteger), due_at=func.now() + _delay
)
await_witness = command(
    _growth.on_conflict_do_update(
        constraint="pk_unwitnessed",
        set_={"sequence": _growth.excluded.sequence, "due_at": func.least(awaiting_witness.c.due_at, _growth.excluded.due_at)},
    )
)
_unlogged = insert(unlogged_heads).values(workspace_id=_workspace, sequence=bindparam("sequence", type_=BigInteger))
await_head = command(_unlogged.on_conflict_do_update(constraint="pk_unlogged_heads", set_={"sequence": _unlogged.excluded.sequence}))
# Of all workspaces.
due_for_witness = command(
    select(awaiting_witness.c.workspace_id)
    .where(awaiting_witness.c.due_at <= func.now())
    .order_by(awaiting_witness.c.due_at, awaiting_witness.c.workspace_id)
    .limit(bindparam("limit", type_=BigInteger))
)
# A chain that has grown since is due again later.
witnessed = command(
    delete(awaiting_witness).where(
        awaiting_witness.c.workspace_id == _workspace, awaiting_witness.c.sequence <= bindparam("sequence", type_=BigInteger)
    )
)
postpone_witness = command(update(awaiting_witness).where(awaiting_witness.c.workspace_id == _workspace).values(due_at=func.now() + _delay))

note_published = command(
    update(checkpoints)
    .where(checkpoints.c.workspace_id == _workspace)
    .values(published_sequence=func.greatest(func.coalesce(checkpoints.c.published_sequence, 0), bindparam("sequence", type_=BigInteger)))
)

# ---------------------------------------------------------------- partitions

create_partitions = command(
    select(
        func.audit.make_partitions(bindparam("first_month", type_=Date), bindparam("months", type_=Integer)).label("created"),
    )
)

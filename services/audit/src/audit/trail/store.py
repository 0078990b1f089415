"""Statements that write the audit trail: events, chains, witnesses and partitions. Row security limits every one except `workspaces_waiting`, `count_waiting` and `due_for_witness` to one workspace."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Double,
    Integer,
    Interval,
    LargeBinary,
    Uuid,
    bindparam,
    delete,
    exists,
    extract,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import TypeEngine

from audit.tables import (
    all_entries,
    audit_events,
    awaiting_witness,
    checkpoints,
    entries,
    event_entities,
    kept_events,
    unlogged_heads,
    verifications,
    waiting_events,
)
from chassis.db.statement import command, query

_moment = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)

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
# A list names thousands of entities: beside each stands the place of its event, which is cheaper to send than its time and id.
_named = select(_many("resource_ids", Uuid()).label("resource_id"), _many("places", Integer()).label("place")).subquery("named")
_named_by = select(bindparam("times", type_=ARRAY(_moment)).label("times"), bindparam("ids", type_=ARRAY(Uuid())).label("ids")).subquery(
    "named_by"
)
record_entities = command(
    insert(event_entities).from_select(
        ["workspace_id", "resource_id", "created_at", "event_id"],
        select(_workspace, _named.c.resource_id, _named_by.c.times[_named.c.place], _named_by.c.ids[_named.c.place]),
    )
)
add_waiting = command(
    insert(waiting_events).from_select(
        ["workspace_id", "event_id", "event_created_at", "proof"],
        select(_arrived).where(~exists().where(entries.c.workspace_id == _workspace, entries.c.event_id == _arrived.c.id)),
    )
)

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

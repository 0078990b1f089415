"""Statements that verify a chain. Row security limits every one except `claim` to one workspace."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    FromClause,
    Integer,
    Interval,
    LargeBinary,
    Select,
    Uuid,
    bindparam,
    exists,
    extract,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from audit.closed_runs import store as closed_runs
from audit.tables import all_entries, all_events, checkpoints, verifications, waiting_events
from chassis.db.statement import command, query

_moment = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)
_limit = bindparam("limit", type_=BigInteger)

# One statement, so one snapshot: in every snapshot each event is either in the chain or waiting, or both it and its entry were dropped.
chain_counts = query(
    select(
        (select(func.count()).where(all_events.c.workspace_id == _workspace).scalar_subquery() + closed_runs.dropped).label("events"),
        (select(func.count()).where(all_entries.c.workspace_id == _workspace).scalar_subquery() + closed_runs.dropped).label("entries"),
        select(func.count()).where(waiting_events.c.workspace_id == _workspace).scalar_subquery().label("waiting"),
        select(checkpoints.c.sequence).where(checkpoints.c.workspace_id == _workspace).scalar_subquery().label("sequence"),
        select(checkpoints.c.hash).where(checkpoints.c.workspace_id == _workspace).scalar_subquery().label("hash"),
        select(checkpoints.c.proof).where(checkpoints.c.workspace_id == _workspace).scalar_subquery().label("proof"),
    )
)
# What a call needs of a chain whose events it does not count.
_last = select(all_entries.c.sequence).where(all_entries.c.workspace_id == _workspace).order_by(all_entries.c.sequence.desc()).limit(1)
standing = query(
    select(
        func.greatest(func.coalesce(_last.scalar_subquery(), 0), func.coalesce(closed_runs.last, 0)).label("entries"),
        *(
            select(checkpoints.c[name]).where(checkpoints.c.workspace_id == _workspace).scalar_subquery().label(name)
            for name in ("sequence", "hash", "proof")
        ),
    )
)
_e = all_events.c


def _is_of(table: FromClause, event: FromClause) -> tuple[ColumnElement[bool], ...]:
    """The event's own row in the table: one of its id and another time is of somebody who copied it."""
    return table.c.workspace_id == _workspace, table.c.event_id == event.c.id, table.c.event_created_at == event.c.created_at


_is_in_chain = exists().where(*_is_of(all_entries, all_events))
_waits = exists().where(*_is_of(waiting_events, all_events))
# Events that neither are in the chain nor wait for it: nobody but audit could have put them there properly.
unproven_events = query(
    select(_e.id).where(_e.workspace_id == _workspace, ~_is_in_chain, ~_waits).order_by(_e.created_at, _e.id).limit(_limit)
)


def _held_against_the_chain(of: Select[Any], *columns: str) -> Select[Any]:
    """These columns of the events, and whether each is in the chain or waits for it."""
    some = of.subquery("some")

    def has(table: FromClause) -> ColumnElement[bool]:
        # Not EXISTS: beside an OR, PostgreSQL may read the whole chain into a hash table for it.
        found = select(literal(1, Integer)).where(*_is_of(table, some)).limit(literal(1, Integer))
        return found.scalar_subquery().is_not(None)

    return select(*(some.c[name] for name in columns), or_(has(all_entries), has(waiting_events)).label("is_proven"))


_keys = select(_e.created_at, _e.id).where(_e.workspace_id == _workspace).limit(_limit)
# Without their times, which may be none that can be read.
newest_events = query(_held_against_the_chain(_keys.order_by(_e.created_at.desc(), _e.id.desc()), "id"))
events_after = query(
    _held_against_the_chain(
        _keys.where(tuple_(_e.created_at, _e.id) > tuple_(bindparam("created_at", type_=_moment), bindparam("id", type_=Uuid))).order_by(
            _e.created_at, _e.id
        ),
        "created_at",
        "id",
    ).order_by(literal_column("1"), literal_column("2"))
)
# Of the first that wait: those whose event is gone.
_w = waiting_events.c
_waiting = (
    select(_w.event_id, _w.event_created_at).where(_w.workspace_id == _workspace).order_by(_w.arrival).limit(_limit).subquery("waiting")
)
waiting_without_event = query(
    select(_waiting.c.event_id).where(
        ~exists().where(_e.workspace_id == _workspace, _e.created_at == _waiting.c.event_created_at, _e.id == _waiting.c.event_id)
    )
)
# With the last one all that have its sequence: whoever reads on behind it would miss them.
_after = (
    select(all_entries)
    .where(all_entries.c.workspace_id == _workspace, all_entries.c.sequence > bindparam("after", type_=BigInteger))
    .order_by(all_entries.c.sequence)
    .fetch(_limit, with_ties=True)
    .subquery("after")
)
entries_after = query(
    select(_after.c.sequence, _after.c.event_id, _after.c.previous_hash, _after.c.hash.label("entry_hash"), *all_events.columns)
    .select_from(
        _after.outerjoin(
            all_events,
            (_e.workspace_id == _after.c.workspace_id) & (_e.created_at == _after.c.event_created_at) & (_e.id == _after.c.event_id),
        )
    )
    .order_by(_after.c.sequence)
)

# ---------------------------------------------------------------- in the background

_v = verifications.c
progress = query(select(verifications).where(_v.workspace_id == _workspace))
# Of all workspaces: the one that is due first, for as long as whoever claims it may take; and for how many seconds it was due, a day's at most: somebody may have
# written a time there that nothing can be subtracted from.
_A_DAY = literal(timedelta(days=1), Interval)
_due = (
    select(_v.workspace_id, _v.due_at)
    .where(_v.due_at <= func.now())
    .order_by(_v.due_at, _v.workspace_id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("due")
)
claim = command(
    update(verifications)
    .where(_v.workspace_id == _due.c.workspace_id)
    .values(due_at=func.now() + bindparam("lease", type_=Interval))
    .returning(_v.workspace_id, extract("epoch", func.now() - func.greatest(_due.c.due_at, func.now() - _A_DAY)).cast(Double).label("late"))
)
# Those that wait for longer than audit ever lets one wait: somebody else has put them off.
recall = command(
    update(verifications)
    .where(_v.due_at > func.now() + bindparam("longest", type_=Interval))
    .values(due_at=func.now())
    .returning(_v.workspace_id)
)
_KEPT = ("anchor_sequence", "anchor_hash", "cursor_sequence", "cursor_hash", "swept_at", "swept_id", "first_break", "passed_at", "proof")
# Unless somebody else has gone on meanwhile.
keep_progress = command(
    update(verifications)
    .where(_v.workspace_id == _workspace, _v.proof.is_not_distinct_from(bindparam("old_proof", type_=LargeBinary)))
    .values(
        {name: bindparam(f"new_{name}", type_=_v[name].type) for name in _KEPT}
        | {"due_at": func.now() + bindparam("delay", type_=Interval)}
    )
)

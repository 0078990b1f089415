"""Where the trail is kept, asked and sealed. Row security confines every statement but `workspaces_waiting` to one workspace."""

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
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    delete,
    exists,
    extract,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import TypeEngine

from audit.tables import audit_events, chain_heads, seals, touched, unsealed
from chassis.db.statement import Statement, statement

_moment = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)

# ---------------------------------------------------------------- recording


def _many(name: str, type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """The values of one column, a row each."""
    return func.unnest(bindparam(name, type_=ARRAY(type_)))


_lines = select(
    _workspace.label("workspace_id"),
    *(_many(column.name, column.type).label(column.name) for column in audit_events.columns if column.name != "workspace_id"),
).subquery("lines")
_arrived = select(_workspace.label("workspace_id"), _many("ids", Uuid()).label("id"), _many("times", _moment).label("created_at")).subquery(
    "arrived"
)

# The same id under another time is the same event told again, whatever partition it would fall into.
record = statement(
    insert(audit_events)
    .from_select(
        [column.name for column in audit_events.columns],
        select(*(_lines.c[column.name] for column in audit_events.columns)).where(
            ~exists().where(audit_events.c.workspace_id == _workspace, audit_events.c.id == _lines.c.id)
        ),
    )
    .on_conflict_do_nothing()
    .returning(audit_events.c.id)
)
touch = statement(
    insert(touched).from_select(
        ["workspace_id", "resource_id", "created_at", "event_id"],
        select(_workspace, _many("resource_ids", Uuid()), _many("times", _moment), _many("ids", Uuid())),
    )
)
await_seal = statement(
    insert(unsealed).from_select(
        ["workspace_id", "event_id", "event_created_at"],
        select(_arrived).where(~exists().where(seals.c.workspace_id == _workspace, seals.c.event_id == _arrived.c.id)),
    )
)

# ---------------------------------------------------------------- reading

# Every question below has its index. Where one workspace owns most of a month, the planner would still rather read the
# whole table, other workspaces' rows included; said first in a transaction, this keeps it from that.
# How much is asked for lies in the arguments, so these are planned with them in sight.
walk_indexes = "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan"

_sealed_event = (
    select(
        *audit_events.columns,
        seals.c.sequence,
        func.encode(seals.c.hash, "hex").label("hash"),
    )
    .select_from(
        audit_events.outerjoin(seals, (seals.c.workspace_id == audit_events.c.workspace_id) & (seals.c.event_id == audit_events.c.id))
    )
    .where(audit_events.c.workspace_id == _workspace)
)
get = statement(_sealed_event.where(audit_events.c.id == bindparam("id", type_=Uuid)))

FILTERS = ("user_id", "resource_types", "resource_id", "action", "outcome", "start", "end")


@cache
def matching(filters: frozenset[str]) -> Statement:
    """A page of the events that pass the filters, newest first; compiled once for each set of filters."""
    keys = _keys(filters).order_by(literal_column("1").desc(), literal_column("2").desc())
    found = keys.limit(bindparam("limit", type_=BigInteger)).offset(bindparam("offset", type_=BigInteger)).subquery("found")
    return statement(
        _sealed_event.join(found, (found.c.created_at == audit_events.c.created_at) & (found.c.id == audit_events.c.id)).order_by(
            audit_events.c.created_at.desc(), audit_events.c.id.desc()
        )
    )


@cache
def total(filters: frozenset[str]) -> Statement:
    """How many events pass the filters, counted in an index."""
    return statement(select(func.count().label("total")).select_from(_keys(filters).subquery("found")))


# Every event is either sealed or waiting for it, so the whole need not be counted.
total_of_all = statement(
    select(
        func.coalesce(select(chain_heads.c.sequence).where(chain_heads.c.workspace_id == _workspace).scalar_subquery(), 0)
        + select(func.count()).where(unsealed.c.workspace_id == _workspace).scalar_subquery()
    )
)


def _keys(filters: frozenset[str]) -> Any:
    """created_at and id of what passes; by way of `touched` when it is about one resource."""
    event = audit_events.c
    source: FromClause = audit_events
    if "resource_id" in filters:
        created_at, event_id = touched.c.created_at, touched.c.event_id
        source = touched
        scope = [touched.c.workspace_id == _workspace, touched.c.resource_id == bindparam("resource_id", type_=Uuid)]
        if filters & {"user_id", "resource_types", "action", "outcome"}:
            same = (event.workspace_id == _workspace) & (event.created_at == created_at) & (event.id == event_id)
            source = touched.join(audit_events, same)
    else:
        created_at, event_id = event.created_at, event.id
        scope = [event.workspace_id == _workspace]
    tests: dict[str, ColumnElement[bool]] = {
        "user_id": event.user_id == bindparam("user_id", type_=Uuid),
        "resource_types": event.resource_type == func.any(bindparam("resource_types", type_=ARRAY(Text))),
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


# ---------------------------------------------------------------- sealing

workspaces_waiting = statement(
    select(
        unsealed.c.workspace_id,
        func.count().label("events"),
        extract("epoch", func.now() - func.min(unsealed.c.event_created_at)).cast(Double).label("age"),
    ).group_by(unsealed.c.workspace_id)
)

begin_chain = statement(
    insert(chain_heads).values(workspace_id=_workspace, sequence=0, hash=bindparam("hash", type_=LargeBinary)).on_conflict_do_nothing()
)
# Whoever holds this row is the only one who can add to the chain until he commits.
hold_head = statement(select(chain_heads.c.sequence, chain_heads.c.hash).where(chain_heads.c.workspace_id == _workspace).with_for_update())
head = statement(select(chain_heads.c.sequence, chain_heads.c.hash).where(chain_heads.c.workspace_id == _workspace))
seal_at = statement(
    select(seals.c.hash).where(seals.c.workspace_id == _workspace, seals.c.sequence == bindparam("sequence", type_=BigInteger))
)
waiting = statement(
    select(unsealed.c.arrival, *audit_events.columns)
    .select_from(
        unsealed.join(
            audit_events,
            (audit_events.c.workspace_id == unsealed.c.workspace_id)
            & (audit_events.c.created_at == unsealed.c.event_created_at)
            & (audit_events.c.id == unsealed.c.event_id),
        )
    )
    .where(unsealed.c.workspace_id == _workspace)
    .order_by(unsealed.c.arrival)
    .limit(bindparam("limit", type_=BigInteger))
)
add_seals = statement(
    insert(seals).from_select(
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
move_head = statement(
    update(chain_heads)
    .where(chain_heads.c.workspace_id == _workspace)
    .values(sequence=bindparam("new_sequence", type_=BigInteger), hash=bindparam("new_hash", type_=LargeBinary))
)
end_wait = statement(
    delete(unsealed).where(
        unsealed.c.workspace_id == _workspace,
        unsealed.c.arrival == func.any(bindparam("arrivals", type_=ARRAY(BigInteger))),
    )
)

# ---------------------------------------------------------------- verifying

# One statement, and so one moment: in every moment, each event is either sealed or waiting.
standing = statement(
    select(
        select(func.count()).where(audit_events.c.workspace_id == _workspace).scalar_subquery().label("events"),
        select(func.count()).where(seals.c.workspace_id == _workspace).scalar_subquery().label("seals"),
        select(func.count()).where(unsealed.c.workspace_id == _workspace).scalar_subquery().label("waiting"),
        select(chain_heads.c.sequence).where(chain_heads.c.workspace_id == _workspace).scalar_subquery().label("sequence"),
        select(chain_heads.c.hash).where(chain_heads.c.workspace_id == _workspace).scalar_subquery().label("hash"),
    )
)
chain = statement(
    select(
        seals.c.sequence,
        seals.c.event_id,
        seals.c.previous_hash,
        seals.c.hash.label("seal_hash"),
        *audit_events.columns,
    )
    .select_from(
        seals.outerjoin(
            audit_events,
            (audit_events.c.workspace_id == seals.c.workspace_id)
            & (audit_events.c.created_at == seals.c.event_created_at)
            & (audit_events.c.id == seals.c.event_id),
        )
    )
    .where(seals.c.workspace_id == _workspace, seals.c.sequence > bindparam("after", type_=BigInteger))
    .order_by(seals.c.sequence)
    .limit(bindparam("limit", type_=BigInteger))
)

# ---------------------------------------------------------------- months

make_partitions = statement(
    select(
        func.audit.make_partitions(bindparam("first_month", type_=Date), bindparam("months", type_=Integer)).label("made"),
    )
)

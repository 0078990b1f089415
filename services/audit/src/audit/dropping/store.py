"""Statements that find out what keeps a month. Row security limits every one except `chains` and `lock` to one workspace."""

from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, DateTime, Table, Text, Uuid, bindparam, exists, func, literal_column, or_, select

from audit.tables import all_entities, all_entries, all_events, audit_events, entries, heads, legal_holds, tree_heads, verifications
from chassis.db.advisory_locks import lock_number
from chassis.db.statement import Statement, command, query

_moment = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)
_start, _end = bindparam("start", type_=_moment), bindparam("end", type_=_moment)
_e, _s, _t, _h = all_events.c, all_entries.c, all_entities.c, legal_holds.c

# One at a time, also of several instances.
lock = command(select(func.pg_advisory_xact_lock(lock_number("dropped months"))))
open_month = command(select(func.audit.open_month(bindparam("month", type_=Date), bindparam("is_open", type_=Boolean))))
forget_origins = command(select(func.audit.forget_origins().label("origins")))
chains = query(
    select(verifications.c.workspace_id)
    .where(verifications.c.workspace_id > bindparam("after", type_=Uuid))
    .order_by(verifications.c.workspace_id)
    .limit(bindparam("limit", type_=BigInteger))
)
_within = (_e.workspace_id == _workspace, _e.created_at >= _start, _e.created_at < _end)


@dataclass(frozen=True, slots=True)
class Questions:
    """Whether a workspace has any events in a time, and how many, of these tables."""

    has_any: Statement
    of_month: Statement


def _questions(events: Table, chain: Table) -> Questions:
    event, entry = events.c, chain.c
    within = (event.workspace_id == _workspace, event.created_at >= _start, event.created_at < _end)
    of_month = (
        select(
            func.count().label("events"),
            func.max(event.retention_until).label("kept_until"),
            func.min(entry.sequence).label("first_sequence"),
            func.max(entry.sequence).label("last_sequence"),
            (func.count() - func.count(entry.sequence)).label("unchained"),
        )
        .select_from(events.outerjoin(chain, (entry.workspace_id == event.workspace_id) & (entry.event_id == event.id)))
        .where(*within)
    )
    return Questions(query(select(exists(select(event.id).where(*within)).label("any"))), query(of_month))


OF_ALL = _questions(all_events, all_entries)
# Of what is not narrow.
OF_ROWS = _questions(audit_events, entries)
verification = query(select(verifications).where(verifications.c.workspace_id == _workspace))
# Of the tree heads that are in the file store, how far the newest one covers the chain.
_stored = select(func.max(tree_heads.c.tree_size)).where(tree_heads.c.stored_at.is_not(None)).scalar_subquery()
covered = query(
    select(func.coalesce(func.max(heads.c.sequence), 0).label("sequence")).where(
        heads.c.workspace_id == _workspace, heads.c.leaf_index < _stored
    )
)

# Those that count now, also while they are being placed. Commands: they depend on the clock.
_counts = (
    _h.workspace_id == _workspace,
    _h.released_at.is_(None),
    or_(_h.pending_until.is_(None), _h.pending_until > func.clock_timestamp()),
)
holds = command(select(_h.client_id, _h.user_id).where(*_counts))
# Of clients who were merged, the lines of the merges tell: each is about the client who stays, so a hold on that one keeps it.
merged_into = command(
    select(_e["metadata"].op("#>>", return_type=Text())(literal_column("'{facts,duplicate}'")).label("client_id"))
    .select_from(
        all_entities.join(all_events, (_e.workspace_id == _t.workspace_id) & (_e.created_at == _t.created_at) & (_e.id == _t.event_id))
    )
    .where(_t.workspace_id == _workspace, _t.resource_id == func.any(bindparam("ids", type_=ARRAY(Uuid))), _e.event_type == "merge_clients")
)
# Whether any event of the month is of one of these users, or about one of these.
_done = exists(select(_e.id).where(*_within, _e.user_id == func.any(bindparam("user_ids", type_=ARRAY(Uuid)))))
_about = exists(
    select(_t.event_id).where(
        _t.workspace_id == _workspace,
        _t.resource_id == func.any(bindparam("entity_ids", type_=ARRAY(Uuid))),
        _t.created_at >= _start,
        _t.created_at < _end,
    )
)
concerns = query(select(or_(_done, _about).cast(Boolean).label("any")))

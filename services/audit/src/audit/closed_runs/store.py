"""Statements on closed runs. Row security limits every one to one workspace."""

from sqlalchemy import BigInteger, Date, Uuid, bindparam, func, insert, select

from audit.tables import closed_runs
from chassis.db.statement import command, query

_r = closed_runs.c
_workspace = bindparam("workspace_id", type_=Uuid)

before = query(
    select(closed_runs)
    .where(_r.workspace_id == _workspace, _r.first_sequence <= bindparam("sequence", type_=BigInteger))
    .order_by(_r.first_sequence.desc())
    .limit(1)
)
_RUN = ("first_sequence", "last_sequence", "month", "previous_hash", "hashes", "dropped_at", "proof")
keep = command(insert(closed_runs).values(workspace_id=_workspace, **{name: bindparam(name, type_=_r[name].type) for name in _RUN}))
# By month, and in the order of the chain: where the runs of the month begin and end, and how many entries they have.
months = query(
    select(
        _r.month,
        func.min(_r.dropped_at).label("dropped_at"),
        func.min(_r.first_sequence).label("first_sequence"),
        func.max(_r.last_sequence).label("last_sequence"),
        func.sum(_r.last_sequence - _r.first_sequence + 1).cast(BigInteger).label("events"),
    )
    .where(_r.workspace_id == _workspace)
    .group_by(_r.month)
    .order_by(_r.month)
)
# Of a stretch of the chain, without their hashes.
within = query(
    select(_r.first_sequence, _r.last_sequence, _r.month, _r.dropped_at)
    .where(
        _r.workspace_id == _workspace,
        _r.first_sequence > bindparam("after", type_=BigInteger),
        _r.first_sequence <= bindparam("until", type_=BigInteger),
    )
    .order_by(_r.first_sequence)
)
# How many entries the workspace's chain has lost to dropped months, and the last of them.
dropped = (
    select(func.coalesce(func.sum(_r.last_sequence - _r.first_sequence + 1), 0).cast(BigInteger))
    .where(_r.workspace_id == _workspace)
    .scalar_subquery()
)
last = select(_r.last_sequence).where(_r.workspace_id == _workspace).order_by(_r.first_sequence.desc()).limit(1).scalar_subquery()
close = command(select(func.audit.close_run(bindparam("first_sequence", type_=BigInteger)).label("entries")))
lock_month = command(select(func.audit.lock_month(bindparam("month", type_=Date))))
drop_month = command(select(func.audit.drop_month(bindparam("month", type_=Date), bindparam("events", type_=BigInteger))))

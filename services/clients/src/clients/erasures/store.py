"""Statements on the erasures of clients. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, BigInteger, DateTime, Text, Uuid, bindparam, func, insert, select, update

from chassis.db.statement import command, query
from clients.tables import erasure_progress

_p = erasure_progress.c
_client_id = bindparam("client_id", type_=Uuid)

begin = command(
    insert(erasure_progress).from_select(
        ["workspace_id", "client_id", "service", "job_id"],
        select(
            bindparam("workspace_id", type_=Uuid),
            _client_id,
            func.unnest(bindparam("services", type_=ARRAY(Text))),
            bindparam("job_id", type_=Uuid),
        ),
    )
)

# Returns no row of an erasure that is not known, or that the service had finished before.
finish = command(
    update(erasure_progress)
    .where(_p.client_id == _client_id, _p.service == bindparam("service", type_=Text), _p.finished_at.is_(None))
    .values(deleted=bindparam("deleted", type_=BigInteger), finished_at=bindparam("now", type_=DateTime(timezone=True)))
    .returning(_p.job_id)
)

progress = query(select(_p.service, _p.deleted, _p.finished_at).where(_p.client_id == _client_id).order_by(_p.service))

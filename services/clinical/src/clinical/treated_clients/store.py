"""Statements about clients. Row security confines each to the caller's workspace."""

from sqlalchemy import ARRAY, DateTime, Uuid, any_, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from clinical.tables import clients

_ids = bindparam("ids", type_=ARRAY(Uuid))
_is_used = clients.c.closed_until.is_(None)
known = query(select(clients.c.id).where(clients.c.id == any_(_ids), _is_used))

# Locks the client until the commit, and returns when it was erased, until when it is closed and whom it was merged into, if it was and is.
lock_client = command(
    upsert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=bindparam("client_id", type_=Uuid))
    .on_conflict_do_update(
        constraint="pk_clients", set_={"closed_until": case((clients.c.closed_until > func.now(), clients.c.closed_until))}
    )
    .returning(clients.c.erased_at, clients.c.closed_until, clients.c.merged_into)
)

# Nothing of a client who is left.
merged_into = query(
    select(clients.c.merged_into).where(clients.c.id == bindparam("client_id", type_=Uuid), clients.c.merged_into.is_not(None))
)

# In the order of their ids, as everybody who locks several. Returns those that were closed.
close_untreated = command(
    upsert(clients)
    .from_select(
        ["workspace_id", "id", "closed_until"],
        select(
            bindparam("workspace_id", type_=Uuid), func.unnest(_ids).label("id"), bindparam("until", type_=DateTime(timezone=True))
        ).order_by("id"),
    )
    .on_conflict_do_update(
        constraint="pk_clients",
        set_={"closed_until": bindparam("until", type_=DateTime(timezone=True))},
        where=clients.c.closed_until.is_not(None),
    )
    .returning(clients.c.id)
)

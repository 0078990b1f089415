"""Statements about clients. Row security confines each to the caller's workspace."""

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from clinical.tables import clients

known = query(select(clients.c.id).where(clients.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

# Locks the client until the commit, and returns when it was erased and whom it was merged into, if it was.
lock_client = command(
    upsert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=bindparam("client_id", type_=Uuid))
    .on_conflict_do_update(constraint="pk_clients", set_={"erased_at": clients.c.erased_at})
    .returning(clients.c.erased_at, clients.c.merged_into)
)

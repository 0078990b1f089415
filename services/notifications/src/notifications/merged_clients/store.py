"""Statements on merged clients. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from chassis.work.moves import Manifest
from notifications.tables import merged_clients, moved

MOVED = Manifest(moved)
_id = bindparam("id", type_=Uuid)
_into = bindparam("into", type_=Uuid)

mark_merged = command(
    upsert(merged_clients)
    .values(workspace_id=bindparam("workspace_id", type_=Uuid), id=_id, merged_into=_into)
    .on_conflict_do_update(constraint="pk_merged_clients", set_={"merged_into": _into})
)
unmark = command(delete(merged_clients).where(merged_clients.c.id == _id))
survivors = query(
    select(merged_clients.c.id, merged_clients.c.merged_into).where(merged_clients.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)

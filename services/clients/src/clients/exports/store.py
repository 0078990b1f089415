"""Which clients a workspace has, for an export of all of them."""

from sqlalchemy import Integer, Uuid, bindparam, func, select

from chassis.db.statement import command, query
from clients.tables import clients, workspace_revisions

lock_workspace = command(select(workspace_revisions.c.revision).with_for_update(key_share=True))

# A tombstone's history is the survivor's.
count = query(select(func.count().label("total")).select_from(clients).where(clients.c.merged_into.is_(None)))
after = query(
    select(clients.c.id)
    .where(clients.c.merged_into.is_(None), clients.c.id > bindparam("after", type_=Uuid))
    .order_by(clients.c.id)
    .limit(bindparam("limit", type_=Integer))
)

"""Statements on the directory of workspaces and the outbox, which are read across workspaces."""

from sqlalchemy import Integer, Uuid, bindparam, select

from chassis.db.statement import query
from identity.tables import workspace_directory

_directory = workspace_directory.c

# The active ones by their ids, after one of them.
active_after = query(
    select(_directory.workspace_id)
    .where(_directory.status == "active", _directory.deleted_at.is_(None), _directory.erased_at.is_(None))
    .where(_directory.workspace_id > bindparam("after", type_=Uuid))
    .order_by(_directory.workspace_id)
    .limit(bindparam("limit", type_=Integer))
)

# The workspaces in which an event of the type was announced after a moment: the relay's to ask. Events stay for days after they were published.
TOLD_SINCE = "SELECT DISTINCT workspace_id FROM identity.outbox WHERE type = $1 AND occurred_at > $2"

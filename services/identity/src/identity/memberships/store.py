"""Statements about memberships. Row security confines each to one workspace."""

from sqlalchemy import bindparam, select

from chassis.db.statement import query
from identity.people.columns import TWO_FACTOR_ENABLED
from identity.tables import users, workspaces

find_membership = query(
    select(
        workspaces.c.workspace_id,
        workspaces.c.name,
        users.c.role,
        TWO_FACTOR_ENABLED.label("second_factor"),
        (users.c.is_active & (workspaces.c.status == "active")).label("may_sign_in"),
    )
    .select_from(users.join(workspaces, workspaces.c.workspace_id == users.c.workspace_id))
    .where(users.c.id == bindparam("user_id"))
)

"""Statements about the installation's workspaces. The directory is read across workspaces; everything else in one at a time."""

from typing import Any

from sqlalchemy import ARRAY, DateTime, Integer, Select, Text, Uuid, any_, bindparam, func, insert, literal, select, update

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from identity.people.columns import SEALED_COLUMNS
from identity.roles import ADMINISTRATOR_ROLE
from identity.tables import activities, invitations, users, workspace_directory, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))
_directory = workspace_directory.c
_limit, _offset = bindparam("limit", type_=Integer), bindparam("offset", type_=Integer)

# --- across workspaces ---


def _matching(statement: Select[Any], names: FilterNames) -> Select[Any]:
    return statement.where(*([_directory.name.icontains(bindparam("search", type_=Text), escape="/")] if names else []))


list_workspaces = FilteredStatement(
    lambda names: (
        _matching(select(workspace_directory), names)
        .order_by(_directory.created_at.desc(), _directory.workspace_id)
        .offset(_offset)
        .limit(_limit)
    )
)
count_workspaces = FilteredStatement(lambda names: _matching(select(func.count().label("total")).select_from(workspace_directory), names))

pending_owners = query(
    select(workspace_directory)
    .where(_directory.owner_id.is_not(None) & _directory.owner_accepted_at.is_(None))
    .order_by(_directory.created_at.desc())
    .limit(_limit)
)

find_by_owner = query(select(workspace_directory).where(_directory.owner_id == bindparam("user_id", type_=Uuid)))

find_workspace = query(select(workspace_directory).where(_directory.workspace_id == bindparam("id", type_=Uuid)))

# --- in one workspace ---

name_owner = command(
    update(workspace_directory).where(_directory.workspace_id == bindparam("workspace_id")).values(owner_id=bindparam("owner_id"))
)

lock_workspace = command(select(workspaces.c.status).with_for_update(key_share=True))

set_status = command(update(workspaces).values(status=bindparam("status"), updated_at=_now))

count_users = query(select(func.count().label("users")).select_from(users).where(users.c.is_active))

first_administrator = query(
    select(*SEALED_COLUMNS)
    .where(users.c.role == any_(literal(list(ADMINISTRATOR_ROLE.values()), ARRAY(Text))))
    .where(users.c.is_active)
    .order_by(users.c.created_at, users.c.id)
    .limit(1)
)

owner_and_invitation = query(
    select(*SEALED_COLUMNS, users.c.last_login_at, invitations.c.created_at.label("invited_at"), invitations.c.expires_at)
    .select_from(users.join(invitations, (invitations.c.workspace_id == users.c.workspace_id) & (invitations.c.user_id == users.c.id)))
    .where(users.c.id == bindparam("user_id", type_=Uuid))
    .order_by(invitations.c.created_at.desc())
    .limit(1)
)

# --- in the administrator's own ---

add_activity = command(
    insert(activities).values(
        **{name: bindparam(name) for name in ("workspace_id", "id", "type", "subject_id", "subject_name", "user_id", "reason")},
        created_at=_now,
    )
)

list_activities = query(
    select(
        activities.c.type,
        activities.c.created_at.label("timestamp"),
        activities.c.subject_id.label("workspace_id"),
        activities.c.subject_name.label("workspace_name"),
        activities.c.user_id,
        activities.c.reason,
    )
    .order_by(activities.c.created_at.desc(), activities.c.id.desc())
    .offset(_offset)
    .limit(_limit)
)

count_activities = query(select(func.count().label("total")).select_from(activities))

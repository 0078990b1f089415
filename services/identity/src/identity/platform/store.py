"""Statements about the installation's workspaces. The directory is read across workspaces; everything else in one at a time."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    DateTime,
    Double,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    extract,
    func,
    literal,
    select,
    update,
)

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from identity.people.columns import SEALED_COLUMNS
from identity.roles import ADMINISTRATOR_ROLE
from identity.tables import blacklisted_addresses, erasure_progress, invitations, revocations, users, workspace_directory, workspaces

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

_pending = select(workspace_directory).where(
    _directory.owner_id.is_not(None) & _directory.owner_accepted_at.is_(None) & _directory.deleted_at.is_(None)
)

pending_owners = query(_pending.order_by(_directory.created_at.desc()).limit(_limit))

find_by_owner = query(select(workspace_directory).where(_directory.owner_id == bindparam("user_id", type_=Uuid)))

find_workspace = query(select(workspace_directory).where(_directory.workspace_id == bindparam("id", type_=Uuid)))


def _number_of(rows: FromClause) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows).scalar_subquery()


metrics = query(
    select(
        func.count().filter(_directory.erased_at.is_(None)).label("total_workspaces"),
        func.coalesce(func.sum(_directory.active_users), 0).label("active_users"),
        func.coalesce(func.sum(_directory.total_users), 0).label("total_users"),
        _number_of(_pending.subquery()).label("pending_invitations"),
        _number_of(blacklisted_addresses).label("blacklisted_users"),
    ).select_from(workspace_directory)
)

# --- in one workspace ---

name_owner = command(
    update(workspace_directory).where(_directory.workspace_id == bindparam("workspace_id")).values(owner_id=bindparam("owner_id"))
)

lock_workspace = command(select(workspaces.c.status, workspaces.c.deleted_at, workspaces.c.erased_at).with_for_update(key_share=True))

count_administrators = query(select(func.count().label("administrators")).select_from(users).where(users.c.is_platform_admin))

erasure_progress_of = query(select(erasure_progress.c.service, erasure_progress.c.finished_at).order_by(erasure_progress.c.service))

set_status = command(
    update(workspaces)
    .values({name: bindparam(name) for name in ("status", "deleted_at", "erase_after")} | {"updated_at": _now})
    .returning(workspaces.c.workspace_id.label("id"), workspaces.c.status, workspaces.c.deleted_at, workspaces.c.erase_after)
)

seconds_since_revoked = command(
    select(cast(extract("epoch", func.clock_timestamp() - revocations.c.created_at), Double).label("seconds")).where(
        revocations.c.subject_id == bindparam("subject_id", type_=Uuid)
    )
)

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

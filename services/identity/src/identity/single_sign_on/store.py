"""Statements about single sign-on. The directory is read across workspaces; everything else is confined to one by row security."""

from typing import Any

from sqlalchemy import DateTime, LargeBinary, Uuid, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from identity.login_sessions.store import MAY_SIGN_IN, USER_AND_READ_TIME
from identity.people.blacklist import NOT_BLACKLISTED
from identity.people.columns import HAS_PASSKEY, USER_COLUMNS
from identity.tables import (
    departments,
    login_sessions,
    sign_ins,
    sso_accounts,
    sso_attempts,
    sso_directory,
    sso_providers,
    users,
    workspaces,
)

_now = bindparam("now", type_=DateTime(timezone=True))
_user_id = bindparam("user_id", type_=Uuid)

# --- across workspaces ---

find_workspace = query(select(sso_directory.c.workspace_id).where(sso_directory.c.slug == bindparam("slug")))

# --- the provider ---

# Taken before a configuration or a role changes: roles are checked for the workspace's kind, and two changes come one after the other.
lock_workspace = command(select(workspaces.c.kind).with_for_update(key_share=True))

_provider = select(sso_providers, workspaces.c.name, workspaces.c.kind, workspaces.c.status).select_from(
    workspaces.outerjoin(sso_providers, sso_providers.c.workspace_id == workspaces.c.workspace_id)
)
get_provider = query(_provider)

_slug = upsert(sso_directory).values(workspace_id=bindparam("workspace_id"), slug=bindparam("slug"))
# Violates `sso_slug_taken` where another workspace has it.
set_slug = command(_slug.on_conflict_do_update(index_elements=[sso_directory.c.workspace_id], set_={"slug": _slug.excluded.slug}))

_named: dict[str, Any] = {name: bindparam(name) for name in ("is_enabled", "is_required", "version", "sealed")}
_set = upsert(sso_providers).values(workspace_id=bindparam("workspace_id"), **_named, updated_at=_now)
set_provider = command(
    _set.on_conflict_do_update(
        index_elements=[sso_providers.c.workspace_id], set_={name: _set.excluded[name] for name in (*_named, "updated_at")}
    ).returning(sso_providers)
)

forget_accounts = command(delete(sso_accounts))

# Held until the commit: a department that a group is given cannot be deleted meanwhile.
hold_department = command(
    select(departments.c.is_active)
    .where(departments.c.id == bindparam("department_id", type_=Uuid))
    .with_for_update(read=True, key_share=True)
)

# --- what a user signs in by otherwise ---

credentials_of = query(
    select(users.c.password_hash.is_not(None).label("has_password"), HAS_PASSKEY.label("has_passkey")).where(users.c.id == _user_id)
)

# --- sign-ins under way ---

add_attempt = command(
    insert(sso_attempts).values(
        **{
            name: bindparam(name)
            for name in ("workspace_id", "id", "state_hash", "browser_hash", "provider_version", "return_to_sealed", "expires_at")
        },
        created_at=_now,
    )
)

_attempt = (sso_attempts.c.id == bindparam("attempt_id", type_=Uuid)) & (sso_attempts.c.state_hash == bindparam("state_hash"))

find_attempt = query(select(sso_attempts.c.id).where(_attempt))

# No row unless this is its one use, in time, in the browser that it began in.
use_attempt = command(
    update(sso_attempts)
    .where(_attempt)
    .where(sso_attempts.c.browser_hash == bindparam("browser_hash", type_=LargeBinary))
    .where(sso_attempts.c.used_at.is_(None))
    .where(sso_attempts.c.expires_at > _now)
    .values(used_at=_now)
    .returning(sso_attempts.c.provider_version, sso_attempts.c.return_to_sealed)
)

# --- accounts and users ---

find_account = query(select(sso_accounts.c.user_id).where(sso_accounts.c.account_index == bindparam("account_index")))

# The table has no row security, so the statement names the workspace itself: a provider speaks for its own workspace alone.
find_by_email = query(
    select(sign_ins.c.user_id)
    .where(sign_ins.c.email_index == bindparam("email_index"))
    .where(sign_ins.c.workspace_id == bindparam("workspace_id"))
)

add_account = command(
    insert(sso_accounts).values({name: bindparam(name) for name in ("workspace_id", "account_index", "user_id")} | {"created_at": _now})
)

_this_user = users.c.id == _user_id

get_user = query(
    select(
        users.c.role, users.c.department_id, users.c.is_active, users.c.is_platform_admin, (~NOT_BLACKLISTED).label("is_blacklisted")
    ).where(_this_user)
)

lock_user = command(select(*USER_COLUMNS).where(_this_user).with_for_update(key_share=True, of=users))

set_role = command(
    update(users)
    .where(_this_user)
    .values({name: bindparam(name) for name in ("role", "department_id", "sealed", "version")} | {"updated_at": _now})
)

login_sessions_of = query(
    select(login_sessions.c.id).where(login_sessions.c.user_id == _user_id).where(login_sessions.c.ended_at.is_(None))
)

# No row if the user may not sign in. A provider has no say over who runs the installation.
sign_in = command(
    update(users).where(MAY_SIGN_IN).where(users.c.is_platform_admin.is_(False)).values(last_login_at=_now).returning(*USER_AND_READ_TIME)
)

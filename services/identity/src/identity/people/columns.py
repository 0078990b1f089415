"""The columns that a User message is made from, or a part of one."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from identity.tables import login_attempts, passkeys, second_factors, sign_ins, users

# Until when the next attempt to sign in by password has to wait; null where none has to.
_locked_until = (
    select(func.max(login_attempts.c.blocked_until))
    .select_from(sign_ins)
    .join(login_attempts, login_attempts.c.email_index == sign_ins.c.email_index)
    .where(sign_ins.c.workspace_id == users.c.workspace_id)
    .where(sign_ins.c.user_id == users.c.id)
    .where(login_attempts.c.purpose == "password")
    .where(login_attempts.c.blocked_until > func.clock_timestamp())
    .correlate(users)
    .scalar_subquery()
)

TWO_FACTOR_ENABLED: ColumnElement[bool] = (
    exists()
    .where(second_factors.c.workspace_id == users.c.workspace_id)
    .where(second_factors.c.user_id == users.c.id)
    .where(second_factors.c.confirmed_at.is_not(None))
    .correlate(users)
)

HAS_PASSKEY: ColumnElement[bool] = (
    exists().where(passkeys.c.workspace_id == users.c.workspace_id).where(passkeys.c.user_id == users.c.id).correlate(users)
)

# What it takes to decrypt a user: the encrypted value and the columns that it is bound to.
SEALED_COLUMNS: tuple[ColumnElement[Any], ...] = tuple(users.c[name] for name in ("id", "sealed", "version", *users.info["sealed"].bound))

USER_COLUMNS: tuple[ColumnElement[Any], ...] = (
    users.c.id,
    users.c.workspace_id,
    users.c.sealed,
    users.c.version,
    users.c.role,
    users.c.is_active,
    users.c.is_platform_admin,
    users.c.department_id,
    users.c.supervisor_id,
    users.c.license_number,
    users.c.specialization,
    users.c.shift_schedule,
    TWO_FACTOR_ENABLED.label("two_factor_enabled"),
    _locked_until.label("locked_until"),
    users.c.last_login_at,
    users.c.created_at,
    users.c.updated_at,
)

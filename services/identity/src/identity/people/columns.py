"""The columns that a User message is made from, or a part of one."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from identity.tables import login_attempts, sign_ins, users

_own, _home, _first = (sign_ins.alias(name) for name in ("own", "home", "first"))

# The workspace whose credentials a sign-in with the user's address asks for.
_workspace_of_the_credentials = (
    select(_first.c.workspace_id)
    .where(_first.c.email_index == sign_ins.c.email_index)
    .order_by(_first.c.proved_at, _first.c.created_at, _first.c.workspace_id)
    .limit(1)
    .correlate(sign_ins)
    .scalar_subquery()
)

# Until when the next attempt to sign in by password has to wait; null where none has to, and where another workspace lets the person in.
_locked_until = (
    select(func.max(login_attempts.c.blocked_until))
    .select_from(sign_ins)
    .join(login_attempts, login_attempts.c.email_index == sign_ins.c.email_index)
    .where(sign_ins.c.workspace_id == users.c.workspace_id)
    .where(sign_ins.c.user_id == users.c.id)
    .where(sign_ins.c.workspace_id == _workspace_of_the_credentials)
    .where(login_attempts.c.purpose == "password")
    .where(login_attempts.c.blocked_until > func.clock_timestamp())
    .correlate(users)
    .scalar_subquery()
)


def _of_home(column: ColumnElement[bool]) -> ColumnElement[bool]:
    """What the user's home has (see `memberships.py`), which for a user who has not proved the address is the user itself."""
    is_a_home = and_(_own.c.proved_at.is_not(None), _home.c.proved_at.is_not(None))
    return func.coalesce(
        select(column)
        .select_from(_own)
        .join(_home, and_(_home.c.email_index == _own.c.email_index, or_(_home.c.workspace_id == _own.c.workspace_id, is_a_home)))
        .where(_own.c.workspace_id == users.c.workspace_id)
        .where(_own.c.user_id == users.c.id)
        .order_by(_home.c.proved_at, _home.c.created_at, _home.c.workspace_id)
        .limit(1)
        .correlate(users)
        .scalar_subquery(),
        false(),
    )


TWO_FACTOR_ENABLED: ColumnElement[bool] = _of_home(_home.c.second_factor)
HAS_PASSKEY: ColumnElement[bool] = _of_home(_home.c.passkey)

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
    HAS_PASSKEY.label("has_passkey"),
    _locked_until.label("locked_until"),
    users.c.last_login_at,
    users.c.created_at,
    users.c.updated_at,
)

"""Statements of signing in, and of who is mailed about it. They return no row if the user may not sign in."""

from typing import Any

from sqlalchemy import ColumnElement, DateTime, bindparam, case, or_, select, update

from chassis.db.statement import command, query
from identity.login_sessions.store import MAY_SIGN_IN, USER_AND_READ_TIME
from identity.people.columns import HAS_PASSKEY, SEALED_COLUMNS, TWO_FACTOR_ENABLED
from identity.tables import users, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))

# The second step is the sign-in, where there is one (`methods` of second_factors/rules.py).
_second_step_after_link: ColumnElement[bool] = TWO_FACTOR_ENABLED
_second_step_after_password = or_(TWO_FACTOR_ENABLED, HAS_PASSKEY)


def _last_login_at(has_second_step: ColumnElement[bool]) -> ColumnElement[Any]:
    return case((has_second_step, users.c.last_login_at), else_=_now)


sign_in_by_password = command(
    update(users).where(MAY_SIGN_IN).values(last_login_at=_last_login_at(_second_step_after_password)).returning(*USER_AND_READ_TIME)
)

# Held until the commit.
hold_user = command(select(users.c.id).where(MAY_SIGN_IN).with_for_update(key_share=True, of=users))

mail_recipient = query(
    select(*SEALED_COLUMNS, workspaces.c.locale)
    .join(workspaces, workspaces.c.workspace_id == users.c.workspace_id)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.is_active)
)

sign_in_by_link = command(
    update(users).where(MAY_SIGN_IN).values(last_login_at=_last_login_at(_second_step_after_link)).returning(*USER_AND_READ_TIME)
)

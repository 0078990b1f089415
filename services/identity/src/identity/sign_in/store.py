"""Statements of signing in, and of who is mailed about it. They return no row if the user may not sign in."""

from sqlalchemy import DateTime, bindparam, case, select, update

from chassis.db.statement import command, query
from identity.login_sessions.store import MAY_SIGN_IN, USER_AND_READ_TIME
from identity.people.columns import SEALED_COLUMNS, TWO_FACTOR_ENABLED
from identity.tables import users, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))

# The second step is the sign-in, where there is one.
_last_login_at = case((TWO_FACTOR_ENABLED, users.c.last_login_at), else_=_now)

begin_sign_in = command(update(users).where(MAY_SIGN_IN).values(last_login_at=_last_login_at).returning(*USER_AND_READ_TIME))

# Held until the commit.
hold_user = command(select(users.c.id).where(MAY_SIGN_IN).with_for_update(key_share=True, of=users))

mail_recipient = query(
    select(*SEALED_COLUMNS, workspaces.c.locale)
    .join(workspaces, workspaces.c.workspace_id == users.c.workspace_id)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.is_active)
)

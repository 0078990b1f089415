"""Statements that record a sign-in. They return no row if the user may not sign in."""

from sqlalchemy import DateTime, bindparam, update

from chassis.db.statement import command
from identity.login_sessions.store import MAY_SIGN_IN, USER_AND_READ_TIME
from identity.tables import users

_now = bindparam("now", type_=DateTime(timezone=True))

# No row if the hash is no longer the one that was verified: the password was changed meanwhile.
sign_in_by_password = command(
    update(users)
    .where(MAY_SIGN_IN)
    .where(users.c.password_hash == bindparam("verified_hash"))
    .values(password_hash=bindparam("password_hash"), last_login_at=_now)
    .returning(*USER_AND_READ_TIME)
)

sign_in_by_link = command(update(users).where(MAY_SIGN_IN).values(last_login_at=_now).returning(*USER_AND_READ_TIME))

"""Where people are let in."""

from sqlalchemy import DateTime, bindparam, update

from chassis.db import statement
from identity.login_sessions.store import ADMITTED, MAY_ENTER
from identity.tables import users

_now = bindparam("now", type_=DateTime(timezone=True))

# Only while the hash is the one the password was held against: a password changed meanwhile has been wrong.
admit_by_password = statement(
    update(users)
    .where(MAY_ENTER)
    .where(users.c.password_hash == bindparam("seen_hash"))
    .values(password_hash=bindparam("password_hash"), last_login_at=_now)
    .returning(*ADMITTED)
)

admit_by_link = statement(update(users).where(MAY_ENTER).values(last_login_at=_now).returning(*ADMITTED))

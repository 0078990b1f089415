"""Where people are kept, and whose an e-mail address is."""

from sqlalchemy import bindparam, insert, select

from chassis.db import statement
from identity.tables import sign_ins, users

add = statement(
    insert(users).values(
        {name: bindparam(name) for name in ("workspace_id", "id", "sealed", "version", "role", "is_platform_admin", "password_hash")}
    )
)

add_sign_in = statement(insert(sign_ins).values({name: bindparam(name) for name in ("email_index", "workspace_id", "user_id")}))

sign_in = statement(select(sign_ins.c.workspace_id, sign_ins.c.user_id).where(sign_ins.c.email_index == bindparam("account")))

# No row security here, so the workspace is asked for.
account_of = statement(
    select(sign_ins.c.email_index)
    .where(sign_ins.c.workspace_id == bindparam("workspace_id"))
    .where(sign_ins.c.user_id == bindparam("user_id"))
)

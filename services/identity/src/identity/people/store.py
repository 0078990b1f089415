"""Statements that add users and find them by e-mail address."""

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.statement import command, query
from identity.tables import sign_ins, users

add_user = command(
    insert(users).values(
        {name: bindparam(name) for name in ("workspace_id", "id", "sealed", "version", *users.info["sealed"].bound, "password_hash")}
        | {"shift_schedule": bindparam("shift_schedule", type_=JSONB(none_as_null=True))}
    )
)

add_email_index = command(insert(sign_ins).values({name: bindparam(name) for name in ("email_index", "workspace_id", "user_id")}))

find_by_email_index = query(select(sign_ins.c.workspace_id, sign_ins.c.user_id).where(sign_ins.c.email_index == bindparam("email_index")))

# The table has no row security, so the statement names the workspace itself.
email_index_of = query(
    select(sign_ins.c.email_index)
    .where(sign_ins.c.workspace_id == bindparam("workspace_id"))
    .where(sign_ins.c.user_id == bindparam("user_id"))
)

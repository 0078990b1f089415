"""Where workspaces are kept: each is its own tenant, so every statement finds one row at most."""

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.statement import statement
from identity.tables import sign_ins, workspaces

_WHOLE = (workspaces, workspaces.c.workspace_id.label("id"))

get = statement(select(*_WHOLE))

lock = statement(select(*_WHOLE).with_for_update(key_share=True))

write = statement(
    update(workspaces)
    .values(
        **{name: bindparam(name) for name in ("name", "time_zone", "locale", "address", "phone", "license_number")},
        settings=bindparam("settings", type_=JSONB),
        updated_at=bindparam("now"),
    )
    .returning(*_WHOLE)
)

add = statement(insert(workspaces).values({name: bindparam(name) for name in ("workspace_id", "name", "kind", "time_zone", "locale")}))

add_sign_in = statement(insert(sign_ins).values({name: bindparam(name) for name in ("email_index", "workspace_id", "user_id")}))

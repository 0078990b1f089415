"""Where workspaces are kept: each is its own tenant, so every statement finds one row at most."""

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.statement import command, query
from identity.tables import sign_ins, workspaces

_WHOLE = (workspaces, workspaces.c.workspace_id.label("id"))

get = query(select(*_WHOLE))

lock = command(select(*_WHOLE).with_for_update(key_share=True))

write = command(
    update(workspaces)
    .values(
        **{name: bindparam(name) for name in ("name", "time_zone", "locale", "address", "phone", "license_number")},
        settings=bindparam("settings", type_=JSONB),
        updated_at=bindparam("now"),
    )
    .returning(*_WHOLE)
)

add = command(insert(workspaces).values({name: bindparam(name) for name in ("workspace_id", "name", "kind", "time_zone", "locale")}))

add_sign_in = command(insert(sign_ins).values({name: bindparam(name) for name in ("email_index", "workspace_id", "user_id")}))

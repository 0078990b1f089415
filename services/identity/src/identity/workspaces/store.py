"""Statements about workspaces. Row security confines each to the caller's workspace, so it finds at most one row."""

from sqlalchemy import Text, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from identity.tables import workspaces

_COLUMNS = (workspaces, workspaces.c.workspace_id.label("id"))

get_workspace = query(select(*_COLUMNS))

lock_workspace = command(select(*_COLUMNS).with_for_update(key_share=True))

update_workspace = command(
    update(workspaces)
    .values(
        **{name: bindparam(name) for name in ("name", "time_zone", "locale", "address", "phone", "license_number")},
        settings=bindparam("settings", type_=JSONB),
        updated_at=bindparam("now"),
    )
    .returning(*_COLUMNS)
)

add_workspace = command(
    insert(workspaces).values({name: bindparam(name) for name in ("workspace_id", "name", "kind", "time_zone", "locale")})
)

# Two commands that open a workspace for one address at the same moment open one.
lock_address = command(select(func.pg_advisory_xact_lock(lock_number("address", bindparam("address", type_=Text)))))

"""Statements on return paths and on addresses that mail was not delivered to. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import DateTime, Integer, LargeBinary, Text, Uuid, bindparam, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from notifications.tables import address_troubles, return_paths

_workspace = bindparam("workspace_id", type_=Uuid)
_address = bindparam("address_index", type_=LargeBinary)

_path: dict[str, Any] = {
    "kind": bindparam("kind", type_=Text),
    "token_hash": bindparam("token_hash", type_=LargeBinary),
    "address_index": _address,
    "created_at": bindparam("now", type_=DateTime(timezone=True)),
}
# A mail that is tried again has another one: nobody was given the mail of before.
put = command(
    upsert(return_paths)
    .values(workspace_id=_workspace, id=bindparam("id", type_=Uuid), **_path)
    .on_conflict_do_update(constraint="pk_return_paths", set_=_path)
)
by_token = query(select(return_paths).where(return_paths.c.token_hash == bindparam("token_hash", type_=LargeBinary)))

is_held = query(select(literal(1)).where(address_troubles.c.address_index == _address).where(address_troubles.c.held_at.is_not(None)))
lock_trouble = command(select(address_troubles).where(address_troubles.c.address_index == _address).with_for_update())
_trouble: dict[str, Any] = {
    "failures": bindparam("failures", type_=Integer),
    "reason": bindparam("reason", type_=Text),
    **{name: bindparam(name, type_=DateTime(timezone=True)) for name in ("first_at", "last_at", "held_at")},
    "kind": bindparam("kind", type_=Text),
    "item_id": bindparam("item_id", type_=Uuid),
}
# Nothing where there is one by now.
add_trouble = command(
    upsert(address_troubles)
    .values(workspace_id=_workspace, id=bindparam("id", type_=Uuid), address_index=_address, **_trouble)
    .on_conflict_do_nothing(constraint="address_trouble_is_one")
)
change_trouble = command(update(address_troubles).where(address_troubles.c.address_index == _address).values(**_trouble))
forget_trouble = command(delete(address_troubles).where(address_troubles.c.address_index == _address))

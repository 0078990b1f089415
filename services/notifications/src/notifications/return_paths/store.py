"""Statements on return paths and on addresses that mail was not delivered to. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import ARRAY, DateTime, Integer, LargeBinary, Text, Uuid, any_, bindparam, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from notifications.tables import address_troubles, return_paths

_workspace = bindparam("workspace_id", type_=Uuid)
_t, _other = address_troubles.c, address_troubles.alias("other")
_id = bindparam("id", type_=Uuid)
# As it is written, with the key of that version; and as it may have been written before.
_address: dict[str, Any] = {
    "address_index": bindparam("address_index", type_=LargeBinary),
    "index_version": bindparam("index_version", type_=Integer),
}
_is_known = address_troubles.c.address_index == any_(bindparam("known_by", type_=ARRAY(LargeBinary)))

_path: dict[str, Any] = {
    "kind": bindparam("kind", type_=Text),
    "token_hash": bindparam("token_hash", type_=LargeBinary),
    **_address,
    "created_at": bindparam("now", type_=DateTime(timezone=True)),
}
# A mail that is tried again has another one: nobody was given the mail of before.
put = command(
    upsert(return_paths).values(workspace_id=_workspace, id=_id, **_path).on_conflict_do_update(constraint="pk_return_paths", set_=_path)
)
_this_path = return_paths.c.token_hash == bindparam("token_hash", type_=LargeBinary)
by_token = query(select(return_paths).where(_this_path))
# By what its address is known stays until the commit.
lock_by_token = command(select(return_paths).where(_this_path).with_for_update())

is_held = query(select(literal(1)).where(_is_known, address_troubles.c.held_at.is_not(None)).limit(1))
# Two, where processes have written with two keys: then the one that is held.
lock_trouble = command(
    select(address_troubles).where(_is_known).order_by(address_troubles.c.held_at, address_troubles.c.id).limit(1).with_for_update()
)
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
    .values(workspace_id=_workspace, id=_id, **_address, **_trouble)
    .on_conflict_do_nothing(constraint="address_trouble_is_one")
)
change_trouble = command(update(address_troubles).where(address_troubles.c.id == _id).values(**_trouble))
forget_trouble = command(delete(address_troubles).where(_is_known))

# What addresses were known by, beside what they are known by with the key of today.
_tokens = select(
    func.unnest(bindparam("former", type_=ARRAY(LargeBinary))).label("former"),
    func.unnest(bindparam("of_today", type_=ARRAY(LargeBinary))).label("of_today"),
).subquery()
_index_version = bindparam("index_version", type_=Integer)
_of_today = {"address_index": _tokens.c.of_today, "index_version": _index_version}
give_paths_index = command(update(return_paths).where(return_paths.c.address_index == _tokens.c.former).values(**_of_today))
give_troubles_index = command(update(address_troubles).where(address_troubles.c.address_index == _tokens.c.former).values(**_of_today))
_former = (
    delete(address_troubles)
    .where(
        address_troubles.c.address_index == _tokens.c.former,
        select(literal(1)).where(_other.c.address_index == _tokens.c.of_today, _other.c.workspace_id == _t.workspace_id).exists(),
    )
    .returning(_tokens.c.of_today, *address_troubles.c)
    .cte("former_ones")
)
join_troubles = command(
    update(address_troubles)
    .where(address_troubles.c.address_index == _former.c.of_today)
    .values(
        failures=_t.failures + _former.c.failures,
        first_at=func.least(_t.first_at, _former.c.first_at),
        last_at=func.greatest(_t.last_at, _former.c.last_at),
        held_at=func.least(_t.held_at, _former.c.held_at),
    )
)
forget_paths, forget_troubles = (
    command(
        delete(table)
        .where(
            table.c.id.in_(
                select(table.c.id)
                .where(table.c.index_version != _index_version)
                .limit(bindparam("limit", type_=Integer))
                .with_for_update(skip_locked=True)
            )
        )
        .returning(table.c.id)
    )
    for table in (return_paths, address_troubles)
)

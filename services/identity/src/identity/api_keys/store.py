"""Statements about API keys. Row security confines each to the caller's workspace."""

from sqlalchemy import BigInteger, DateTime, Uuid, bindparam, cast, delete, exists, extract, func, insert, literal, or_, select, update

from chassis.db.statement import command, query
from identity.api_keys.rules import OPERATOR
from identity.tables import api_keys, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))
_this_key = api_keys.c.id == bindparam("api_key_id", type_=Uuid)
_SHOWN = (
    *(api_keys.c[name] for name in ("id", "name", "prefix", "scopes", "expires_at", "last_used_at", "created_at")),
    func.nullif(api_keys.c.created_by, literal(OPERATOR, Uuid)).label("created_by"),
)

# Held while a key is made: the number of keys is counted meanwhile.
lock_workspace = command(select(workspaces.c.workspace_id).with_for_update(key_share=True))

count_keys = query(select(func.count().label("keys")).select_from(api_keys))

add_key = command(
    insert(api_keys)
    .values(
        **{name: bindparam(name) for name in ("workspace_id", "id", "name", "prefix", "hash", "scopes", "expires_at", "created_by")},
        created_at=_now,
    )
    .returning(*_SHOWN)
)

list_keys = query(select(*_SHOWN).order_by(api_keys.c.created_at.desc(), api_keys.c.id))

delete_key = command(delete(api_keys).where(_this_key).returning(api_keys.c.id))

# The time is read with the row locked: a revocation that follows the key's deletion is later.
use_key = command(
    update(api_keys)
    .where(_this_key)
    .where(api_keys.c.hash == bindparam("hash"))
    .where(or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > _now))
    .where(exists().where(workspaces.c.workspace_id == api_keys.c.workspace_id).where(workspaces.c.status == "active").correlate(api_keys))
    .values(last_used_at=_now)
    .returning(
        api_keys.c.scopes,
        api_keys.c.expires_at,
        cast(func.floor(extract("epoch", func.clock_timestamp()) * 1000), BigInteger).label("read_at_ms"),
    )
)

"""Statements on care teams and broken glass. Row security limits every statement to the caller's workspace."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, Integer, Select, Uuid, any_, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from clients.tables import ACCESS, broken_glass, clients

_teams = ACCESS.teams
_id = bindparam("id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)

# The care team of each of some clients; null where one was never set.
current = query(
    select(clients.c.id, clients.c.merged_into, _teams.c.version, _teams.c.restricted, _teams.c.user_ids)
    .select_from(clients.outerjoin(_teams, (_teams.c.workspace_id == clients.c.workspace_id) & (_teams.c.client_id == clients.c.id)))
    .where(clients.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)

_set = upsert(_teams).values(
    workspace_id=bindparam("workspace_id", type_=Uuid),
    client_id=_client_id,
    **{name: bindparam(name, type_=_teams.c[name].type) for name in ("version", "restricted", "user_ids")},
)
# Returns no row if somebody has set another one since `expected`.
set_team = command(
    _set.on_conflict_do_update(
        constraint="pk_client_access",
        set_={name: _set.excluded[name] for name in ("version", "restricted", "user_ids")},
        where=_teams.c.version == bindparam("expected", type_=BigInteger),
    ).returning(_teams.c.version)
)

# Held until the commit: a client is not erased meanwhile, and what is written of one who is erased already is not there.
hold = command(select(clients.c.id, clients.c.merged_into).where(clients.c.id == _client_id).with_for_update(read=True, key_share=True))

lock = command(select(broken_glass).where(broken_glass.c.id == _id).with_for_update())

review = command(
    update(broken_glass)
    .where(broken_glass.c.id == _id)
    .values(
        version=bindparam("version"),
        **{name: bindparam(name, type_=broken_glass.c[name].type) for name in ("sealed", "review", "reviewed_by", "reviewed_at")},
    )
)

# Returns no row of one that was reviewed or announced meanwhile.
announce = command(
    update(broken_glass)
    .where(
        broken_glass.c.id == _id,
        broken_glass.c.review == "pending",
        broken_glass.c.announced_at.is_(None),
        broken_glass.c.granted_at <= bindparam("granted_until", type_=broken_glass.c.granted_at.type),
    )
    .values(announced_at=bindparam("now", type_=broken_glass.c.announced_at.type))
    .returning(broken_glass.c.id, broken_glass.c.user_id, broken_glass.c.granted_at)
)


def _page(names: FilterNames) -> Select[Any]:
    matching = [broken_glass.c[name] == bindparam(name) for name in sorted(names)]
    in_order = select(broken_glass).where(*matching).order_by(broken_glass.c.id.desc())
    return in_order.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


def _count(names: FilterNames) -> Select[Any]:
    return select(func.count().label("total")).select_from(broken_glass).where(*(broken_glass.c[name] == bindparam(name) for name in names))


# The filter is `review`. Newest first: ids begin with the time.
page = FilteredStatement(_page)
count = FilteredStatement(_count)

remove = command(delete(broken_glass).where(broken_glass.c.client_id == _client_id).returning(broken_glass.c.id, broken_glass.c.version))

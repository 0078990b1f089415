"""Statements that compare clients by their match keys. Row security limits every statement to the caller's workspace."""

from sqlalchemy import ARRAY, Integer, LargeBinary, SmallInteger, Uuid, bindparam, case, column, delete, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from clients.clients.match_keys import Match
from clients.tables import clients, match_keys, match_work

# What more clients share than this leads to no suspicion by itself.
MOST_SHARING = 12
# Looked at in one answer, the likeliest first.
MOST_PAIRS = 500
# Filled up in one transaction.
AT_ONCE = 250

_STRENGTH = {Match.SIMILAR_NAME_AND_BIRTH_DATE: 3, Match.EMAIL: 2, Match.PHONE: 1, Match.SIMILAR_NAME: 1}

# The version of a key for indexes of which every row has its hashes.
_version = bindparam("index_version", type_=Integer)
_key = match_keys.c
_clients_sharing = func.count()
_shared = (
    select(_key.kind, _key.token, _clients_sharing.label("clients"))
    .where(_key.index_version == _version)
    .group_by(_key.kind, _key.token)
    .having(_clients_sharing > 1)
    .cte("shared")
)
_one, _other = match_keys.alias("one"), match_keys.alias("other")
_strength = func.sum(case(*((_shared.c.kind == int(kind), strength) for kind, strength in _STRENGTH.items()), else_=0))
_pairs = (
    select(_one.c.client_id.label("first"), _other.c.client_id.label("second"))
    .join(_shared, (_one.c.index_version == _version) & (_shared.c.kind == _one.c.kind) & (_shared.c.token == _one.c.token))
    .join(
        _other,
        (_other.c.workspace_id == _one.c.workspace_id)
        & (_other.c.index_version == _version)
        & (_other.c.kind == _shared.c.kind)
        & (_other.c.token == _shared.c.token)
        & (_other.c.client_id > _one.c.client_id),
    )
    .where(_shared.c.clients <= MOST_SHARING, or_(*(_shared.c.kind == int(kind) for kind in _STRENGTH)))
    .group_by(_one.c.client_id, _other.c.client_id)
    .order_by(_strength.desc(), _one.c.client_id, _other.c.client_id)
    .limit(MOST_PAIRS)
    .cte("pairs")
)
_mine, _theirs, _seen = match_keys.alias("mine"), match_keys.alias("theirs"), _shared.alias("seen")
_sharing = case((_mine.c.token == _theirs.c.token, func.coalesce(_seen.c.clients, 0)), else_=0)
# Pairs of clients who share something: of each kind of key that both have, how many clients have the same, or 0 where the two differ.
suspected = query(
    select(
        _pairs.c.first,
        _pairs.c.second,
        func.array_agg(_mine.c.kind).label("kinds"),
        func.array_agg(_sharing).label("sharing"),
    )
    .join(_mine, (_mine.c.client_id == _pairs.c.first) & (_mine.c.index_version == _version))
    .join(
        _theirs,
        (_theirs.c.workspace_id == _mine.c.workspace_id)
        & (_theirs.c.client_id == _pairs.c.second)
        & (_theirs.c.index_version == _version)
        & (_theirs.c.kind == _mine.c.kind),
    )
    .outerjoin(_seen, (_seen.c.kind == _mine.c.kind) & (_seen.c.token == _mine.c.token))
    .group_by(_pairs.c.first, _pairs.c.second)
    .order_by(_pairs.c.first, _pairs.c.second)
)

# --- clients from before there were match keys

waiting = query(select(match_work.c.workspace_id).order_by(match_work.c.workspace_id).limit(literal(100)))
_has_keys = exists().where(match_keys.c.workspace_id == clients.c.workspace_id, match_keys.c.client_id == clients.c.id)
# Locked, so that whoever changes one meanwhile sets its keys after this.
without_keys = command(
    select(clients)
    .where(~_has_keys, clients.c.merged_into.is_(None), clients.c.id > bindparam("after", type_=Uuid))
    .order_by(clients.c.id)
    .limit(literal(AT_ONCE))
    .with_for_update()
)
_added = (
    func.unnest(
        bindparam("client_ids", type_=ARRAY(Uuid)),
        bindparam("kinds", type_=ARRAY(SmallInteger)),
        bindparam("versions", type_=ARRAY(Integer)),
        bindparam("tokens", type_=ARRAY(LargeBinary)),
    )
    .table_valued(
        column("client_id", Uuid()),
        column("kind", SmallInteger()),
        column("index_version", Integer()),
        column("token", LargeBinary()),
        name="added",
    )
    .render_derived()
)
add_keys = command(
    upsert(match_keys)
    .from_select(
        ["workspace_id", "client_id", "kind", "index_version", "token"],
        select(bindparam("workspace_id", type_=Uuid), _added.c.client_id, _added.c.kind, _added.c.index_version, _added.c.token),
    )
    .on_conflict_do_nothing()
)
done = command(delete(match_work).where(match_work.c.workspace_id == bindparam("workspace_id", type_=Uuid)))

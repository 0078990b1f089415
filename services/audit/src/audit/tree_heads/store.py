"""Statements on the log of heads. Row security limits those on `chain_nodes`, `heads` and the chain to one workspace; the log is one for all."""

from sqlalchemy import ARRAY, BigInteger, DateTime, LargeBinary, SmallInteger, Text, Uuid, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from audit.tables import all_entries, chain_nodes, checkpoints, heads, log_nodes, tree_heads, unlogged_heads
from chassis.db.statement import command, query

_workspace = bindparam("workspace_id", type_=Uuid)
_level = bindparam("level", type_=SmallInteger)
_first = bindparam("first", type_=BigInteger)
_end = bindparam("end", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)
_size = bindparam("tree_size", type_=BigInteger)
_t = tree_heads.c

# ---------------------------------------------------------------- a workspace's chain

# Sequences begin with 1, leaves with 0.
chain_hashes = query(
    select(all_entries.c.sequence, all_entries.c.hash)
    .where(all_entries.c.workspace_id == _workspace, all_entries.c.sequence > _first, all_entries.c.sequence <= _end)
    .order_by(all_entries.c.sequence)
)
chain_node_hashes = query(
    select(chain_nodes.c.hash)
    .where(
        chain_nodes.c.workspace_id == _workspace, chain_nodes.c.level == _level, chain_nodes.c.index >= _first, chain_nodes.c.index < _end
    )
    .order_by(chain_nodes.c.index)
)
chain_nodes_kept = query(
    select(func.coalesce(func.max(chain_nodes.c.index) + 1, 0).label("number")).where(
        chain_nodes.c.workspace_id == _workspace, chain_nodes.c.level == _level
    )
)
_hashes = func.unnest(bindparam("hashes", type_=ARRAY(LargeBinary)))
_indices = func.unnest(bindparam("indices", type_=ARRAY(BigInteger)))
# Whoever was faster has kept the same.
keep_chain_nodes = command(
    insert(chain_nodes)
    .from_select(["workspace_id", "level", "index", "hash"], select(_workspace, _level, _indices, _hashes))
    .on_conflict_do_nothing()
)
newest_checkpoint = query(
    select(checkpoints.c.sequence, checkpoints.c.hash, checkpoints.c.proof).where(checkpoints.c.workspace_id == _workspace)
)
entry = query(
    select(all_entries.c.sequence, all_entries.c.event_id, all_entries.c.previous_hash, all_entries.c.hash).where(
        all_entries.c.workspace_id == _workspace, all_entries.c.sequence == bindparam("sequence", type_=BigInteger)
    )
)
newest_head = query(
    select(heads).where(heads.c.workspace_id == _workspace, heads.c.leaf_index < _size).order_by(heads.c.leaf_index.desc()).limit(1)
)
keep_head = command(
    insert(heads).values({name: bindparam(name) for name in ("workspace_id", "leaf_index", "sequence", "chain_hash", "root_hash")})
)

# ---------------------------------------------------------------- the log

grown = query(
    select(unlogged_heads)
    .where(unlogged_heads.c.workspace_id > bindparam("after", type_=Uuid))
    .order_by(unlogged_heads.c.workspace_id)
    .limit(_limit)
)
# One that has grown since is logged later.
logged = command(
    delete(unlogged_heads).where(
        unlogged_heads.c.workspace_id == _workspace, unlogged_heads.c.sequence <= bindparam("sequence", type_=BigInteger)
    )
)
log_hashes = query(
    select(log_nodes.c.hash)
    .where(log_nodes.c.level == _level, log_nodes.c.index >= _first, log_nodes.c.index < _end)
    .order_by(log_nodes.c.index)
)
keep_log_nodes = command(insert(log_nodes).from_select(["level", "index", "hash"], select(_level, _indices, _hashes)))
newest = query(select(tree_heads).order_by(_t.number.desc()).limit(1))
newest_stored = query(select(tree_heads).where(_t.stored_at.is_not(None)).order_by(_t.number.desc()).limit(1))
of_size = query(select(tree_heads).where(_t.tree_size == _size, _t.stored_at.is_not(None)))
# They are stored in their order, so those that are told have no gap either.
page = query(
    select(tree_heads)
    .where(_t.number <= bindparam("last", type_=BigInteger), _t.stored_at.is_not(None))
    .order_by(_t.number.desc())
    .limit(_limit)
)
to_store = query(select(tree_heads).where(_t.stored_at.is_(None)).order_by(_t.number).limit(1))
before = query(select(_t.tree_size).where(_t.number == bindparam("number", type_=BigInteger)))
sign = command(
    insert(tree_heads).values(
        number=bindparam("number", type_=BigInteger),
        origin=bindparam("origin", type_=Text),
        tree_size=_size,
        root_hash=bindparam("root_hash", type_=LargeBinary),
        signed_at=bindparam("signed_at", type_=DateTime(timezone=True)),
        key_id=bindparam("key_id", type_=Text),
        signature=bindparam("signature", type_=LargeBinary),
    )
)
_is_to_store = (_t.number == bindparam("number", type_=BigInteger)) & _t.stored_at.is_(None)
note_stored = command(update(tree_heads).where(_is_to_store, _t.origin == bindparam("origin", type_=Text)).values(stored_at=func.now()))
sign_again = command(
    update(tree_heads)
    .where(_is_to_store)
    .values({name: bindparam(f"new_{name}", type_=_t[name].type) for name in ("origin", "signed_at", "key_id", "signature")})
)

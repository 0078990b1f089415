"""The log of heads: Merkle trees (RFC 6962) over the chain of each workspace, and one over their heads, with its signed tree heads.

Of a tree the hashes of whole subtrees of 256, 65,536 and so on leaves are kept (levels 8, 16, …); all others are computed from those, and from the leaves.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table, Text, Uuid

from audit.tables.base import metadata
from chassis.db.tables import moment, tenant

# Of the tree over a workspace's chain, whose leaves are the hashes of its entries.
chain_nodes = tenant(
    "chain_nodes",
    metadata,
    Column("level", SmallInteger, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace_id", "level", "index", name="pk_chain_nodes"),
    CheckConstraint("octet_length(hash) = 32", name="chain_node_hash"),
    grants="SELECT, INSERT",
    eraser_grants="",
)

# Leaves of the log that are of this workspace: how long its chain was, and the root of the tree over it.
heads = tenant(
    "heads",
    metadata,
    Column("leaf_index", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("chain_hash", LargeBinary, nullable=False),
    Column("root_hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace_id", "leaf_index", name="pk_heads"),
    CheckConstraint("octet_length(chain_hash) = 32 AND octet_length(root_hash) = 32", name="head_hashes"),
    grants="SELECT, INSERT",
    eraser_grants="",
)

# Of the log over the heads of all workspaces; level 0 has the hashes of its leaves.
log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", SmallInteger, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "index", name="pk_log_nodes"),
    CheckConstraint("octet_length(hash) = 32", name="log_node_hash"),
)

# Numbered without a gap, so that pages need not be counted.
tree_heads = Table(
    "tree_heads",
    metadata,
    Column("number", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("tree_size", BigInteger, nullable=False),
    Column("root_hash", LargeBinary, nullable=False),
    moment("signed_at"),
    Column("key_id", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    # When it was in the file store. Until then it is told to nobody.
    moment("stored_at", nullable=True),
    PrimaryKeyConstraint("number", name="pk_tree_heads"),
    Index("ix_tree_heads_size", "tree_size", unique=True),
    Index("ix_tree_heads_to_store", "number", postgresql_where="stored_at IS NULL"),
)

# Chains that have grown since their last head was logged.
unlogged_heads = Table(
    "unlogged_heads",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_unlogged_heads"),
)

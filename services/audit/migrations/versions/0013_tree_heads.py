"""The log of heads: trees over the chains, one over their heads, and its signed tree heads. All chains await their first head."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
APPEND_ONLY = ("chain_nodes", "heads", "log_nodes")


def upgrade() -> None:
    op.create_table(
        "chain_nodes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(hash) = 32", name="chain_node_hash"),
        sa.PrimaryKeyConstraint("workspace_id", "level", "index", name="pk_chain_nodes"),
        schema="audit",
    )
    op.create_table(
        "heads",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("root_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(chain_hash) = 32 AND octet_length(root_hash) = 32", name="head_hashes"),
        sa.PrimaryKeyConstraint("workspace_id", "leaf_index", name="pk_heads"),
        schema="audit",
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(hash) = 32", name="log_node_hash"),
        sa.PrimaryKeyConstraint("level", "index", name="pk_log_nodes"),
        schema="audit",
    )
    op.create_table(
        "tree_heads",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("root_hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_tree_heads"),
        schema="audit",
    )
    op.create_index("ix_tree_heads_size", "tree_heads", ["tree_size"], unique=True, schema="audit")
    op.create_index(
        "ix_tree_heads_to_store", "tree_heads", ["number"], unique=False, schema="audit", postgresql_where=sa.text("stored_at IS NULL")
    )
    op.create_table(
        "unlogged_heads",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_unlogged_heads"),
        schema="audit",
    )
    for table in ("chain_nodes", "heads"):
        op.execute(f"ALTER TABLE audit.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON audit.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON audit.{table} TO audit_app")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table} EXECUTE FUNCTION audit.refuse_change()"
        )
    op.execute("GRANT SELECT, INSERT, UPDATE (origin, signed_at, key_id, signature, stored_at) ON audit.tree_heads TO audit_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (sequence), DELETE ON audit.unlogged_heads TO audit_app")
    # The owner reads the chains of all workspaces; row security binds it at all other times.
    op.execute("ALTER TABLE audit.chain_heads NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO audit.unlogged_heads (workspace_id, sequence) SELECT workspace_id, sequence FROM audit.chain_heads WHERE sequence > 0"
    )
    op.execute("ALTER TABLE audit.chain_heads FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    for table in ("unlogged_heads", "tree_heads", "log_nodes", "heads", "chain_nodes"):
        op.drop_table(table, schema="audit")

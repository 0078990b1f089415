"""How far each chain has been verified in the background, and of which of them a checkpoint was published. All are published once more."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain_heads", sa.Column("published_sequence", sa.BigInteger()), schema="audit")
    op.execute("GRANT UPDATE (published_sequence) ON audit.chain_heads TO audit_app")
    op.create_table(
        "verifications",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("anchor_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("anchor_hash", sa.LargeBinary(), nullable=True),
        sa.Column("cursor_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cursor_hash", sa.LargeBinary(), nullable=True),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("swept_id", sa.Uuid(), nullable=True),
        sa.Column("first_break", sa.BigInteger(), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("cursor_sequence <= anchor_sequence", name="verification_cursor"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_verifications"),
        schema="audit",
    )
    op.create_index("ix_verifications_due", "verifications", ["due_at", "workspace_id"], unique=False, schema="audit")
    # No row security: the verifier asks which chains are due, and the rows are ids, numbers, hashes and times alone.
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (anchor_sequence, anchor_hash, cursor_sequence, cursor_hash, swept_at, swept_id, first_break,"
        " passed_at, due_at, proof) ON audit.verifications TO audit_app"
    )
    # The owner reads the chains of all workspaces; row security binds it at all other times.
    op.execute("ALTER TABLE audit.chain_heads NO FORCE ROW LEVEL SECURITY")
    op.execute("INSERT INTO audit.verifications (workspace_id, due_at) SELECT workspace_id, now() FROM audit.chain_heads")
    op.execute(
        "INSERT INTO audit.unwitnessed (workspace_id, sequence, due_at) SELECT workspace_id, sequence, now() FROM audit.chain_heads"
        " ON CONFLICT DO NOTHING"
    )
    op.execute("ALTER TABLE audit.chain_heads FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("verifications", schema="audit")
    op.drop_column("chain_heads", "published_sequence", schema="audit")

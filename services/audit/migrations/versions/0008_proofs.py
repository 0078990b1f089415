"""Proofs that audit wrote what waits and how far a chain goes; which chains await a witness. Chains from before await one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain_heads", sa.Column("proof", sa.LargeBinary()), schema="audit")
    op.add_column("unsealed", sa.Column("proof", sa.LargeBinary()), schema="audit")
    op.create_table(
        "unwitnessed",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_unwitnessed"),
        schema="audit",
    )
    op.create_index("ix_unwitnessed_due", "unwitnessed", ["due_at", "workspace_id"], schema="audit")
    # No row security: the publisher asks which chains have grown, and the rows are ids, numbers and times alone.
    op.execute("GRANT SELECT, INSERT, UPDATE (sequence, due_at), DELETE ON audit.unwitnessed TO audit_app")
    op.execute("GRANT UPDATE (proof) ON audit.chain_heads TO audit_app")
    # The owner reads the chains of all workspaces; row security binds it at all other times.
    op.execute("ALTER TABLE audit.chain_heads NO FORCE ROW LEVEL SECURITY")
    op.execute("INSERT INTO audit.unwitnessed (workspace_id, sequence, due_at) SELECT workspace_id, sequence, now() FROM audit.chain_heads")
    op.execute("ALTER TABLE audit.chain_heads FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("unwitnessed", schema="audit")
    op.drop_column("unsealed", "proof", schema="audit")
    op.drop_column("chain_heads", "proof", schema="audit")

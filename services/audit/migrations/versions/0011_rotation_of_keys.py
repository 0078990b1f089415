"""Rotation of keys: since when a key is in its state, and that only a retired or destroyed one may be empty."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "data_keys",
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        schema="audit",
    )
    op.create_check_constraint("data_key_wrapped", "data_keys", "wrapped <> '' OR state IN ('retired', 'destroyed')", schema="audit")
    op.execute("GRANT UPDATE (changed_at) ON audit.data_keys TO audit_keys")


def downgrade() -> None:
    op.drop_constraint("data_key_wrapped", "data_keys", schema="audit")
    op.drop_column("data_keys", "changed_at", schema="audit")

"""Rows that are over are found by when they ended; docs/operations/retention.md says how long they are kept."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_dead_letters_died", "dead_letters", ["died_at"], unique=False, schema="clients")


def downgrade() -> None:
    op.drop_index("ix_dead_letters_died", table_name="dead_letters", schema="clients")

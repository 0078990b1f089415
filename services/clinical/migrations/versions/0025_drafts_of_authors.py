"""Finds the drafts of one author."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_sessions_drafts",
        "sessions",
        ["workspace_id", "created_by_user_id"],
        schema="clinical",
        postgresql_where=sa.text("status = 'draft' AND deleted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_sessions_drafts", table_name="sessions", schema="clinical")

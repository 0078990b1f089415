"""Finds the drafts of one author."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NAME = "ix_sessions_drafts"
# As long as a migration waits for a lock that others wait behind.
LOCK_SECONDS = 2


def upgrade() -> None:
    """Nobody who writes notes waits for the index. One that was not finished is built anew."""
    with op.get_context().autocommit_block():
        # Building waits for transactions that began before, and none waits for it.
        op.execute("SET lock_timeout = 0")
        is_valid = op.get_bind().scalar(sa.text(f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('clinical.{NAME}')"))
        if is_valid is False:
            op.execute(f"DROP INDEX CONCURRENTLY clinical.{NAME}")
        if not is_valid:
            op.execute(
                f"CREATE INDEX CONCURRENTLY {NAME} ON clinical.sessions (workspace_id, created_by_user_id)"
                " WHERE status = 'draft' AND deleted_at IS NULL"
            )
        op.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")


def downgrade() -> None:
    op.drop_index(NAME, table_name="sessions", schema="clinical")

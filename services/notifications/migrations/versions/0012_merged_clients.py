"""Whom the reminders of a merged client go to; a manifest of the rows that were moved."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "merged_clients",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_merged_clients"),
        schema="notifications",
    )
    op.execute("ALTER TABLE notifications.merged_clients ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.merged_clients USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.merged_clients TO notifications_app")
    op.create_table(
        "moved_rows",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("old_owner", sa.Uuid(), nullable=False),
        sa.Column("new_owner", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="moved", nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('moved', 'back', 'changed', 'kept')", name="move_outcome_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", "table_name", "move_id", name="pk_moved_rows"),
        schema="notifications",
    )
    op.create_index(
        "ix_moved_rows_move", "moved_rows", ["workspace_id", "move_id", "table_name", "id"], unique=False, schema="notifications"
    )
    op.create_index("ix_moved_rows_old_owner", "moved_rows", ["workspace_id", "old_owner"], unique=False, schema="notifications")
    op.create_index("ix_moved_rows_new_owner", "moved_rows", ["workspace_id", "new_owner"], unique=False, schema="notifications")
    op.create_index("ix_moved_rows_over", "moved_rows", ["moved_at"], unique=False, schema="notifications")
    op.execute("ALTER TABLE notifications.moved_rows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.moved_rows USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("CREATE POLICY relay ON notifications.moved_rows TO notifications_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (outcome), DELETE ON notifications.moved_rows TO notifications_app")
    op.execute("GRANT SELECT ON notifications.moved_rows TO notifications_relay")


def downgrade() -> None:
    op.drop_table("moved_rows", schema="notifications")
    op.drop_table("merged_clients", schema="notifications")

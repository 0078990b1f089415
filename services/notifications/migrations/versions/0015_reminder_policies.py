"""When reminders of a workspace may go out, and what its clients may do by a link in one."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "reminder_policies",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("quiet_start", sa.Text(), nullable=True),
        sa.Column("quiet_end", sa.Text(), nullable=True),
        sa.Column("late_reminders", sa.Text(), nullable=False),
        sa.Column("cancel_link", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_reminder_policies"),
        sa.CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="reminder_policy_quiet_hours"),
        sa.CheckConstraint("late_reminders IN ('late', 'combined', 'skipped')", name="reminder_policy_late_reminders"),
        sa.CheckConstraint("cancel_link IN ('cancel', 'ask')", name="reminder_policy_cancel_link"),
        schema="notifications",
    )
    op.execute("ALTER TABLE notifications.reminder_policies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.reminder_policies USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON notifications.reminder_policies TO notifications_app")
    op.execute("GRANT DELETE ON notifications.reminder_policies TO notifications_eraser")


def downgrade() -> None:
    op.drop_table("reminder_policies", schema="notifications")

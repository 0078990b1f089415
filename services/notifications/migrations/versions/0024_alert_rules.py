"""What becomes of what happens in a workspace by itself: an alert, a mail, or nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "happening IN ('cosign_overdue', 'address_held', 'audit_broken', 'backup_failed')", name="alert_rule_happening_known"
        ),
        sa.CheckConstraint("action IN ('none', 'mail', 'alert', 'automatic')", name="alert_rule_action_known"),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name="alert_rule_priority_known"),
        sa.PrimaryKeyConstraint("workspace_id", "happening", name="pk_alert_rules"),
        schema="notifications",
    )
    op.execute("ALTER TABLE notifications.alert_rules ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.alert_rules USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (action, priority, updated_at) ON notifications.alert_rules TO notifications_app")
    op.execute("GRANT DELETE ON notifications.alert_rules TO notifications_eraser")


def downgrade() -> None:
    op.drop_table("alert_rules", schema="notifications")

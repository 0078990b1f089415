"""The consents to reminders that are known, and which of them were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_consents",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "consent_id", name="pk_reminder_consents"),
        schema="notifications",
    )
    op.execute("ALTER TABLE notifications.reminder_consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON notifications.reminder_consents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (is_withdrawn), DELETE ON notifications.reminder_consents TO notifications_app")


def downgrade() -> None:
    op.drop_table("reminder_consents", schema="notifications")

"""The workspace's own texts of reminders, and which rule uses which."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "reminder_templates",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_reminder_templates"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="reminder_template_name_length"),
        sa.CheckConstraint("char_length(subject) BETWEEN 1 AND 255", name="reminder_template_subject_length"),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 20000", name="reminder_template_text_length"),
        schema="notifications",
    )
    op.execute("ALTER TABLE notifications.reminder_templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.reminder_templates USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (name, locale, subject, text, html, is_active, updated_at), DELETE"
        " ON notifications.reminder_templates TO notifications_app"
    )
    op.create_foreign_key(
        "reminder_template_not_found",
        "reminder_configurations",
        "reminder_templates",
        ["workspace_id", "template_id"],
        ["workspace_id", "id"],
        source_schema="notifications",
        referent_schema="notifications",
    )
    op.create_index(
        "ix_reminder_configurations_template",
        "reminder_configurations",
        ["workspace_id", "template_id"],
        unique=False,
        schema="notifications",
        postgresql_where=sa.text("template_id IS NOT NULL"),
    )
    op.execute("GRANT UPDATE (template_id) ON notifications.reminder_configurations TO notifications_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (template_id) ON notifications.reminder_configurations FROM notifications_app")
    op.drop_index("ix_reminder_configurations_template", "reminder_configurations", schema="notifications")
    op.drop_constraint("reminder_template_not_found", "reminder_configurations", schema="notifications", type_="foreignkey")
    # The owner of the table works across workspaces here, which forced row security would keep it from.
    op.execute("ALTER TABLE notifications.reminder_configurations NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE notifications.reminder_configurations SET template_id = NULL WHERE template_id IS NOT NULL")
    op.execute("ALTER TABLE notifications.reminder_configurations FORCE ROW LEVEL SECURITY")
    op.drop_table("reminder_templates", schema="notifications")

"""The links that reminders have, and who wants no more reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "reminder_links",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_reminder_links"),
        schema="notifications",
    )
    op.create_index("ix_reminder_links_client", "reminder_links", ["workspace_id", "client_id"], unique=False, schema="notifications")
    op.create_index("ix_reminder_links_over", "reminder_links", ["starts_at"], unique=False, schema="notifications")
    op.create_table(
        "reminder_opt_outs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "channel", name="pk_reminder_opt_outs"),
        schema="notifications",
    )
    op.create_index(
        "ix_reminder_opt_outs_newest",
        "reminder_opt_outs",
        ["workspace_id", "opted_out_at", "client_id"],
        unique=False,
        schema="notifications",
    )
    for table, grants in (
        ("reminder_links", "SELECT, INSERT, UPDATE (confirmed_at, cancelled_at), DELETE"),
        ("reminder_opt_outs", "SELECT, INSERT, DELETE"),
    ):
        op.execute(f"ALTER TABLE notifications.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON notifications.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
        op.execute(f"GRANT {grants} ON notifications.{table} TO notifications_app")
    op.execute("CREATE POLICY relay ON notifications.reminder_links TO notifications_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT ON notifications.reminder_links TO notifications_relay")


def downgrade() -> None:
    op.drop_table("reminder_opt_outs", schema="notifications")
    op.drop_table("reminder_links", schema="notifications")

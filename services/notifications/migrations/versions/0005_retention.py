"""Rows that are over are found by when they ended; docs/operations/retention.md says how long they are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "appointments",
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        schema="notifications",
    )
    op.create_index(
        "ix_appointments_over", "appointments", [sa.literal_column("coalesce(starts_at, seen_at)")], unique=False, schema="notifications"
    )
    op.create_index("ix_dead_letters_died", "dead_letters", ["died_at"], unique=False, schema="notifications")
    op.create_index(
        "ix_mails_over",
        "mails",
        ["created_at"],
        unique=False,
        schema="notifications",
        postgresql_where=sa.text("status NOT IN ('pending', 'sending')"),
    )
    op.create_index(
        "ix_reminders_over",
        "reminders",
        ["starts_at"],
        unique=False,
        schema="notifications",
        postgresql_where=sa.text("status NOT IN ('pending', 'sending')"),
    )
    op.execute("GRANT SELECT ON notifications.appointments TO notifications_relay")
    op.execute("GRANT DELETE ON notifications.mails TO notifications_app")
    op.execute("GRANT SELECT ON notifications.mails TO notifications_relay")
    op.execute("GRANT SELECT ON notifications.reminders TO notifications_relay")
    op.execute(
        "CREATE POLICY relay ON notifications.appointments AS PERMISSIVE FOR ALL TO notifications_relay USING (true) WITH CHECK (true)"
    )
    op.execute("CREATE POLICY relay ON notifications.mails AS PERMISSIVE FOR ALL TO notifications_relay USING (true) WITH CHECK (true)")
    op.execute("CREATE POLICY relay ON notifications.reminders AS PERMISSIVE FOR ALL TO notifications_relay USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("REVOKE ALL ON notifications.appointments FROM notifications_relay")
    op.execute("REVOKE DELETE ON notifications.mails FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.mails FROM notifications_relay")
    op.execute("REVOKE ALL ON notifications.reminders FROM notifications_relay")
    op.execute("DROP POLICY relay ON notifications.appointments")
    op.execute("DROP POLICY relay ON notifications.mails")
    op.execute("DROP POLICY relay ON notifications.reminders")
    op.drop_index(
        "ix_reminders_over",
        table_name="reminders",
        schema="notifications",
        postgresql_where=sa.text("status NOT IN ('pending', 'sending')"),
    )
    op.drop_index(
        "ix_mails_over", table_name="mails", schema="notifications", postgresql_where=sa.text("status NOT IN ('pending', 'sending')")
    )
    op.drop_index("ix_dead_letters_died", table_name="dead_letters", schema="notifications")
    op.drop_index("ix_appointments_over", table_name="appointments", schema="notifications")
    op.drop_column("appointments", "seen_at", schema="notifications")

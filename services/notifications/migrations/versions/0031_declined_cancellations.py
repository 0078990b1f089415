"""That the practice has declined what a client asked for by a link, and whether it mails them so."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SCHEMA = "notifications"
KINDS = "ALTER TABLE notifications.mails ADD CONSTRAINT mail_kind_known CHECK (CASE kind WHEN 'payment_request' THEN appointment_id IS NOT NULL WHEN 'calendar_update' THEN appointment_id IS NOT NULL{also} WHEN 'magic_link' THEN true WHEN 'password_reset' THEN true WHEN 'invitation' THEN true WHEN 'waitlist_offer' THEN true ELSE user_id IS NOT NULL END)"


def upgrade() -> None:
    op.add_column("reminder_links", sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True), schema=SCHEMA)
    op.execute("GRANT UPDATE (declined_at) ON notifications.reminder_links TO notifications_app")
    op.create_index(
        "ix_reminder_links_asked",
        "reminder_links",
        ["workspace_id", "appointment_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("cancelled_at IS NOT NULL"),
    )
    op.add_column(
        "reminder_policies", sa.Column("tell_declined", sa.Boolean(), nullable=False, server_default=sa.text("true")), schema=SCHEMA
    )
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.execute(KINDS.format(also=" WHEN 'cancellation_declined' THEN appointment_id IS NOT NULL"))


def downgrade() -> None:
    # The owner works across workspaces here.
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "DELETE FROM notifications.due_work AS due USING notifications.mails AS mail WHERE due.kind = 'mail'"
        " AND mail.workspace_id = due.workspace_id AND mail.id = due.item_id AND mail.kind = 'cancellation_declined'"
    )
    op.execute("DELETE FROM notifications.mails WHERE kind = 'cancellation_declined'")
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.execute(KINDS.format(also=""))
    op.drop_column("reminder_policies", "tell_declined", schema=SCHEMA)
    op.drop_index("ix_reminder_links_asked", "reminder_links", schema=SCHEMA)
    op.drop_column("reminder_links", "declined_at", schema=SCHEMA)
